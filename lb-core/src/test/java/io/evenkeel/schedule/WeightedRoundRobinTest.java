package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.TwoThreads;
import org.junit.jupiter.api.Test;

class WeightedRoundRobinTest implements BalancingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.weightedRoundRobin();
  }

  @Test
  void select_equalWeights_isAsRoundRobin() {
    // gcd 4, highest 4 - 3 = 1: one pass for everybody.
    assertEquals("cbacba", farm().addTogether("a", 4, "b", 4, "c", 4).picks(6));
  }

  @Test
  void select_oneTwoThree_heaviestComesInBursts() {
    // Threshold 3: c. 2: c b. 1: c b a.
    assertEquals("ccbcbaccbcba", farm().addTogether("a", 1, "b", 2, "c", 3).picks(12));
  }

  @Test
  void select_multiplesOfAStep_areAsTheQuotients() {
    // gcd 10, highest 30 - 9 = 21. Threshold 21: c. 11: c b. 1: c b a.
    assertEquals("ccbcbaccbcba", farm().addTogether("a", 10, "b", 20, "c", 30).picks(12));
  }

  /**
   * The kernel tells wrr of each server as it is added, not once for all: with a alone the
   * threshold becomes 1, and 1 it stays, because it is not over the new highest. So the first pass
   * takes everybody; then it begins at 3.
   */
  @Test
  void select_addedOneByOne_firstPassTakesAll() {
    assertEquals("cbaccbcba", farm().add("a", 1).add("b", 2).add("c", 3).picks(9));
  }

  /**
   * A director adds them in one change; what follows must be what ipvsadm's three commands give
   * ("same inputs in the same order, same choice").
   */
  @Test
  void select_addedTogether_isAsOneByOne() {
    assertEquals(
        farm().add("a", 1).add("b", 2).add("c", 3).picks(9),
        farm().addTogether().addTogether("a", 1, "b", 2, "c", 3).picks(9));
  }

  @Test
  void select_weightZero_isSkipped() {
    // gcd of 2 and 4 is 2, highest 4 - 1 = 3. Threshold 3: c. 1: c a.
    assertEquals("ccacca", farm().addTogether("a", 2, "b", 0, "c", 4).picks(6));
  }

  @Test
  void select_heaviestSuspended_othersByTheirWeights() {
    Farm farm = farm().addTogether("a", 1, "b", 2, "c", 3).suspend("c", true);

    // Threshold 3: nobody. 2: b. 1: b a.
    assertEquals("bbabba", farm.picks(6));
  }

  @Test
  void select_resumedMidway_joinsAtTheThreshold() {
    Farm farm = farm().addTogether("a", 1, "b", 2, "c", 3).suspend("c", true);
    // Threshold 2 at b.
    assertEquals("b", farm.picks(1));

    // On from b at 2: nobody. 1: c b a. Then 3: c.
    assertEquals("cbacc", farm.suspend("c", false).picks(5));
  }

  @Test
  void selector_weightChanged_thresholdIsTakenOver() {
    Farm farm = farm().addTogether("a", 1, "b", 2, "c", 3);
    // Threshold 2 at c.
    assertEquals("cc", farm.picks(2));

    // At the head again, threshold still 2: c b. 1: c b a. Then 3: c b.
    assertEquals("cbcbacb", farm.weight("b", 3).picks(7));
  }

  @Test
  void selector_newStep_thresholdIsFlooredToIt() {
    Farm farm = farm().addTogether("a", 7, "b", 8);
    // gcd 1, highest 8. Threshold 8: b. 7: b a. 6: b a.
    assertEquals("bbaba", farm.picks(5));

    // gcd 4, highest 8 - 3 = 5: threshold 6 is over it, so 5: b. 1: b a.
    assertEquals("bbabba", farm.weight("a", 4).picks(6));
  }

  @Test
  void selector_newStepUnderTheHighest_thresholdIsAMultipleAndOne() {
    Farm farm = farm().addTogether("a", 11, "b", 12);
    // gcd 1, highest 12. Threshold 12: b. 11: b a. 10: b a. 9: b a. 8: b.
    assertEquals("bbababab", farm.picks(8));

    // gcd 4, highest 12 - 3 = 9: threshold 8 becomes 8 / 4 * 4 + 1 = 9, which a does not reach: b.
    // 5: b a. 1: b a.
    assertEquals("bbaba", farm.weight("a", 8).picks(5));
  }

  @Test
  void selector_thresholdOverTheNewHighest_beginsThere() {
    Farm farm = farm().addTogether("a", 1, "b", 100);
    assertEquals("bb", farm.picks(2));

    // Threshold 99 is over the new highest: 3: b. 2: b. 1: b a.
    assertEquals("bbbabbba", farm.weight("b", 3).picks(8));
  }

  @Test
  void selector_allRemovedAndAdded_beginsAnew() {
    Farm farm = farm().addTogether("a", 1, "b", 3);
    assertEquals("b", farm.picks(1));

    farm.remove("a").remove("b");
    assertEquals("-", farm.picks(1));

    // An empty list leaves threshold 0; a alone makes it 1, which stays when b comes.
    assertEquals("babbba", farm.add("a", 1).add("b", 3).picks(6));
  }

  @Test
  void select_afterFailingFromTheHead_beginsAtTheHighest() {
    Farm farm = farm().addTogether("a", 1, "b", 2).suspend("a", true).suspend("b", true);
    assertEquals("--", farm.picks(2));

    // Threshold 2: b. 1: b a.
    assertEquals("bbabba", farm.suspend("a", false).suspend("b", false).picks(6));
  }

  @Test
  void select_afterFailingInTheLastPass_staysThereAtOne() {
    Farm farm = farm().addTogether("a", 1, "b", 2);
    // Threshold 2: b. 1: b.
    assertEquals("bb", farm.picks(2));
    farm.suspend("a", true).suspend("b", true);
    assertEquals("-", farm.picks(1));

    // The walk came back to b with threshold 1, and goes on with a.
    assertEquals("abbabb", farm.suspend("a", false).suspend("b", false).picks(6));
  }

  @Test
  void select_largestWeights_areExact() {
    Farm farm = farm().addTogether("a", 65534, "b", 65535);
    int[] counts = new int[2];

    for (int i = 0; i < 65534 + 65535; i++) {
      counts[farm.pick().charAt(0) - 'a']++;
    }

    assertEquals(65534, counts[0]);
    assertEquals(65535, counts[1]);
  }

  @Test
  void select_twoThreads_totalsAreExact() throws Exception {
    Farm farm = farm().addTogether("a", 1, "b", 2, "c", 5, "d", 0);

    TwoThreads.inStep(40_000, i -> choose(farm), i -> choose(farm));

    // 2 * 40 000 choices are 10 000 rounds of 1 + 2 + 5.
    assertEquals(10_000, farm.cell("a").connections());
    assertEquals(20_000, farm.cell("b").connections());
    assertEquals(50_000, farm.cell("c").connections());
  }

  private static void choose(Farm farm) {
    new Assignment().assign(farm.choose(), 0);
  }

  /** The heavy one alone for 97 turns, and then the others, too. */
  @Test
  void select_oneHeavyAmongMany_isAsTheKernel() {
    Farm farm = farm();
    KernelService kernel = KernelService.weightedRoundRobin();
    for (int i = 0; i < 300; i++) {
      int weight = i == 137 ? 100 : 1 + i % 3;
      farm.add("s" + i, weight);
      kernel.add("s" + i, weight, farm.cell("s" + i).address());
    }
    for (int i = 0; i < 2000; i++) {
      assertEquals(kernel.pick(), farm.pick(), "choice " + i);
    }
  }
}
