package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** As keepalived 2.2.7 was seen to do it. */
class WeightingTest {

  @ParameterizedTest
  @CsvSource({
    // weight, reversed, while up, while down
    "0, false, 0, fault",
    "0, true, fault, 0",
    "20, false, 20, 0",
    "20, true, -20, 0",
    "-20, false, 0, -20",
    "-20, true, 0, 20",
    "253, false, 253, 0",
    "-253, false, 0, -253",
  })
  void whether_upOrDown_isAddedSubtractedOrAFault(
      int weight, boolean isReversed, String up, String down) {
    Weighting weighting = new Weighting(weight, isReversed);

    assertEquals(up, text(weighting.whether(true, "r")));
    assertEquals(down, text(weighting.whether(false, "r")));
    assertEquals("r", weighting.whether(true, "r").reason());
  }

  @ParameterizedTest
  @CsvSource({"0, false, fault", "0, true, fault", "20, false, 0", "-20, false, 0", "-20, true, 0"})
  void unknown_any_isAFaultWithoutAWeightAndElseNothing(
      int weight, boolean isReversed, String expected) {
    assertEquals(expected, text(new Weighting(weight, isReversed).unknown("r")));
  }

  @ParameterizedTest
  @CsvSource({
    "0, false, 0, 0",
    "0, false, 1, fault",
    "0, false, -1, fault",
    "0, true, 0, fault",
    "0, true, 5, 0",
    "1, false, 12, 12",
    "1, true, 12, -12",
    "2, false, 126, 252",
    "2, false, 127, 253",
    "1, false, 2147483647, 253",
    "1, false, -253, -253",
    "1, false, -254, fault",
    "2, false, -126, -252",
    "2, false, -127, fault",
    "-2, false, 127, fault",
    "253, false, -1, -253",
    "253, false, -2, fault",
    "253, false, -2147483648, fault",
    "1, true, 254, fault",
    "1, true, 253, -253",
  })
  void times_number_isBoundedAboveAndAFaultBelow(
      int weight, boolean isReversed, long value, String expected) {
    assertEquals(expected, text(new Weighting(weight, isReversed).times(value, "r")));
  }

  @ParameterizedTest
  @ValueSource(ints = {-254, 254, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void new_outOfRange_throws(int weight) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Weighting.of(weight));

    assertEquals("weight: " + weight + " (expected: -253..253)", e.getMessage());
  }

  @Test
  void reversed_twice_isTheSame() {
    assertEquals(Weighting.of(3), Weighting.of(3).reversed().reversed());
  }

  @ParameterizedTest
  @CsvSource({
    "100, '', 100",
    "100, '20', 120",
    "100, '20 -30', 90",
    "100, '-98', 2",
    "100, '-99', 1",
    "100, '-100', 1",
    "100, '153', 253",
    "100, '154', 254",
    "100, '155', 254",
    // Only the sum is bounded.
    "200, '253 -253', 200",
    "100, '-253 -253 253 253', 100",
    "255, '-253', 255",
    "255, '253', 255",
    "254, '-253', 1",
    "1, '253', 254",
  })
  void effectivePriority_contributions_isTheSumWithinItsBounds(
      int base, String points, int expected) {
    List<Contribution> all =
        Arrays.stream(points.split(" ", -1))
            .filter(p -> !p.isEmpty())
            .map(p -> new Contribution(Integer.parseInt(p), false, ""))
            .toList();

    assertEquals(expected, EffectivePriority.of(base, all));
  }

  private static String text(Contribution contribution) {
    return contribution.isFault() ? "fault" : String.valueOf(contribution.points());
  }
}
