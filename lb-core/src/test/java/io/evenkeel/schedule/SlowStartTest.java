package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.pool.WarmUp;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlowStartTest {

  private static double share(SlowStart slowStart, long sinceNanos, long nowNanos) {
    long duration = slowStart.duration().toNanos();
    return slowStart.share(new WarmUp(sinceNanos, Double.NaN), nowNanos, duration);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0.1",
    "0, 0.1",
    "1, 0.1",
    "100, 0.1",
    "101, 0.101",
    "500, 0.5",
    "999, 0.999",
    "1000, 1",
    "1001, 1"
  })
  void share_evenly_growsWithTime(long elapsed, double expected) {
    SlowStart slowStart = SlowStart.over(Duration.ofNanos(1000));

    assertEquals(expected, share(slowStart, 7, 7 + elapsed), 1e-12);
    // Across the end of the clock's numbers.
    long since = Long.MAX_VALUE - 10;
    assertEquals(expected, share(slowStart, since, since + elapsed), 1e-12);
  }

  /** The root of 1/4 is 1/2, its square 1/16. */
  @Test
  void share_aggression_bendsTheCurve() {
    SlowStart slowStart = SlowStart.over(Duration.ofNanos(1000)).withFloor(0);

    assertEquals(0.5, share(slowStart.withAggression(2), 0, 250), 1e-12);
    assertEquals(0.0625, share(slowStart.withAggression(0.5), 0, 250), 1e-12);
    assertEquals(0, share(slowStart.withAggression(2), 0, 0), 0);
    assertEquals(0.3, share(slowStart.withAggression(0.5).withFloor(0.3), 0, 250), 0);
  }

  @Test
  void share_applicationSaysItself_timeIsIgnored() {
    SlowStart slowStart = SlowStart.over(Duration.ofNanos(1000));

    assertEquals(0.03, slowStart.share(new WarmUp(0, 0.03), 5000, 1000), 0);
    assertEquals(0, slowStart.share(new WarmUp(0, 0), 500, 1000), 0);
  }

  @Test
  void constructor_outOfRange_saysWhatIsExpected() {
    SlowStart good = SlowStart.over(Duration.ofSeconds(1));

    assertRefused("duration: PT0S (expected: more than 0)", () -> SlowStart.over(Duration.ZERO));
    assertRefused(
        "duration: PT-1S (expected: more than 0)", () -> SlowStart.over(Duration.ofSeconds(-1)));
    assertRefused("aggression: 0.0 (expected: more than 0)", () -> good.withAggression(0));
    assertRefused("aggression: NaN (expected: more than 0)", () -> good.withAggression(Double.NaN));
    assertRefused("floor: 1.5 (expected: 0..1)", () -> good.withFloor(1.5));
    assertRefused("floor: NaN (expected: 0..1)", () -> good.withFloor(Double.NaN));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
