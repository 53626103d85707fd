package io.evenkeel.model;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a real server is checked: with what, where, when, and how many results make a verdict. Equal
 * descriptions of one endpoint are one check, however many services ask for it. Immutable.
 *
 * @param probe what is run
 * @param place where it goes, and from where
 * @param timing when it runs, and how long it may take
 * @param rise successes in a row that bring a server back, 1..1000
 * @param fall failures in a row that take a server out, 1..1000
 * @param initial what is held before the first result
 * @param damping what keeps a server down that comes and goes; null: nothing
 */
public record CheckSpec(
    Probe probe,
    CheckPlace place,
    CheckTiming timing,
    int rise,
    int fall,
    InitialState initial,
    @Nullable FlapDamping damping) {
  private static final int MAX_COUNT = 1000;

  /**
   * Checks the counts.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public CheckSpec {
    Objects.requireNonNull(probe, "probe");
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(timing, "timing");
    Objects.requireNonNull(initial, "initial");
    checkCount("rise", rise);
    checkCount("fall", fall);
  }

  /**
   * The defaults: every 2 s, every 1 s while a verdict is being formed, the first within 2 s,
   * time-out 1 s, rise 2, fall 3, up until proven otherwise.
   *
   * @param probe what is run
   * @return the description
   */
  public static CheckSpec of(Probe probe) {
    Duration interval = Duration.ofSeconds(2);
    Duration timeout = Duration.ofSeconds(1);
    return new CheckSpec(
        probe,
        CheckPlace.OWN,
        new CheckTiming(interval, Duration.ofSeconds(1), interval, timeout, timeout, interval),
        2,
        3,
        InitialState.UP,
        null);
  }

  /**
   * With other intervals; the first check starts within the first of them.
   *
   * @param steady while nothing changes, be the server up or down, 1 ms..1 day
   * @param retry while a verdict is being formed, 1 ms..1 day
   * @return the changed description
   * @throws IllegalArgumentException if one is out of range
   */
  public CheckSpec every(Duration steady, Duration retry) {
    return at(
        new CheckTiming(steady, retry, steady, timing.connectTimeout(), timing.timeout(), steady));
  }

  /**
   * With another time-out, for the connection and for the whole check.
   *
   * @param limit 1 ms..1 day
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public CheckSpec timeout(Duration limit) {
    return timeouts(limit, limit);
  }

  /**
   * With other time-outs.
   *
   * @param connect for the connection, 1 ms..1 day
   * @param whole for the whole check, 1 ms..1 day
   * @return the changed description
   * @throws IllegalArgumentException if one is out of range
   */
  public CheckSpec timeouts(Duration connect, Duration whole) {
    return at(
        new CheckTiming(
            timing.interval(),
            timing.retryInterval(),
            timing.downInterval(),
            connect,
            whole,
            timing.warmup()));
  }

  /**
   * With another time for the first check.
   *
   * @param within 0..1 day
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public CheckSpec warmup(Duration within) {
    return at(
        new CheckTiming(
            timing.interval(),
            timing.retryInterval(),
            timing.downInterval(),
            timing.connectTimeout(),
            timing.timeout(),
            within));
  }

  /**
   * With another interval while the server is down.
   *
   * @param interval 1 ms..1 day
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public CheckSpec whileDown(Duration interval) {
    return at(
        new CheckTiming(
            timing.interval(),
            timing.retryInterval(),
            interval,
            timing.connectTimeout(),
            timing.timeout(),
            timing.warmup()));
  }

  /**
   * With other counts. Keepalived's {@code retry N} is {@code fall} N + 1, and its {@code
   * delay_before_retry} the retry interval.
   *
   * @param successes that bring a server back, 1..1000
   * @param failures that take a server out, 1..1000
   * @return the changed description
   * @throws IllegalArgumentException if one is out of range
   */
  public CheckSpec counts(int successes, int failures) {
    return new CheckSpec(probe, place, timing, successes, failures, initial, damping);
  }

  /**
   * At another port than the server's own.
   *
   * @param where 1..65535; 0: its own
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public CheckSpec port(int where) {
    return at(new CheckPlace(place.host(), where, place.bind()));
  }

  /**
   * At another place than the server's own.
   *
   * @param where host, port and the address it comes from
   * @return the changed description
   */
  public CheckSpec at(CheckPlace where) {
    return new CheckSpec(probe, where, timing, rise, fall, initial, damping);
  }

  /**
   * With another timing.
   *
   * @param when intervals and time-outs
   * @return the changed description
   */
  public CheckSpec at(CheckTiming when) {
    return new CheckSpec(probe, place, when, rise, fall, initial, damping);
  }

  /**
   * With another state before the first result.
   *
   * @param state what is held of a server
   * @return the changed description
   */
  public CheckSpec initially(InitialState state) {
    return new CheckSpec(probe, place, timing, rise, fall, state, damping);
  }

  /**
   * With another damping.
   *
   * @param how what keeps a server down that comes and goes; null: nothing
   * @return the changed description
   */
  public CheckSpec damped(@Nullable FlapDamping how) {
    return new CheckSpec(probe, place, timing, rise, fall, initial, how);
  }

  @Override
  public String toString() {
    return probe
        + place.toString()
        + " "
        + timing
        + " rise "
        + rise
        + " fall "
        + fall
        + (initial == InitialState.UP ? "" : " initially " + initial)
        + (damping == null ? "" : " damped " + damping);
  }

  private static void checkCount(String name, int value) {
    if (value < 1 || value > MAX_COUNT) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + MAX_COUNT + ")");
    }
  }
}
