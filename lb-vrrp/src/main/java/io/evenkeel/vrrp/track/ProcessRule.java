package io.evenkeel.vrrp.track;

import java.time.Duration;

/**
 * How many processes there must be, and for how long. Immutable.
 *
 * @param interval between two looks, 1 ms..1 day
 * @param quorum how many there must be, 0 or more
 * @param quorumMax how many there may be, at least the quorum
 * @param forkDelay how long it must hold before it is up, 0..1 day: who is started starts others
 * @param terminateDelay how long it must not hold before it is down, 0..1 day: who ends is started
 *     again
 */
public record ProcessRule(
    Duration interval, int quorum, int quorumMax, Duration forkDelay, Duration terminateDelay) {

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public ProcessRule {
    Ranges.interval(interval);
    Ranges.delay("forkDelay", forkDelay);
    Ranges.delay("terminateDelay", terminateDelay);
    if (quorum < 0) {
      throw new IllegalArgumentException("quorum: " + quorum + " (expected: 0 or more)");
    }
    if (quorumMax < quorum) {
      throw new IllegalArgumentException(
          "quorumMax: " + quorumMax + " (expected: " + quorum + " or more)");
    }
  }

  /**
   * One process or more, without a delay.
   *
   * @param interval between two looks, 1 ms..1 day
   * @return the rule
   * @throws IllegalArgumentException if it is out of range
   */
  public static ProcessRule every(Duration interval) {
    return new ProcessRule(interval, 1, Integer.MAX_VALUE, Duration.ZERO, Duration.ZERO);
  }

  /**
   * With other bounds.
   *
   * @param least how many there must be, 0 or more
   * @param most how many there may be, at least as many; 0: it must not run
   * @return the changed rule
   * @throws IllegalArgumentException if they are out of range
   */
  public ProcessRule quorum(int least, int most) {
    return new ProcessRule(interval, least, most, forkDelay, terminateDelay);
  }

  /**
   * With delays.
   *
   * @param fork how long it must hold before it is up, 0..1 day
   * @param terminate how long it must not hold before it is down, 0..1 day
   * @return the changed rule
   * @throws IllegalArgumentException if one is out of range
   */
  public ProcessRule delays(Duration fork, Duration terminate) {
    return new ProcessRule(interval, quorum, quorumMax, fork, terminate);
  }
}
