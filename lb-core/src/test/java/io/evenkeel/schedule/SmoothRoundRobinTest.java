package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.TwoThreads;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SmoothRoundRobinTest implements BalancingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.smoothWeightedRoundRobin();
  }

  /**
   * List order c, b, a with weights 1, 1, 5; the one taken pays 7.
   *
   * <pre>
   * c  1  2  3 -3 -2 -1  0
   * b  1  2  3  4  5 -1  0
   * a  5  3  1  6  4  9  7
   *    a  a  c  a  b  a  a
   * </pre>
   */
  @Test
  void select_oneOneFive_heaviestIsSpreadOut() {
    assertEquals("aacabaaaacabaa", farm().add("a", 5).add("b", 1).add("c", 1).picks(14));
  }

  @Test
  void select_equalWeights_isAsRoundRobin() {
    assertEquals("cbacba", farm().addTogether("a", 40, "b", 40, "c", 40).picks(6));
  }

  @Test
  void select_randomWeights_isAsTheSlowForm() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Farm farm = farm();
      int factor = 1 + random.nextInt(50);
      int size = 1 + random.nextInt(12);
      Object[] namesAndWeights = new Object[2 * size];
      for (int i = 0; i < size; i++) {
        namesAndWeights[2 * i] = "s" + i;
        namesAndWeights[2 * i + 1] = factor * random.nextInt(i == 0 ? 1 : 0, 9);
      }
      farm.addTogether(namesAndWeights);
      Slow slow = new Slow(farm.list());
      for (int i = 0; i < 300; i++) {
        int expected = slow.next();
        String name = expected < 0 ? "-" : farm.list().get(expected).endpoint().host();
        assertEquals(name, farm.pick(), "seed " + seed + ", choice " + i);
      }
    }
  }

  /** Literally: everybody earns its weight, the first of the richest is taken and pays the sum. */
  private static final class Slow {
    private final Destinations list;
    private final long[] credits;

    Slow(Destinations list) {
      this.list = list;
      this.credits = new long[list.size()];
    }

    int next() {
      int best = -1;
      long sum = 0;
      for (int i = 0; i < credits.length; i++) {
        if (list.isEligible(i)) {
          credits[i] += list.weight(i);
          sum += list.weight(i);
          best = best < 0 || credits[i] > credits[best] ? i : best;
        }
      }
      if (best >= 0) {
        credits[best] -= sum;
      }
      return best;
    }
  }

  @Test
  void select_oneSuspended_othersKeepOrderAndShare() {
    Farm farm = farm().add("a", 5).add("b", 1).add("c", 1).suspend("a", true);
    // aacabaa without a.
    assertEquals("cbcb", farm.picks(4));

    farm.suspend("a", false).suspend("c", true);
    // After the last b: aa, and then aa(c)abaa.
    assertEquals("aaaaabaa", farm.picks(8));
  }

  @Test
  void selector_weightChanged_goesOnAtTheSameShare() {
    Farm farm = farm().addTogether("a", 5, "b", 1, "c", 1);
    assertEquals("aaca", farm.picks(4));

    // 4 of 7 turns taken: of 3 turns, 4 * 3 / 7 = 1.
    assertEquals("bac", farm.weight("a", 1).picks(3));
  }

  @Test
  void select_nearlyAllSuspended_othersKeepTheirShare() {
    Farm farm = farm().addTogether("a", 1, "b", 3, "heavy", 1000).suspend("heavy", true);
    long[] counts = farm.count(4000);

    assertEquals(1000.0, (double) counts[2], 3.0);
    assertEquals(3000.0, (double) counts[1], 3.0);
  }

  /** 1 + 2 + ... + 1000 turns are too many to be written down. */
  @Test
  void select_cycleTooLong_nobodyIsEverOffByMoreThanFour() {
    Object[] namesAndWeights = new Object[2000];
    long sum = 0;
    for (int i = 0; i < 1000; i++) {
      namesAndWeights[2 * i] = "s" + i;
      namesAndWeights[2 * i + 1] = i + 1;
      sum += i + 1;
    }
    assertTrue(sum > SmoothRoundRobin.LONGEST_CYCLE);
    Farm farm = farm().addTogether(namesAndWeights);
    int[] counts = new int[1000];
    double most = 0;
    for (int turn = 1; turn <= 200_000; turn++) {
      int server = Integer.parseInt(farm.pick().substring(1));
      double before = turn * (server + 1.0) / sum - counts[server];
      counts[server]++;
      most = Math.max(most, Math.max(Math.abs(before), Math.abs(before - 1)));
    }
    assertTrue(most < 4, "off by " + most);
  }

  /** The count begins anew after 9, a multiple of 3. */
  @Test
  void select_manyTurns_countBeginsAnewWithoutASkip() {
    Farm farm = new Farm((list, previous) -> new SmoothRoundRobin(list, previous, 1, 10));

    assertEquals("aba".repeat(20), farm.addTogether("a", 2, "b", 1).picks(60));
  }

  @Test
  void select_twoThreads_totalsAreExact() throws Exception {
    // The count of turns begins anew after 96.
    Farm farm =
        new Farm((list, previous) -> new SmoothRoundRobin(list, previous, 1, 100))
            .addTogether("a", 1, "b", 2, "c", 5, "d", 0);

    TwoThreads.inStep(40_000, i -> choose(farm), i -> choose(farm));

    // 2 * 40 000 choices are 10 000 cycles of 1 + 2 + 5.
    assertEquals(10_000, farm.cell("a").connections());
    assertEquals(20_000, farm.cell("b").connections());
    assertEquals(50_000, farm.cell("c").connections());
  }

  private static void choose(Farm farm) {
    new Assignment().assign(farm.choose(), 0);
  }
}
