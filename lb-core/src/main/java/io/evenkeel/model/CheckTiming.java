package io.evenkeel.model;

import java.time.Duration;
import java.util.Objects;

/**
 * When a check runs, and how long it may take. Every duration is 1 ms..1 day, but for {@code
 * warmup}. Immutable.
 *
 * @param interval from the start of one check to the start of the next while the server is up
 * @param retryInterval the same while a verdict is being formed: after a failure of a server that
 *     is up, after a success of one that is down, and from a failed connection on
 * @param downInterval the same while it is down
 * @param connectTimeout after which a connection has failed
 * @param timeout after which the whole check has failed; one that is longer than an interval
 *     stretches it, as a check does not start before the one before has ended
 * @param warmup the first check starts within this time, 0..1 day; a director spreads those of its
 *     checks evenly
 */
public record CheckTiming(
    Duration interval,
    Duration retryInterval,
    Duration downInterval,
    Duration connectTimeout,
    Duration timeout,
    Duration warmup) {

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if a duration is out of range
   */
  public CheckTiming {
    check("interval", interval, Duration.ofMillis(1));
    check("retryInterval", retryInterval, Duration.ofMillis(1));
    check("downInterval", downInterval, Duration.ofMillis(1));
    check("connectTimeout", connectTimeout, Duration.ofMillis(1));
    check("timeout", timeout, Duration.ofMillis(1));
    check("warmup", warmup, Duration.ZERO);
  }

  private static void check(String name, Duration value, Duration least) {
    Objects.requireNonNull(value, name);
    if (value.compareTo(least) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least.toMillis() + " ms..1 day)");
    }
  }

  @Override
  public String toString() {
    return "every "
        + interval
        + " retry "
        + retryInterval
        + (downInterval.equals(interval) ? "" : " while down " + downInterval)
        + " timeout "
        + timeout
        + (connectTimeout.equals(timeout) ? "" : " connect timeout " + connectTimeout)
        + (warmup.equals(interval) ? "" : " warmup " + warmup);
  }
}
