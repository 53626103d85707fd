package io.evenkeel.kernel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PingCheckTest {

  @Test
  void toString_size_isShownUnlessItIsTheUsualOne() {
    assertEquals("ping", PingCheck.create().name());
    assertEquals("ping", PingCheck.create().toString());
    assertEquals("ping:1400 bytes", new PingCheck(1400).toString());
  }

  @Test
  void equals_sameSize_isOneCheck() {
    assertEquals(new PingCheck(56), PingCheck.create());
    assertNotEquals(new PingCheck(0), PingCheck.create());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_508})
  void new_sizeOutOfRange_isRefused(int size) {
    assertEquals(
        "payloadBytes: " + size + " (expected: 0..65507)",
        assertThrows(IllegalArgumentException.class, () -> new PingCheck(size)).getMessage());
  }
}
