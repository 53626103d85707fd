package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

/** Whether counts are what a distribution would give. */
final class ChiSquared {
  private ChiSquared() {}

  /**
   * Fails when so large a deviation would come by chance less than once in about 100 000 times. By
   * Wilson and Hilferty's approximation: the cube root of chi-squared / k is nearly normal with
   * mean 1 - 2 / 9k and variance 2 / 9k.
   *
   * @param shares in proportion to what is expected; what has none must never have come
   */
  static void assertFits(double[] shares, long[] counts, Object context) {
    double sum = Arrays.stream(shares).sum();
    long total = Arrays.stream(counts).sum();
    double chiSquared = 0;
    int possible = 0;
    for (int i = 0; i < shares.length; i++) {
      double expected = total * shares[i] / sum;
      if (expected == 0) {
        assertEquals(0, counts[i], context + ": " + i + " is impossible");
      } else {
        assertTrue(expected >= 5, context + ": too few for " + i);
        chiSquared += (counts[i] - expected) * (counts[i] - expected) / expected;
        possible++;
      }
    }
    double freedom = possible - 1.0;
    double variance = 2 / (9 * freedom);
    double deviations = (Math.cbrt(chiSquared / freedom) - (1 - variance)) / Math.sqrt(variance);
    assertTrue(
        deviations < 4.3,
        context
            + ": chi-squared "
            + chiSquared
            + " of "
            + freedom
            + ", counts "
            + Arrays.toString(counts)
            + " for shares "
            + Arrays.toString(shares));
  }
}
