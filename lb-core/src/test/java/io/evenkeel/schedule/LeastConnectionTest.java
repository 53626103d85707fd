package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LeastConnectionTest implements BalancingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.leastConnection();
  }

  private Farm abc() {
    return new Farm(scheduler()).add("a", 1).add("b", 1).add("c", 1);
  }

  @Test
  void select_allIdle_newestWinsTheTie() {
    assertEquals("ccc", abc().picks(3));
  }

  @Test
  void select_keptOpen_goesRoundNewestFirst() {
    assertEquals("cbacba", abc().picksKept(6));
  }

  @Test
  void select_oneActive_outweighs255Inactive() {
    Farm farm = abc().remove("c").load("b", 1, 0).load("a", 0, 255);

    // b: 256, a: 255.
    assertEquals("a", farm.pick());
    // a: 256 as well: the newest, which is b.
    assertEquals("b", farm.load("a", 0, 1).pick());
    // a: 255 again.
    farm.endOne("a");
    assertEquals("a", farm.pick());
  }

  @Test
  void select_weights_areIgnoredExceptZero() {
    Farm farm = new Farm(scheduler()).add("a", 1).add("b", 65535).add("c", 0).load("b", 0, 1);

    // c is quiesced, b has 1, a none.
    assertEquals("aaa", farm.picks(3));
  }

  @Test
  void select_leastSuspended_nextLeast() {
    Farm farm = abc().load("c", 2, 0).load("b", 1, 0).suspend("a", true);

    assertEquals("b", farm.pick());
    assertEquals("a", farm.suspend("a", false).pick());
  }
}
