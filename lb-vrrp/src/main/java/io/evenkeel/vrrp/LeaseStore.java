package io.evenkeel.vrrp;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A third party that lends something to one holder at a time. It must count a lease from no earlier
 * than when it was asked, and never lend to another before the time is over by its own clock, not
 * even after it was started again. Thread-safe.
 */
public interface LeaseStore {

  /**
   * Borrows, or borrows for longer.
   *
   * @param name of what is lent
   * @param holder who wants it
   * @param length for how long from now on
   * @param isHeld whether the holder is sure to hold it now, which a third party that has forgotten
   *     everything may believe; to be asked only once the way to it is known to be open
   * @return whether it was lent; false: another holds it
   * @throws Exception if that is not known
   */
  boolean acquire(String name, String holder, Duration length, BooleanSupplier isHeld)
      throws Exception;

  /**
   * Gives back before the time is over; nothing if somebody else holds it.
   *
   * @param name of what was lent
   * @param holder who held it
   * @throws Exception which is logged
   */
  void release(String name, String holder) throws Exception;
}
