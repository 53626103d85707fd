package io.evenkeel.vrrp.track;

import java.time.Duration;

/** What several rules ask of their parts. */
final class Ranges {
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofDays(1);

  private Ranges() {}

  static void interval(Duration interval) {
    between("interval", interval, LEAST, "1 ms..1 day");
  }

  static void delay(String name, Duration delay) {
    between(name, delay, Duration.ZERO, "0..1 day");
  }

  static void between(String name, Duration value, Duration least, String expected) {
    if (value.compareTo(least) < 0 || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
