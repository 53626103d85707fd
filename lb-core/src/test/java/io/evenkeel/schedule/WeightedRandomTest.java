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

  /**
   * List order c, b, a; columns of height 6. Weights 3, 2, 1 times three servers: a has 3 and b
   * fills it up; b has 3 left and c fills it up; c has 6 left.
   */
  @Test
  void select_eachDraw_isWhoeverStandsThere() {
    List<Integer> draws = new ArrayList<>();
    Farm farm =
        new Farm(
            Schedulers.weightedRandom(
                bound -> {
                  int drawn = bound == 3 ? draws.size() / 12 : draws.size() / 2 % 6;
                  draws.add(bound);
                  return drawn;
                }));
    assertEquals(
        "cccccc" + "bbbccc" + "aaabbb", farm.addTogether("a", 1, "b", 2, "c", 3).picks(18));
    assertEquals(List.of(3, 6, 3, 6), draws.subList(0, 4));
    assertEquals(36, draws.size());
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
