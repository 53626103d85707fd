package io.evenkeel.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.health.DynamicWeight.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamicWeightTest {

  @ParameterizedTest
  @CsvSource({
    "ABSOLUTE, 7, 10, -3",
    "ABSOLUTE, 0, 10, -10",
    "OFFSET, -65535, 10, -65535",
    "OFFSET, 3, 10, 3",
    "PERCENT, 75, 10, -2",
    "PERCENT, 1, 10, -9",
    "PERCENT, 0, 10, -10",
    "PERCENT, 6553500, 65535, 4294770690",
    "PERCENT, 50, 0, 0",
  })
  void offset_one_isToTheConfiguredWeight(Kind kind, int value, int configured, long offset) {
    assertEquals(offset, new DynamicWeight(kind, value).offset(configured));
  }

  @Test
  void plus_several_addUp() {
    DynamicWeight half = new DynamicWeight(Kind.PERCENT, 50);
    DynamicWeight two = new DynamicWeight(Kind.OFFSET, 2);
    DynamicWeight thirty = new DynamicWeight(Kind.ABSOLUTE, 30);

    assertEquals(-5 + 2, half.plus(two).offset(10));
    assertEquals(-5 + 2 + 20, half.plus(two).plus(thirty).offset(10));
    assertEquals(-5 + 2 + 20, half.plus(two.plus(thirty)).offset(10));
    assertEquals(-5 - 5, half.plus(half).offset(10));
  }

  @Test
  void equals_sameParts_isOne() {
    DynamicWeight half = new DynamicWeight(Kind.PERCENT, 50);
    DynamicWeight two = new DynamicWeight(Kind.OFFSET, 2);
    assertEquals(half.plus(two).plus(half), half.plus(two.plus(half)));
    assertNotEquals(half, half.plus(two));
  }

  @ParameterizedTest
  @CsvSource({
    "ABSOLUTE, -1",
    "ABSOLUTE, 65536",
    "OFFSET, -65536",
    "OFFSET, 65536",
    "PERCENT, -1",
    "PERCENT, 6553501"
  })
  void new_outOfRange_throws(Kind kind, int value) {
    assertThrows(IllegalArgumentException.class, () -> new DynamicWeight(kind, value));
  }
}
