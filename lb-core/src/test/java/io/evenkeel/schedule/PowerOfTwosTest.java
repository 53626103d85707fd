package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Destinations;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** twos, against what the kernel makes of the same two draws (net/netfilter/ipvs/ip_vs_twos.c). */
class PowerOfTwosTest implements FindingContract {
  private final Seeded random = new Seeded(20261122);

  @Override
  public Scheduler scheduler() {
    return Schedulers.powerOfTwoKernelChoices();
  }

  /** Who is reached by a draw of 0..sum of the weights: the first at which nothing is left. */
  private static int kernelDraw(Destinations list, int drawn) {
    int left = drawn;
    for (int i = 0; i < list.size(); i++) {
      if (list.isEligible(i)) {
        left -= list.weight(i);
        if (left <= 0) {
          return i;
        }
      }
    }
    throw new AssertionError(drawn);
  }

  private static int kernelChoice(Destinations list, int draw1, int draw2) {
    int one = kernelDraw(list, draw1);
    int two = kernelDraw(list, draw2);
    long overhead1 = 256L * list.get(one).active() + list.get(one).inactive();
    long overhead2 = 256L * list.get(two).active() + list.get(two).inactive();
    return list.weight(two) * overhead1 > list.weight(one) * overhead2 ? two : one;
  }

  private static int eligibleWeight(Destinations list) {
    int sum = 0;
    for (int i = 0; i < list.size(); i++) {
      sum += list.isEligible(i) ? list.weight(i) : 0;
    }
    return sum;
  }

  /** How many of all pairs of draws give each. */
  private static double[] kernelOdds(Destinations list) {
    double[] odds = new double[list.size()];
    int sum = eligibleWeight(list);
    for (int draw1 = 0; draw1 <= sum; draw1++) {
      for (int draw2 = 0; draw2 <= sum; draw2++) {
        odds[kernelChoice(list, draw1, draw2)]++;
      }
    }
    return odds;
  }

  @Test
  void select_sameDraws_choosesAsTheKernel() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom changes = new SplittableRandom(seed);
      Deque<Integer> draws = new ArrayDeque<>();
      Farm farm =
          new Farm(
              Schedulers.powerOfTwoKernelChoices(
                  bound -> {
                    assertEquals(draws.removeLast(), bound);
                    return draws.remove();
                  }));
      int size = 1 + changes.nextInt(6);
      for (int i = 0; i < size; i++) {
        farm.add("s" + i, i == 0 ? 1 : changes.nextInt(9));
        farm.load("s" + i, changes.nextInt(4), changes.nextInt(300));
      }
      int bound = eligibleWeight(farm.list()) + 1;
      for (int draw1 = 0; draw1 < bound; draw1++) {
        for (int draw2 = 0; draw2 < bound; draw2++) {
          draws.add(draw1);
          draws.add(draw2);
          draws.add(bound);
          draws.add(bound);
          assertEquals(
              farm.list().get(kernelChoice(farm.list(), draw1, draw2)).endpoint().host(),
              farm.pick(),
              "seed " + seed + ", draws " + draw1 + " and " + draw2);
        }
      }
    }
  }

  /**
   * Weights 1 and 2, both idle: draws 0, 1, 2 reach b, which is the newest, and 3 reaches a. All of
   * equal load, the first draw decides.
   */
  @Test
  void select_idle_newestHasOnePointMore() {
    Farm farm = new Farm(Schedulers.powerOfTwoKernelChoices(random)).add("a", 1).add("b", 2);

    ChiSquared.assertFits(new double[] {3, 1}, farm.count(100_000), random);
  }

  /** a is drawn in 1 of 4; b, loaded, is left only with both draws: 3/4 * 3/4. */
  @Test
  void select_oneLoaded_isTakenOnlyWhenDrawnTwice() {
    Farm farm =
        new Farm(Schedulers.powerOfTwoKernelChoices(random))
            .add("a", 1)
            .add("b", 2)
            .load("b", 1, 0);

    ChiSquared.assertFits(new double[] {9, 7}, farm.count(100_000), random);
  }

  @Test
  void select_weightsAndLoads_haveTheOddsOfTheFormula() {
    Farm farm = new Farm(Schedulers.powerOfTwoKernelChoices(random));
    farm.addTogether("a", 3, "z", 0, "b", 5, "c", 1, "d", 8, "e", 5);
    farm.load("a", 2, 0).load("b", 3, 40).load("c", 0, 10).load("d", 7, 0).load("e", 4, 0);

    ChiSquared.assertFits(kernelOdds(farm.list()), farm.count(400_000), random);
  }

  /** Then the point more is that of the newest one that is left. */
  @Test
  void select_newestSuspended_haveTheOddsOfTheFormula() {
    Farm farm = new Farm(Schedulers.powerOfTwoKernelChoices(random));
    farm.addTogether("a", 2, "b", 1, "c", 1, "d", 3, "e", 9).suspend("e", true);
    farm.load("a", 2, 0).load("b", 1, 0).suspend("d", true);

    ChiSquared.assertFits(kernelOdds(farm.list()), farm.count(400_000), random);
  }

  @Test
  void select_nearlyAllSuspended_haveTheOddsOfTheFormula() {
    Farm farm = new Farm(Schedulers.powerOfTwoKernelChoices(random));
    farm.addTogether("a", 2, "b", 1, "heavy", 65535).suspend("heavy", true).load("b", 1, 0);

    ChiSquared.assertFits(kernelOdds(farm.list()), farm.count(100_000), random);
  }

  /** The kernel's product of 65535 and 256 * 128 does not fit its 32 bits; here it does. */
  @Test
  void select_largeWeightAndLoad_isNotOverflowed() {
    Farm farm =
        new Farm(Schedulers.powerOfTwoKernelChoices(random)).add("a", 65535).add("b", 65535);
    farm.load("b", 129, 0).load("a", 1, 0);
    long[] counts = farm.count(10_000);

    // b needs two draws.
    ChiSquared.assertFits(new double[] {1, 3}, counts, random);
  }

  /** Two choices keep the fullest near the average, one does not. */
  @Test
  void select_equalServersKeptOpen_shareEqually() {
    Farm farm = new Farm(Schedulers.powerOfTwoKernelChoices(random));
    for (int i = 0; i < 100; i++) {
      farm.add("s" + i, 1);
    }
    farm.picksKept(10_000);

    for (int i = 0; i < 100; i++) {
      int active = farm.cell("s" + i).active();
      assertTrue(active >= 94 && active <= 104, random + ": " + active);
    }
  }

  @Test
  void select_tenThousandEqualServers_eachGetsOne() {
    Farm farm = new Farm(Schedulers.powerOfTwoKernelChoices(random));
    Object[] namesAndWeights = new Object[2 * MANY];
    for (int i = 0; i < MANY; i++) {
      namesAndWeights[2 * i] = "s" + i;
      namesAndWeights[2 * i + 1] = 1;
    }
    farm.addTogether(namesAndWeights).picksKept(MANY);

    for (int i = 0; i < MANY; i++) {
      // log2 (ln 10 000) is 3.2.
      assertTrue(farm.cell("s" + i).active() <= 4, random + ": s" + i);
    }
  }
}
