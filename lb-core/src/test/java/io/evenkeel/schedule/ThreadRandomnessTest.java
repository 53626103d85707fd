package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadRandomnessTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, (1 << 30) - 1, 1 << 30, (1 << 30) + 1, Integer.MAX_VALUE})
  void nextInt_anyBound_staysBelowAndFillsTenths(int bound) {
    int[] tenths = new int[10];
    for (int i = 0; i < 100_000; i++) {
      int drawn = ThreadRandomness.INSTANCE.nextInt(bound);
      assertTrue(drawn >= 0 && drawn < bound, drawn + " below " + bound);
      tenths[(int) (10L * drawn / bound)]++;
    }
    if (bound >= 1000) {
      // 10 000 each; ten standard deviations are 950.
      for (int tenth : tenths) {
        assertEquals(10_000.0, (double) tenth, 950.0);
      }
    }
  }

  /** Of 2^32 numbers some stand for 3 and some for 2 others: one third would come less often. */
  @Test
  void nextInt_threeQuartersOfAllBits_noNumberIsFavoured() {
    int bound = 3 << 29;
    long even = 0;
    long thirds = 0;
    for (int i = 0; i < 300_000; i++) {
      int drawn = ThreadRandomness.INSTANCE.nextInt(bound);
      even += drawn % 2 == 0 ? 1 : 0;
      thirds += drawn % 3 == 0 ? 1 : 0;
    }
    // Ten standard deviations: 2739 and 2582.
    assertEquals(150_000.0, (double) even, 2739.0);
    assertEquals(100_000.0, (double) thirds, 2582.0);
  }
}
