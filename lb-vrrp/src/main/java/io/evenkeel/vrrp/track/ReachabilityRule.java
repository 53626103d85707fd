package io.evenkeel.vrrp.track;

import java.time.Duration;

/**
 * When probes are sent, and what follows from it. Immutable.
 *
 * @param interval between two rounds, 1 ms..1 day
 * @param timeout within which a probe of a round must be answered, 1 ms..the interval
 * @param fall how many rounds in a row without a majority are a fault, 1..1000; with 1, a process
 *     that stood still may take its own lateness for the network's
 * @param takeTime T_take: how long a backup waits from when the next advertisement of a master was
 *     due that it hears no longer, over {@link #loseTime}; what it is over is the room for drift of
 *     clocks, for threads that are late, and for the taking away of addresses
 */
public record ReachabilityRule(Duration interval, Duration timeout, int fall, Duration takeTime) {
  private static final int MOST_FALL = 1000;
  private static final Duration ROOM = Duration.ofMillis(500);

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public ReachabilityRule {
    Ranges.interval(interval);
    Ranges.between("timeout", timeout, Duration.ofMillis(1), "1 ms..1 day");
    if (timeout.compareTo(interval) > 0) {
      throw new IllegalArgumentException(
          "timeout: " + timeout + " (expected: at most the interval, " + interval + ")");
    }
    if (fall < 1 || fall > MOST_FALL) {
      throw new IllegalArgumentException("fall: " + fall + " (expected: 1.." + MOST_FALL + ")");
    }
    Duration lose = loseTime(interval, timeout, fall);
    if (takeTime.compareTo(lose) <= 0) {
      throw new IllegalArgumentException(
          "takeTime: " + takeTime + " (expected: over the time to lose, " + lose + ")");
    }
  }

  /**
   * With a time to take of half a second more than the time to lose.
   *
   * @param interval between two rounds, 1 ms..1 day
   * @param timeout within which a probe must be answered, 1 ms..the interval
   * @param fall how many rounds in a row without a majority are a fault, 1..1000
   * @return the rule
   * @throws IllegalArgumentException if one is out of range
   */
  public static ReachabilityRule of(Duration interval, Duration timeout, int fall) {
    return new ReachabilityRule(
        interval, timeout, fall, loseTime(interval, timeout, fall).plus(ROOM));
  }

  /**
   * T_lose: how long after nobody can be reached any more it is a fault, at most. The worst case is
   * a loss just after the last answer: the first round that fails begins an interval later, and the
   * last one needed ends with its time-out.
   *
   * @return interval times fall, and one time-out
   */
  public Duration loseTime() {
    return loseTime(interval, timeout, fall);
  }

  private static Duration loseTime(Duration interval, Duration timeout, int fall) {
    return interval.multipliedBy(fall).plus(timeout);
  }
}
