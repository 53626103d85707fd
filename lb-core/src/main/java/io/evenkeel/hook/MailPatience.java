package io.evenkeel.hook;

import java.time.Duration;

/**
 * How long mail waits, and how much of it. Immutable.
 *
 * @param maxWaiting how many mails wait, 1..100000; then the oldest one is dropped for a new one
 * @param attempts how often one is tried, 1..100; then it is dropped
 * @param firstPause after the first attempt, 10 ms..1 hour; each one after it is twice as long, and
 *     all are up to a half longer or shorter by chance
 * @param longestPause not exceeded, but by chance; firstPause..1 day
 */
public record MailPatience(
    int maxWaiting, int attempts, Duration firstPause, Duration longestPause) {

  /** 1000 mails wait; 8 attempts, with pauses from 1 s to 1 min: about 2 min. */
  public static final MailPatience DEFAULT =
      new MailPatience(1000, 8, Duration.ofSeconds(1), Duration.ofMinutes(1));

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public MailPatience {
    if (maxWaiting < 1 || maxWaiting > 100_000) {
      throw new IllegalArgumentException("maxWaiting: " + maxWaiting + " (expected: 1..100000)");
    }
    if (attempts < 1 || attempts > 100) {
      throw new IllegalArgumentException("attempts: " + attempts + " (expected: 1..100)");
    }
    if (firstPause.toMillis() < 10 || firstPause.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "firstPause: " + firstPause + " (expected: 10 ms..1 hour)");
    }
    if (longestPause.compareTo(firstPause) < 0 || longestPause.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "longestPause: " + longestPause + " (expected: firstPause..1 day)");
    }
  }
}
