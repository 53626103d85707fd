package io.evenkeel.model;

import java.time.Duration;

/**
 * How a real server that was added or has recovered is warmed up. After a time t it gets max(floor,
 * (t / duration)<sup>1 / aggression</sup>) of the connections that its scheduler gives it, as in
 * Envoy; the others get the rest. It is warm after the duration. Immutable.
 *
 * @param duration how long it warms up; more than 0, at most 31 days
 * @param aggression 1: evenly; more than 1: faster in the beginning; less: slower
 * @param floor the least share, 0..1
 * @param perClient whether the client's address decides who waits, rather than chance: a client
 *     then moves to the server once and stays. A director does so anyway where LVS's name of the
 *     scheduler says that it goes by an address
 */
public record SlowStart(Duration duration, double aggression, double floor, boolean perClient) {
  private static final double DEFAULT_FLOOR = 0.1;
  private static final Duration MAX_DURATION = Duration.ofDays(31);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public SlowStart {
    if (duration.isNegative() || duration.isZero() || duration.compareTo(MAX_DURATION) > 0) {
      throw new IllegalArgumentException(
          "slow start duration: " + duration + " (expected: more than 0, at most 31 days)");
    }
    if (!(aggression > 0 && aggression < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "slow start aggression: " + aggression + " (expected: more than 0)");
    }
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException("slow start floor: " + floor + " (expected: 0..1)");
    }
  }

  /**
   * Evenly, beginning with a tenth, by chance.
   *
   * @param duration how long, more than 0, at most 31 days
   * @return the slow start
   * @throws IllegalArgumentException if it is out of range
   */
  public static SlowStart over(Duration duration) {
    return new SlowStart(duration, 1, DEFAULT_FLOOR, false);
  }

  /**
   * With another aggression.
   *
   * @param value more than 0
   * @return the slow start
   * @throws IllegalArgumentException if it is out of range
   */
  public SlowStart withAggression(double value) {
    return new SlowStart(duration, value, floor, perClient);
  }

  /**
   * With another floor.
   *
   * @param value 0..1
   * @return the slow start
   * @throws IllegalArgumentException if it is out of range
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

  @Override
  public String toString() {
    return duration
        + " aggression "
        + aggression
        + " floor "
        + floor
        + (perClient ? " by client" : "");
  }
}
