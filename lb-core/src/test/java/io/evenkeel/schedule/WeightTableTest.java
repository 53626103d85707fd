package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Destinations;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class WeightTableTest {

  private static WeightTable table(Destinations list) {
    return new WeightTable(list);
  }

  private static Destinations list(int size, IntUnaryOperator weight) {
    Farm farm = new Farm((destinations, previous) -> (flow, nowNanos) -> null);
    Object[] namesAndWeights = new Object[2 * size];
    for (int i = 0; i < size; i++) {
      namesAndWeights[2 * i] = "s" + i;
      namesAndWeights[2 * i + 1] = weight.applyAsInt(i);
    }
    return farm.addTogether(namesAndWeights).list();
  }

  /** One after the other, as long as there are points left. */
  private static int walk(Destinations list, long point) {
    long left = point;
    int at = 0;
    while (left >= list.weight(at)) {
      left -= list.weight(at++);
    }
    return at;
  }

  @Test
  void at_everyPoint_isWhoeverCoversIt() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int most = 1 << random.nextInt(8);
      Destinations list =
          list(1 + random.nextInt(40), i -> Math.max(0, random.nextInt(-most / 3 - 1, most)));
      WeightTable table = table(list);
      for (long point = 0; point < table.total(); point++) {
        assertEquals(walk(list, point), table.at(point), "seed " + seed + ", point " + point);
      }
    }
  }

  @Test
  void at_fewHeavyAmongManyLight_isWhoeverCoversIt() {
    SplittableRandom random = new SplittableRandom(1);
    Destinations list = list(1000, i -> i % 100 == 7 ? 65535 : i % 3);
    WeightTable table = table(list);
    for (int i = 0; i < 100_000; i++) {
      long point = random.nextLong(table.total());
      assertEquals(walk(list, point), table.at(point), "seed 1, point " + point);
    }
  }

  /** 40 000 times 65535 is more than an int holds: two draws make a point then. */
  @Test
  void draw_totalBeyondInt_reachesAllEvenly() {
    Destinations list = list(40_000, i -> i == 0 ? 65534 : 65535);
    WeightTable table = table(list);
    assertTrue(table.total() > Integer.MAX_VALUE);
    Seeded random = new Seeded(2);
    long[] counts = new long[8];
    for (int i = 0; i < 80_000; i++) {
      counts[table.draw(random) / 5000]++;
    }
    ChiSquared.assertFits(new double[] {1, 1, 1, 1, 1, 1, 1, 1}, counts, random);
  }

  @Test
  void draw_allWeighTheSame_drawsAmongAsManyAsThereAre() {
    WeightTable table = table(list(40_000, i -> 65535));

    assertEquals(39_998, table.draw(bound -> bound - 2));
    int[] draws = {39_998, 39_998, 39_997};
    int[] next = {0};
    assertEquals(39_997, table.drawOther(bound -> draws[next[0]++], 39_998));
    assertEquals(3, next[0]);
  }

  /** The last few of all 2^60 points would favour who comes first. */
  @Test
  void draw_totalBeyondInt_drawsAgainBeyondTheLastMultiple() {
    // The column, a height that is drawn again, and one.
    int[] draws = {3, (1 << 30) - 1, (1 << 30) - 1, 0, 0};
    int[] next = {0};

    assertEquals(
        3, table(list(40_000, i -> i == 0 ? 65534 : 65535)).draw(bound -> draws[next[0]++]));
    assertEquals(5, next[0]);
  }

  @Test
  void eligibleAt_somebodyOut_coversWithoutThem() {
    // List order is the other way round: weights 3, 0, 4, 2 at 0..3.
    Destinations list = list(4, i -> new int[] {2, 4, 0, 3}[i]);
    WeightTable table = table(list);
    list.get(2).suspend(true);

    assertEquals(5, table.eligibleTotal(WeightTable.NOBODY));
    assertEquals(0, table.eligibleAt(2, WeightTable.NOBODY));
    assertEquals(3, table.eligibleAt(3, WeightTable.NOBODY));
    assertEquals(3, table.eligibleAt(4, WeightTable.NOBODY));
    // Somebody has gone since the sum was taken: the last.
    assertEquals(3, table.eligibleAt(8, WeightTable.NOBODY));
    assertEquals(2, table.eligibleTotal(0));
    assertEquals(3, table.eligibleAt(0, 0));
    list.get(3).suspend(true);
    assertEquals(WeightTable.NOBODY, table.eligibleAt(0, 0));
  }
}
