package io.evenkeel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersistenceSpecTest {
  private static final PersistenceSpec SPEC = PersistenceSpec.perClient();

  @Test
  void perClient_any_isIpvsadmsDefault() {
    assertEquals(new PersistenceSpec(Duration.ofMinutes(5), 32, 128, false, 1_000_000), SPEC);
  }

  @Test
  void with_inRange_changesThatAlone() {
    assertEquals(
        new PersistenceSpec(Duration.ofSeconds(1), 0, 0, true, 1),
        SPEC.timeout(Duration.ofSeconds(1)).prefixes(0, 0).expireQuiescent(true).maxTemplates(1));
    assertEquals(
        new PersistenceSpec(Duration.ofDays(31), 32, 128, false, 100_000_000),
        SPEC.maxTemplates(100_000_000)
            .expireQuiescent(false)
            .prefixes(32, 128)
            .timeout(Duration.ofDays(31)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.999999999S", "PT0S", "PT-1S", "PT744H0.000000001S"})
  void timeout_outOfRange_throws(Duration value) {
    assertMessage(
        "persistence timeout: " + value + " (expected: 1 s..31 days)", () -> SPEC.timeout(value));
  }

  @Test
  void prefixes_outOfRange_throws() {
    assertMessage("persistence IPv4 prefix: 33 (expected: 0..32)", () -> SPEC.prefixes(33, 128));
    assertMessage("persistence IPv4 prefix: -1 (expected: 0..32)", () -> SPEC.prefixes(-1, 128));
    assertMessage("persistence IPv6 prefix: 129 (expected: 0..128)", () -> SPEC.prefixes(32, 129));
    assertMessage("persistence IPv6 prefix: -1 (expected: 0..128)", () -> SPEC.prefixes(32, -1));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 100_000_001})
  void maxTemplates_outOfRange_throws(int count) {
    assertMessage(
        "persistence templates: " + count + " (expected: 1..100000000)",
        () -> SPEC.maxTemplates(count));
  }

  private static void assertMessage(String expected, Executable e) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, e).getMessage());
  }
}
