package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WeightedLeastConnectionTest implements BalancingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.weightedLeastConnection();
  }

  @Test
  void select_allIdle_newestWinsTheTieWhateverItsWeight() {
    assertEquals("ccc", farm().add("a", 9).add("b", 5).add("c", 1).picks(3));
  }

  @Test
  void select_keptOpen_sharesByWeight() {
    // Overhead / weight; ties to the newest (c, then b, then a).
    // c b a: 0 each, then c 256/3, b 256/2, a 256: c (512/3 = 171), b 128: b (256), c 171: c (256),
    // and all stand at 256: c b a again after these six.
    assertEquals("cbacbccbacbc", farm().add("a", 1).add("b", 2).add("c", 3).picksKept(12));
  }

  @Test
  void select_equalFractions_areATie() {
    // a: 512 / 2, b: 256 / 1: 512 * 1 > 256 * 2 is not true, so the newest stays.
    assertEquals("b", farm().add("a", 2).load("a", 2, 0).add("b", 1).load("b", 1, 0).pick());
    // The same the other way round.
    assertEquals("a", farm().add("b", 1).load("b", 1, 0).add("a", 2).load("a", 2, 0).pick());
  }

  @Test
  void select_oneInactiveMore_breaksTheTie() {
    Farm farm = farm().add("a", 2).load("a", 2, 0).add("b", 1).load("b", 1, 1);

    // a: 512 / 2 = 256, b: 257 / 1.
    assertEquals("a", farm.pick());
  }

  @Test
  void select_largestWeights_doNotOverflow() {
    Farm farm = farm().add("a", 65535).load("a", 300, 0).add("b", 65534).load("b", 300, 0);

    // 76 800 * 65 534 against 76 800 * 65 535: over 2^32, a has less for its weight.
    assertEquals("a", farm.pick());
  }

  @Test
  void select_weightZeroOrSuspended_isSkippedEvenIfIdle() {
    Farm farm = farm().add("a", 1).load("a", 5, 0).add("b", 0).add("c", 9).suspend("c", true);

    assertEquals("aa", farm.picks(2));
  }
}
