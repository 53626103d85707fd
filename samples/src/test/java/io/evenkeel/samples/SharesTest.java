package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SharesTest {
  private static final long SECOND = 1_000_000_000;

  private final Shares shares = new Shares();

  @Test
  void all_oneSample_isZero() {
    shares.add(5 * SECOND, List.of(10L, 20L));

    assertEquals(List.of(0.0, 0.0), shares.all());
    assertEquals(0, shares.answers());
    assertEquals(0, shares.perSecond());
  }

  @Test
  void all_sampleOneSecondOld_counts() {
    shares.add(0, List.of(0L, 100L));
    shares.add(SECOND, List.of(30L, 110L));

    assertEquals(List.of(0.75, 0.25), shares.all());
    assertEquals(40, shares.answers());
    assertEquals(40, shares.perSecond());
  }

  @Test
  void all_sampleOlderThanOneSecond_doesNotCount() {
    shares.add(0, List.of(0L, 0L));
    shares.add(SECOND / 2, List.of(1000L, 0L));
    shares.add(SECOND + 1, List.of(1010L, 30L));

    assertEquals(List.of(0.25, 0.75), shares.all());
    assertEquals(40, shares.answers());
  }
}
