package io.evenkeel.vrrp.track;

import java.time.Duration;

/**
 * When a script is run, and how often it must succeed or fail. Immutable.
 *
 * @param interval between two runs, 1 ms..1 day; a run that is still going then is not joined by a
 *     second one
 * @param rise how many successes in a row make it up, 1..1000000
 * @param fall how many failures in a row make it down, 1..1000000
 * @param startsDown whether it must rise before it is up for the first time, keepalived's {@code
 *     init_fail}; otherwise its first success is enough
 */
public record ScriptRule(Duration interval, int rise, int fall, boolean startsDown) {
  private static final int MOST = 1_000_000;

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public ScriptRule {
    Ranges.interval(interval);
    requireCount("rise", rise);
    requireCount("fall", fall);
  }

  /**
   * One success makes it up, one failure down.
   *
   * @param interval between two runs, 1 ms..1 day
   * @return the rule
   * @throws IllegalArgumentException if it is out of range
   */
  public static ScriptRule every(Duration interval) {
    return new ScriptRule(interval, 1, 1, false);
  }

  /**
   * With another rise.
   *
   * @param count how many successes in a row make it up, 1..1000000
   * @return the changed rule
   * @throws IllegalArgumentException if it is out of range
   */
  public ScriptRule rise(int count) {
    return new ScriptRule(interval, count, fall, startsDown);
  }

  /**
   * With another fall.
   *
   * @param count how many failures in a row make it down, 1..1000000
   * @return the changed rule
   * @throws IllegalArgumentException if it is out of range
   */
  public ScriptRule fall(int count) {
    return new ScriptRule(interval, rise, count, startsDown);
  }

  /**
   * Down until it has risen.
   *
   * @return the changed rule
   */
  public ScriptRule startingDown() {
    return new ScriptRule(interval, rise, fall, true);
  }

  private static void requireCount(String name, int count) {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException(name + ": " + count + " (expected: 1.." + MOST + ")");
    }
  }
}
