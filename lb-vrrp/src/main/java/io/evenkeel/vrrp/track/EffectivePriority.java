package io.evenkeel.vrrp.track;

import io.evenkeel.vrrp.protocol.Advertisement;
import java.util.Collection;

/** What a router's priority is, with all that is tracked. Pure. */
public final class EffectivePriority {
  private static final int LEAST = 1;
  private static final int MOST = 254;

  private EffectivePriority() {}

  /**
   * The sum. Only the sum is bounded: what counts beyond the bounds is not forgotten when something
   * else counts against it.
   *
   * @param base as configured, 1..255
   * @param contributions of all that is tracked
   * @return 1..254; 255 if that is the base, whatever is tracked
   */
  public static int of(int base, Collection<Contribution> contributions) {
    if (base == Advertisement.OWNER) {
      return base;
    }
    long sum = base + contributions.stream().mapToLong(Contribution::points).sum();
    return (int) Math.max(LEAST, Math.min(MOST, sum));
  }
}
