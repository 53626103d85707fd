package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.lab.Contender.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How soon each of both takes over from the other; {@code dev/lab vrrp failover} runs it. */
@Tag("lab")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailoverLabIT {
  private static final Duration TOLERANCE = Duration.ofMillis(2);
  private static final Duration SOON = Duration.ofMillis(45);

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"1000, 5", "100, 15", "10, 31"})
  void takeover_sameSettings_isAsSoonAsKeepaliveds(int intervalMillis, int times) throws Exception {
    Path sampler = Sampler.compile(directory);
    try (Failover ours = new Failover(sampler, Kind.OURS, intervalMillis);
        Failover keepalived = new Failover(sampler, Kind.KEEPALIVED, intervalMillis)) {
      for (int i = 0; i < times; i++) {
        for (Failover one : List.of(ours, keepalived)) {
          one.once();
        }
      }

      String figures =
          "interval %d ms: ours takes over after %s ms, keepalived after %s ms (medians of %d)"
              .formatted(intervalMillis, millis(ours), millis(keepalived), times);
      System.out.println(figures);
      assertTrue(
          ours.median().compareTo(keepalived.median().plus(TOLERANCE)) <= 0,
          () -> figures + "\n" + ours.times() + "\n" + keepalived.times());
      if (intervalMillis == 10) {
        assertTrue(ours.median().compareTo(SOON) <= 0, figures);
      }
    }
  }

  private static String millis(Failover one) {
    return "%.1f".formatted(one.median().toNanos() / 1e6);
  }
}
