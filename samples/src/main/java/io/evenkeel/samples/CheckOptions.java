package io.evenkeel.samples;

import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.CheckSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How servers are checked. */
final class CheckOptions {
  @Option(
      names = "--check",
      paramLabel = "tcp|http:PATH",
      converter = CheckConverter.class,
      description =
          "How servers are checked: with a connection, or with a GET that is answered with 2xx."
              + " Without one, only failed connections take a server out.")
  private @Nullable HealthCheck check;

  @Option(
      names = "--check-interval",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "From one check to the next, and half of it while a verdict is being formed. Default: 2s.")
  private @Nullable Duration checkInterval;

  @Option(
      names = "--check-timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "After which a check has failed. Default: 1s.")
  private @Nullable Duration checkTimeout;

  @Option(
      names = "--rise",
      paramLabel = "N",
      converter = IntConverter.OfRise.class,
      description = "Passed checks in a row that bring a server back. Default: 2.")
  private @Nullable Integer rise;

  @Option(
      names = "--fall",
      paramLabel = "N",
      converter = IntConverter.OfFall.class,
      description = "Failed checks in a row that take a server out. Default: 3.")
  private @Nullable Integer fall;

  /** How servers are checked; null: they are not, or there is a problem. */
  @Nullable CheckSpec spec(List<String> problems) {
    if (check == null) {
      needsCheck("--check-interval", checkInterval, problems);
      needsCheck("--check-timeout", checkTimeout, problems);
      needsCheck("--rise", rise, problems);
      needsCheck("--fall", fall, problems);
      return null;
    }
    CheckSpec checkSpec = CheckSpec.of(check);
    if (checkInterval != null) {
      Duration half = Duration.ofNanos(Math.max(checkInterval.toNanos() / 2, 1_000_000));
      checkSpec = checkSpec.every(checkInterval, half);
    }
    if (checkTimeout != null) {
      checkSpec = checkSpec.timeout(checkTimeout);
    }
    return checkSpec.counts(
        rise == null ? checkSpec.rise() : rise, fall == null ? checkSpec.fall() : fall);
  }

  private static void needsCheck(String option, @Nullable Object value, List<String> problems) {
    if (value != null) {
      problems.add(option + ": nothing is checked (expected: with --check)");
    }
  }
}
