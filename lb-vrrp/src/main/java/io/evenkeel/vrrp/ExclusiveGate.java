package io.evenkeel.vrrp;

import java.time.Duration;
import java.util.List;

/**
 * What must be passed before a router, or a group of them, becomes master, so that there are never
 * two: a fence that ends the other host, or a lease on a third party. It is called on a thread of
 * its own, one call at a time, and may take its time; meanwhile nothing is advertised. If it
 * throws, or does not return in time, there is no takeover, and it is asked again after the next
 * master-down interval.
 */
public interface ExclusiveGate {
  /** What never expires: a fenced host is gone. */
  Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  /**
   * Passes the gate, or passes it again before its time is over.
   *
   * @return how long it holds, counted from the call on, by a clock that may be slow or fast; over
   *     0
   * @throws Exception if it is not passed; the message says why
   */
  Duration pass() throws Exception;

  /**
   * Gives it back: the router is master no longer, and its addresses are gone.
   *
   * @throws Exception which is logged
   */
  default void release() throws Exception {}

  /**
   * Several gates of which all must be passed, in this order. It is to be the same order on all
   * hosts: otherwise two of them may each hold what the other one waits for. Until all have been
   * passed for the first time, those that were are given back when one is not. What holds forever
   * is not asked again: a fence shoots once.
   *
   * @param gates one or more, the cheapest first; a fence is best the last, and is to be done
   *     before what was passed first is over
   * @return a gate that holds as long as the one that holds shortest
   * @throws IllegalArgumentException if there is none
   */
  static ExclusiveGate all(List<ExclusiveGate> gates) {
    return new AllGates(gates);
  }
}
