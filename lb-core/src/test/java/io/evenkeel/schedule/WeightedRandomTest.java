package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightedRandomTest implements FindingContract {
  private final Seeded random = new Seeded(20261121);

  @Override
  public Scheduler scheduler() {
    return Schedulers.weightedRandom();
  }

  private Farm seeded() {
    return new Farm(Schedulers.weightedRandom(random));
  }

  @Test
  void select_equalServersKeptOpen_shareEqually() {
    for (int servers = 2; servers <= 7; servers++) {
      Farm farm = seeded();
      double[] shares = new double[servers];
      for (int i = 0; i < servers; i++) {
        farm.add("s" + i, 1);
        shares[i] = 1;
      }
      ChiSquared.assertFits(shares, farm.count(10_000), random);
    }
  }

  @Test
  void select_tenThousandEqualServers_eachGetsOne() {
    Object[] namesAndWeights = new Object[2 * MANY];
    double[] shares = new double[MANY];
    for (int i = 0; i < MANY; i++) {
      namesAndWeights[2 * i] = "s" + i;
      namesAndWeights[2 * i + 1] = 1 + i % 3;
      // List order: the last one first.
      shares[i] = 1 + (MANY - 1 - i) % 3;
    }
    Farm farm = seeded().addTogether(namesAndWeights);
    long[] counts = new long[MANY];
    for (int i = 0; i < 60 * MANY; i++) {
      counts[MANY - 1 - Integer.parseInt(farm.pick().substring(1))]++;
    }
    ChiSquared.assertFits(shares, counts, random);
  }

  /** List order: c with 3 points, b with 2, a with 1. */
  @Test
  void select_eachDraw_isWhoeverCoversIt() {
    List<Integer> bounds = new ArrayList<>();
    int[] next = {0};
    Farm farm =
        new Farm(
            Schedulers.weightedRandom(
                bound -> {
                  bounds.add(bound);
                  return next[0]++;
                }));
    assertEquals("cccbba", farm.addTogether("a", 1, "b", 2, "c", 3).picks(6));
    assertEquals(List.of(6, 6, 6, 6, 6, 6), bounds);
  }

  @Test
  void select_weights_areTheOdds() {
    Farm farm = seeded().addTogether("a", 1, "b", 10, "z", 0, "c", 100, "d", 9);

    ChiSquared.assertFits(new double[] {9, 100, 0, 10, 1}, farm.count(100_000), random);
  }

  @Test
  void select_someSuspended_othersKeepTheirOdds() {
    Farm farm =
        seeded().addTogether("a", 1, "b", 2, "c", 5, "d", 4).suspend("b", true).suspend("d", true);

    ChiSquared.assertFits(new double[] {0, 5, 0, 1}, farm.count(60_000), random);
  }

  /** 10 of 100 010 points: sixteen draws almost never find one of them. */
  @Test
  void select_nearlyAllSuspended_othersKeepTheirOdds() {
    Farm farm = seeded().addTogether("a", 3, "heavy", 50_000, "b", 7, "heavier", 50_000);
    farm.suspend("heavy", true).suspend("heavier", true);

    ChiSquared.assertFits(new double[] {0, 7, 0, 3}, farm.count(60_000), random);
  }
}
