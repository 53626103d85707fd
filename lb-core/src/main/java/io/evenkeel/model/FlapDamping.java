package io.evenkeel.model;

import java.time.Duration;
import java.util.Objects;

/**
 * Keeps a server down that comes and goes too often, as RFC 2439 does with routes. Each time that
 * it goes down costs a penalty of 1, which halves in {@code halfLife}; with more than {@code
 * suppress} it stays down, however well its checks pass, until the penalty is below {@code reuse}.
 * Immutable.
 *
 * @param suppress penalty from which on it stays down, over 1..1000
 * @param reuse penalty below which it may come back, over 0, under {@code suppress}
 * @param halfLife in which a penalty halves, 1 ms..1 day
 * @param longest for which a server stays down for its flapping at most, 1 ms..1 day
 */
public record FlapDamping(double suppress, double reuse, Duration halfLife, Duration longest) {
  private static final double MAX = 1000;

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public FlapDamping {
    if (!(suppress > 1 && suppress <= MAX)) {
      throw new IllegalArgumentException("suppress: " + suppress + " (expected: over 1..1000)");
    }
    if (!(reuse > 0 && reuse < suppress)) {
      throw new IllegalArgumentException(
          "reuse: " + reuse + " (expected: over 0, under " + suppress + ")");
    }
    check("halfLife", halfLife);
    check("longest", longest);
  }

  /**
   * After three times within about a minute, for at most five minutes.
   *
   * @return suppress 2.5, reuse 1, half-life one minute, longest five minutes
   */
  public static FlapDamping standard() {
    return new FlapDamping(2.5, 1, Duration.ofMinutes(1), Duration.ofMinutes(5));
  }

  private static void check(String name, Duration value) {
    Objects.requireNonNull(value, name);
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms..1 day)");
    }
  }

  @Override
  public String toString() {
    return "suppress " + suppress + " reuse " + reuse + " half-life " + halfLife;
  }
}
