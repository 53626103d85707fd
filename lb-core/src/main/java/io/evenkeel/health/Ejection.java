package io.evenkeel.health;

/**
 * Whether a server is out of rotation for how connections to it went. Immutable.
 *
 * @param ejected whether it is out
 * @param reason why it is out or came back, in words
 * @param sinceNanos monotonic time since when
 * @param untilNanos monotonic time until when it is out, while it is
 * @param times how often it was ejected, less the intervals in which it was not
 */
public record Ejection(
    boolean ejected, String reason, long sinceNanos, long untilNanos, int times) {

  /**
   * What is held of a server that was never ejected.
   *
   * @return not ejected
   */
  public static Ejection none() {
    return new Ejection(false, "", 0, 0, 0);
  }

  Ejection end(String why, long nowNanos) {
    return new Ejection(false, why, nowNanos, nowNanos, times);
  }

  /** It stays in rotation, though there is something to say against it. */
  Ejection refuse(String why) {
    return new Ejection(false, why, sinceNanos, untilNanos, times);
  }

  Ejection times(int count) {
    return new Ejection(ejected, reason, sinceNanos, untilNanos, count);
  }
}
