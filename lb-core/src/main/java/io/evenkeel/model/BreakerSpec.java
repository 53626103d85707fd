package io.evenkeel.model;

import java.time.Duration;
import java.util.Objects;

/**
 * A circuit breaker for each server: open, so that it gets no new connections, when too many of its
 * last ones failed; after a time some connections are tried, and it closes or opens by what becomes
 * of them. Immutable.
 *
 * <p>A check that passes does not close it, since it may look at less than clients ask for; but it
 * begins the trial early beside an {@link OutlierSpec} that has it {@linkplain
 * OutlierSpec#endedByCheck end ejections}. At most {@link OutlierSpec#maxEjectedShare} of the
 * servers are open at a time, half of them without such a specification. When nobody else is left
 * that is fit, and in panic, connections on trial are counted and not bounded.
 *
 * @param failureRate percentage of failures that opens it, more than 0, at most 100
 * @param minimumResults without which it does not open, 1..{@code window}
 * @param window so many last results count, 1..10000
 * @param openTime how long it is open before connections are tried, 1 ms..1 day
 * @param trialConnections that are tried, at most so many at a time, 1..10000; the results of so
 *     many close or open it
 */
public record BreakerSpec(
    double failureRate, int minimumResults, int window, Duration openTime, int trialConnections) {
  private static final int MAX_COUNT = 10_000;

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public BreakerSpec {
    if (!(failureRate > 0 && failureRate <= 100)) {
      throw new IllegalArgumentException(
          "failureRate: " + failureRate + " (expected: more than 0, at most 100)");
    }
    checkCount("window", window, MAX_COUNT);
    checkCount("minimumResults", minimumResults, window);
    Objects.requireNonNull(openTime, "openTime");
    if (openTime.compareTo(Duration.ofMillis(1)) < 0
        || openTime.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("openTime: " + openTime + " (expected: 1 ms..1 day)");
    }
    checkCount("trialConnections", trialConnections, MAX_COUNT);
  }

  /**
   * Half of the last 100 connections, of 20 at least; tried again after 30 s with 5.
   *
   * @return the description
   */
  public static BreakerSpec standard() {
    return new BreakerSpec(50, 20, 100, Duration.ofSeconds(30), 5);
  }

  private static void checkCount(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + most + ")");
    }
  }

  @Override
  public String toString() {
    return "failures "
        + failureRate
        + " % of "
        + minimumResults
        + ".."
        + window
        + " open "
        + openTime
        + " trials "
        + trialConnections;
  }
}
