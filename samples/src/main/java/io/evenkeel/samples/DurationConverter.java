package io.evenkeel.samples;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/** Reads {@code 500ms}, {@code 3s}, {@code 2m} or {@code 1h}, from 1 ms to one day. */
class DurationConverter implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
  private static final Duration MAX = Duration.ofDays(1);

  private final Duration min;

  DurationConverter() {
    this(Duration.ofMillis(1));
  }

  private DurationConverter(Duration min) {
    this.min = min;
  }

  /** Takes 0 as well. */
  static final class OrZero extends DurationConverter {
    OrZero() {
      super(Duration.ZERO);
    }
  }

  @Override
  public Duration convert(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new Refused("duration: " + text + " (expected: such as 500ms, 3s, 2m or 1h)");
    }
    long count = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        };
    if (duration.compareTo(min) < 0 || duration.compareTo(MAX) > 0) {
      throw new Refused(
          "duration: " + text + " (expected: " + (min.isZero() ? "0s" : "1ms") + "..24h)");
    }
    return duration;
  }
}
