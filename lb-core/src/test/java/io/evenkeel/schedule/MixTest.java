package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MixTest {

  /** The JDK's generator is the same function of multiples of the same constant. */
  @Test
  void of_splitMix_isThatOfTheJdk() {
    assertEquals(new SplittableRandom(1).nextLong(), Mix.of(1, 1));
    assertEquals(new SplittableRandom(-77).nextLong(), Mix.of(-77, 1));
  }

  @Test
  void below_hash_isInProportion() {
    assertEquals(0, Mix.below(7, 0));
    assertEquals(6, Mix.below(7, -1));
    assertEquals(3, Mix.below(7, Long.MIN_VALUE));
    assertEquals(0, Mix.below(0, -1));
  }
}
