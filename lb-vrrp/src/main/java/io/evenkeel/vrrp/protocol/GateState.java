package io.evenkeel.vrrp.protocol;

/**
 * Where a group is with its exclusive gate. Immutable. Times are monotonic, in ns.
 *
 * @param passage how far
 * @param attempt the number of the last {@link GroupAction.Ask}
 * @param untilNanos until when it is passed
 * @param askNanos not asked before
 */
public record GateState(Passage passage, long attempt, long untilNanos, long askNanos) {

  /** How far. */
  public enum Passage {
    /** Not passed. */
    CLOSED,
    /** Asked for, not answered yet. */
    ASKED,
    /** Passed. */
    PASSED,
    /** Passed, and asked for again before its time is over. */
    RENEWING
  }

  boolean isPassed() {
    return passage == Passage.PASSED || passage == Passage.RENEWING;
  }

  /** It may be asked for at once, unless it was refused before. */
  GateState close(long nowNanos) {
    return new GateState(Passage.CLOSED, attempt, untilNanos, isPassed() ? nowNanos : askNanos);
  }

  GateState begin(long nowNanos) {
    return new GateState(Passage.CLOSED, attempt, nowNanos, nowNanos);
  }

  GateState ask() {
    return new GateState(
        isPassed() ? Passage.RENEWING : Passage.ASKED, attempt + 1, untilNanos, askNanos);
  }

  /** A third of the time is left for each of two more attempts if the first one fails. */
  GateState pass(long untilNanos, long nowNanos) {
    return new GateState(
        Passage.PASSED, attempt, untilNanos, nowNanos + (untilNanos - nowNanos) / 3);
  }

  GateState refuse(long askNanos) {
    return new GateState(
        isPassed() ? Passage.PASSED : Passage.CLOSED, attempt, untilNanos, askNanos);
  }
}
