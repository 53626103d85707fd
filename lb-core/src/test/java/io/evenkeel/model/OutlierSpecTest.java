package io.evenkeel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutlierSpecTest {
  private static final OutlierSpec GOOD = OutlierSpec.none();
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void toString_any_saysAll() {
    assertEquals(
        "failures in a row 5 success rate (results 100 servers 5 factor 1.9)"
            + " every PT10S ejection PT30S..PT5M share 0.5",
        OutlierSpec.standard().toString());
    assertEquals(
        "latency (answers 100 factor 3.0 least PT0.01S) every PT1S ejection PT1S..PT2S share 0.1"
            + " not ended by checks",
        GOOD.latency(OutlierSpec.Latency.standard())
            .every(SECOND)
            .ejection(SECOND, SECOND.multipliedBy(2))
            .share(0.1)
            .endedByCheck(false)
            .toString());
    assertEquals(
        "failures 50.0 % of 20..100 open PT30S trials 5", BreakerSpec.standard().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10, 0",
    "1, 0, 0",
    "1, 1, 0",
    "1, 2, 1",
    "1, 10, 9",
    "0.5, 0, 0",
    "0.5, 1, 0",
    "0.5, 2, 1",
    "0.5, 5, 2",
    "0.3, 10, 3",
    "0.29, 100, 29",
    "0.28999999, 100, 28",
    "1, 2147483647, 2147483646"
  })
  void most_share_isRoundedDown(double share, int servers, int most) {
    assertEquals(most, GOOD.share(share).most(servers));
  }

  @Test
  void constructor_outOfRange_saysWhatIsExpected() {
    assertRefused("consecutiveFailures: -1 (expected: 0..1000000)", () -> GOOD.consecutive(-1));
    assertRefused(
        "consecutiveFailures: 1000001 (expected: 0..1000000)", () -> GOOD.consecutive(1_000_001));
    assertRefused("interval: PT0S (expected: 1 ms..1 day)", () -> GOOD.every(Duration.ZERO));
    assertRefused(
        "baseEjection: PT0S (expected: 1 ms..1 day)", () -> GOOD.ejection(Duration.ZERO, SECOND));
    assertRefused(
        "maxEjection: PT24H0.000000001S (expected: 1 ms..1 day)",
        () -> GOOD.ejection(SECOND, Duration.ofDays(1).plusNanos(1)));
    assertRefused(
        "maxEjection: PT0.999S (expected: PT1S or more)",
        () -> GOOD.ejection(SECOND, Duration.ofMillis(999)));
    assertRefused("maxEjectedShare: 1.1 (expected: 0..1)", () -> GOOD.share(1.1));
    assertRefused("maxEjectedShare: -0.1 (expected: 0..1)", () -> GOOD.share(-0.1));
    assertRefused("maxEjectedShare: NaN (expected: 0..1)", () -> GOOD.share(Double.NaN));
    assertRefused(
        "minimumResults: 0 (expected: 1..1000000)", () -> new OutlierSpec.SuccessRate(0, 2, 1));
    assertRefused(
        "minimumServers: 1 (expected: 2..1000000)", () -> new OutlierSpec.SuccessRate(1, 1, 1));
    assertRefused(
        "factor: 0.0 (expected: more than 0, at most 1000)",
        () -> new OutlierSpec.SuccessRate(1, 2, 0));
    assertRefused(
        "factor: NaN (expected: more than 0, at most 1000)",
        () -> new OutlierSpec.SuccessRate(1, 2, Double.NaN));
    assertRefused(
        "minimumAnswers: 0 (expected: 1..1000000)",
        () -> new OutlierSpec.Latency(0, 2, Duration.ZERO));
    assertRefused(
        "factor: 1.0 (expected: more than 1, at most 1000)",
        () -> new OutlierSpec.Latency(1, 1, Duration.ZERO));
    assertRefused(
        "least: PT-0.001S (expected: 0 ms..1 day)",
        () -> new OutlierSpec.Latency(1, 2, Duration.ofMillis(-1)));
  }

  @Test
  void breaker_outOfRange_saysWhatIsExpected() {
    assertRefused(
        "failureRate: 0.0 (expected: more than 0, at most 100)",
        () -> new BreakerSpec(0, 1, 1, SECOND, 1));
    assertRefused(
        "failureRate: 100.1 (expected: more than 0, at most 100)",
        () -> new BreakerSpec(100.1, 1, 1, SECOND, 1));
    assertRefused(
        "failureRate: NaN (expected: more than 0, at most 100)",
        () -> new BreakerSpec(Double.NaN, 1, 1, SECOND, 1));
    assertRefused(
        "minimumResults: 0 (expected: 1..10)", () -> new BreakerSpec(50, 0, 10, SECOND, 1));
    assertRefused(
        "minimumResults: 11 (expected: 1..10)", () -> new BreakerSpec(50, 11, 10, SECOND, 1));
    assertRefused("window: 0 (expected: 1..10000)", () -> new BreakerSpec(50, 1, 0, SECOND, 1));
    assertRefused(
        "window: 10001 (expected: 1..10000)", () -> new BreakerSpec(50, 1, 10_001, SECOND, 1));
    assertRefused(
        "openTime: PT0S (expected: 1 ms..1 day)",
        () -> new BreakerSpec(50, 1, 1, Duration.ZERO, 1));
    assertRefused(
        "trialConnections: 0 (expected: 1..10000)", () -> new BreakerSpec(50, 1, 1, SECOND, 0));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
