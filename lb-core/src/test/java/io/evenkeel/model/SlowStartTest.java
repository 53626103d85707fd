package io.evenkeel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowStartTest {

  @Test
  void toString_any_saysAll() {
    SlowStart slowStart = SlowStart.over(Duration.ofSeconds(30));

    assertEquals("PT30S aggression 1.0 floor 0.1", slowStart.toString());
    assertEquals(
        "PT30S aggression 2.0 floor 0.0 by client",
        slowStart.withAggression(2).withFloor(0).byClient().toString());
  }

  @Test
  void constructor_outOfRange_saysWhatIsExpected() {
    SlowStart good = SlowStart.over(Duration.ofSeconds(1));

    assertRefused(
        "slow start duration: PT0S (expected: more than 0, at most 31 days)",
        () -> SlowStart.over(Duration.ZERO));
    assertRefused(
        "slow start duration: PT-1S (expected: more than 0, at most 31 days)",
        () -> SlowStart.over(Duration.ofSeconds(-1)));
    assertRefused(
        "slow start duration: PT744H0.000000001S (expected: more than 0, at most 31 days)",
        () -> SlowStart.over(Duration.ofDays(31).plusNanos(1)));
    assertRefused(
        "slow start aggression: 0.0 (expected: more than 0)", () -> good.withAggression(0));
    assertRefused(
        "slow start aggression: NaN (expected: more than 0)",
        () -> good.withAggression(Double.NaN));
    assertRefused("slow start floor: 1.5 (expected: 0..1)", () -> good.withFloor(1.5));
    assertRefused("slow start floor: NaN (expected: 0..1)", () -> good.withFloor(Double.NaN));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
