package io.evenkeel.model;

import java.time.Duration;
import java.util.Objects;

/**
 * How a real server is checked: with what, how often, and how many results make a verdict.
 * Immutable.
 *
 * @param probe what is run
 * @param port where, 1..65535; 0: at the server's own port
 * @param interval from the end of one check to the start of the next while nothing changes, at
 *     least 1 ms
 * @param retryInterval the same while a verdict is being formed: after a failure of a server that
 *     is up, after a success of one that is down, and from a failed connection on; at least 1 ms
 * @param timeout after which a check has failed, at least 1 ms
 * @param rise successes in a row that bring a server back, 1..1000
 * @param fall failures in a row that take a server out, 1..1000
 */
public record CheckSpec(
    Probe probe,
    int port,
    Duration interval,
    Duration retryInterval,
    Duration timeout,
    int rise,
    int fall) {
  private static final int MAX_COUNT = 1000;

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if the port or a count is out of range, or a duration is under
   *     1 ms or over one day
   */
  public CheckSpec {
    Objects.requireNonNull(probe, "probe");
    Objects.requireNonNull(interval, "interval");
    Objects.requireNonNull(retryInterval, "retryInterval");
    Objects.requireNonNull(timeout, "timeout");
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("check port: " + port + " (expected: 0..65535)");
    }
    checkDuration("interval", interval);
    checkDuration("retryInterval", retryInterval);
    checkDuration("timeout", timeout);
    checkCount("rise", rise);
    checkCount("fall", fall);
  }

  /**
   * The defaults: every 2 s, every 1 s while a verdict is being formed, time-out 1 s, rise 2, fall
   * 3.
   *
   * @param probe what is run
   * @return the description
   */
  public static CheckSpec of(Probe probe) {
    return new CheckSpec(
        probe, 0, Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 3);
  }

  /**
   * With other intervals.
   *
   * @param steady while nothing changes, 1 ms..1 day
   * @param retry while a verdict is being formed, 1 ms..1 day
   * @return the changed description
   * @throws IllegalArgumentException if one is out of range
   */
  public CheckSpec every(Duration steady, Duration retry) {
    return new CheckSpec(probe, port, steady, retry, timeout, rise, fall);
  }

  /**
   * With another time-out.
   *
   * @param limit 1 ms..1 day
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public CheckSpec timeout(Duration limit) {
    return new CheckSpec(probe, port, interval, retryInterval, limit, rise, fall);
  }

  /**
   * With other counts.
   *
   * @param successes that bring a server back, 1..1000
   * @param failures that take a server out, 1..1000
   * @return the changed description
   * @throws IllegalArgumentException if one is out of range
   */
  public CheckSpec counts(int successes, int failures) {
    return new CheckSpec(probe, port, interval, retryInterval, timeout, successes, failures);
  }

  /**
   * At another port than the server's own.
   *
   * @param where 1..65535; 0: its own
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public CheckSpec port(int where) {
    return new CheckSpec(probe, where, interval, retryInterval, timeout, rise, fall);
  }

  @Override
  public String toString() {
    return probe
        + (port == 0 ? "" : " port " + port)
        + " every "
        + interval
        + " retry "
        + retryInterval
        + " timeout "
        + timeout
        + " rise "
        + rise
        + " fall "
        + fall;
  }

  private static void checkDuration(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms..1 day)");
    }
  }

  private static void checkCount(String name, int value) {
    if (value < 1 || value > MAX_COUNT) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + MAX_COUNT + ")");
    }
  }
}
