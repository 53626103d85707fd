package io.evenkeel.schedule;

import io.evenkeel.pool.WarmUp;
import java.time.Duration;

/**
 * How a destination that was added or has recovered is warmed up. After a time t it gets max(floor,
 * (t / duration)<sup>1 / aggression</sup>) of the connections that its scheduler gives it; the
 * others get the rest. It is warm after the duration.
 *
 * @param duration how long it warms up; more than 0
 * @param aggression 1: evenly; more than 1: faster in the beginning; less: slower
 * @param floor the least share, 0..1
 * @param perClient whether the client's address decides who waits, rather than chance: a client
 *     then moves to the destination once and stays. For schedulers that go by the client
 */
public record SlowStart(Duration duration, double aggression, double floor, boolean perClient) {
  private static final double DEFAULT_FLOOR = 0.1;

  /** Checks the values. */
  public SlowStart {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("duration: " + duration + " (expected: more than 0)");
    }
    if (!(aggression > 0 && aggression < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("aggression: " + aggression + " (expected: more than 0)");
    }
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException("floor: " + floor + " (expected: 0..1)");
    }
  }

  /**
   * Evenly, beginning with a tenth, by chance.
   *
   * @param duration how long
   * @return the slow start
   */
  public static SlowStart over(Duration duration) {
    return new SlowStart(duration, 1, DEFAULT_FLOOR, false);
  }

  /**
   * With another aggression.
   *
   * @param value more than 0
   * @return the slow start
   */
  public SlowStart withAggression(double value) {
    return new SlowStart(duration, value, floor, perClient);
  }

  /**
   * With another floor.
   *
   * @param value 0..1
   * @return the slow start
   */
  public SlowStart withFloor(double value) {
    return new SlowStart(duration, aggression, value, perClient);
  }

  /**
   * With the client's address deciding.
   *
   * @return the slow start
   */
  public SlowStart byClient() {
    return new SlowStart(duration, aggression, floor, true);
  }

  /**
   * What a destination gets of what its scheduler gives it.
   *
   * @param warmUp how far it is
   * @param nowNanos monotonic time
   * @return 0..1; 1 if it is warm
   */
  double share(WarmUp warmUp, long nowNanos, long durationNanos) {
    if (!Double.isNaN(warmUp.warmth())) {
      return warmUp.warmth();
    }
    long elapsed = nowNanos - warmUp.sinceNanos();
    if (elapsed >= durationNanos) {
      return 1;
    }
    double part = Math.max(elapsed, 0L) / (double) durationNanos;
    return Math.max(floor, aggression == 1 ? part : Math.pow(part, 1 / aggression));
  }
}
