package io.evenkeel.check;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long a certificate is valid, seen from one moment. Immutable.
 *
 * @param begins until it becomes valid; not positive: it has begun
 * @param left until it expires; not positive: it has expired
 */
record Validity(Duration begins, Duration left) {

  static Validity of(X509Certificate certificate, Instant now) {
    // It is valid in the second of notAfter (RFC 5280, 4.1.2.5).
    return new Validity(
        Duration.between(now, certificate.getNotBefore().toInstant()),
        Duration.between(now, certificate.getNotAfter().toInstant().plusSeconds(1)));
  }

  boolean isValid() {
    return !isPositive(begins) && isPositive(left);
  }

  /** What is wrong if it must be valid for this long; null: nothing. */
  @Nullable String complaint(Duration required) {
    if (!isValid()) {
      return toString();
    }
    if (left.compareTo(required) >= 0) {
      return null;
    }
    Unit unit = Unit.of(required);
    String expected = unit == Unit.of(left) ? String.valueOf(unit.in(required)) : words(required);
    return this + " (expected: " + expected + " or more)";
  }

  @Override
  public String toString() {
    if (isPositive(begins)) {
      return "certificate not valid for another " + words(begins);
    }
    return isPositive(left)
        ? "certificate expires in " + words(left)
        : "certificate expired " + words(left.negated()) + " ago";
  }

  private static boolean isPositive(Duration time) {
    return !time.isNegative() && !time.isZero();
  }

  private static String words(Duration time) {
    Unit unit = Unit.of(time);
    return unit.in(time) + " " + unit.plural;
  }

  /** The largest of which there are two or more. */
  private enum Unit {
    DAYS("days", Duration.ofDays(1)),
    HOURS("hours", Duration.ofHours(1)),
    MINUTES("minutes", Duration.ofMinutes(1)),
    SECONDS("seconds", Duration.ofSeconds(1));

    private final String plural;
    private final Duration length;

    Unit(String plural, Duration length) {
      this.plural = plural;
      this.length = length;
    }

    static Unit of(Duration time) {
      for (Unit unit : values()) {
        if (unit.in(time) >= 2) {
          return unit;
        }
      }
      return SECONDS;
    }

    long in(Duration time) {
      return time.dividedBy(length);
    }
  }
}
