package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.model.SlowStart;
import io.evenkeel.pool.WarmUp;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlowStartShareTest {

  private static double share(SlowStart slowStart, long sinceNanos, long nowNanos) {
    long duration = slowStart.duration().toNanos();
    return SlowStarting.share(slowStart, duration, new WarmUp(sinceNanos, Double.NaN), nowNanos);
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

    assertEquals(0.03, SlowStarting.share(slowStart, 1000, new WarmUp(0, 0.03), 5000), 0);
    assertEquals(0, SlowStarting.share(slowStart, 1000, new WarmUp(0, 0), 500), 0);
  }
}
