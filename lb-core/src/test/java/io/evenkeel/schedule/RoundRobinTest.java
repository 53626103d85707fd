package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.TwoThreads;
import org.junit.jupiter.api.Test;

class RoundRobinTest implements BalancingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.roundRobin();
  }

  private Farm abc() {
    return new Farm(scheduler()).add("a", 1).add("b", 1).add("c", 1);
  }

  @Test
  void select_threeServers_newestFirstAndRound() {
    assertEquals("cbacbacb", abc().picks(8));
  }

  @Test
  void select_addedTogether_isAsOneByOne() {
    Farm farm = new Farm(scheduler()).addTogether("a", 1, "b", 1, "c", 1);

    assertEquals("cbacbacb", farm.picks(8));
  }

  @Test
  void select_weights_areIgnoredExceptZero() {
    Farm farm = new Farm(scheduler()).add("a", 1).add("b", 0).add("c", 65535).add("d", 3);

    // d c a; b is quiesced.
    assertEquals("dcadcadca", farm.picks(9));
    assertEquals("dcbadcba", farm.weight("b", 1).picks(8));
  }

  @Test
  void select_load_isIgnored() {
    assertEquals("cbacba", abc().load("c", 9, 9).picks(6));
  }

  @Test
  void select_suspended_isSkippedAndKeepsItsTurn() {
    Farm farm = abc().suspend("b", true);

    assertEquals("caca", farm.picks(4));
    assertEquals("cbac", farm.suspend("b", false).picks(4));
  }

  @Test
  void select_lastChosenRemoved_goesOnAtItsPredecessor() {
    Farm farm = abc().add("d", 1);
    // d c b a: c is the last chosen. Without it the last is d, so b comes next.
    assertEquals("dc", farm.picks(2));

    assertEquals("badba", farm.remove("c").picks(5));
  }

  @Test
  void select_firstChosenRemoved_goesOnAtTheHead() {
    Farm farm = abc();
    assertEquals("c", farm.picks(1));

    // c stood first: before it is the head of the list, so b comes next.
    assertEquals("baba", farm.remove("c").picks(4));
  }

  @Test
  void select_lastOfListRemoved_wrapsAround() {
    Farm farm = abc();
    assertEquals("cba", farm.picks(3));

    // a stood last: its predecessor is b, after which the list ends.
    assertEquals("cbcb", farm.remove("a").picks(4));
  }

  @Test
  void select_anotherAddedAndRemoved_positionStays() {
    Farm farm = abc().add("d", 1);
    assertEquals("dc", farm.picks(2));

    assertEquals("badc", farm.add("e", 1).remove("e").picks(4));
  }

  @Test
  void select_addedMidway_waitsForTheHead() {
    Farm farm = abc();
    assertEquals("c", farm.picks(1));

    // The list is d c b a now, and c the last chosen.
    assertEquals("badcba", farm.add("d", 1).picks(6));
  }

  @Test
  void select_weightChangedMidway_positionStays() {
    Farm farm = abc();
    assertEquals("cb", farm.picks(2));

    assertEquals("acba", farm.weight("c", 5).picks(4));
  }

  @Test
  void select_afterFailing_positionStays() {
    Farm farm = abc();
    assertEquals("c", farm.picks(1));
    farm.suspend("a", true).suspend("b", true).suspend("c", true);
    assertEquals("--", farm.picks(2));

    farm.suspend("a", false).suspend("b", false).suspend("c", false);

    assertEquals("bac", farm.picks(3));
  }

  @Test
  void selector_previousOfAnotherKind_startsAtTheHead() {
    Selector other = (flow, nowNanos) -> null;
    Farm farm = new Farm((list, previous) -> scheduler().selector(list, other));

    assertEquals("baba", farm.add("a", 1).add("b", 1).picks(4));
  }

  @Test
  void select_twoThreads_totalsAreExact() throws Exception {
    Farm farm = abc();

    TwoThreads.inStep(60_000, i -> choose(farm), i -> choose(farm));

    for (String name : new String[] {"a", "b", "c"}) {
      // 2 * 60 000 / 3
      assertEquals(40_000, farm.cell(name).connections(), name);
    }
  }

  private static void choose(Farm farm) {
    new Assignment().assign(farm.choose(), 0);
  }
}
