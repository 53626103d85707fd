package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ShortestExpectedDelayTest implements FindingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.shortestExpectedDelay();
  }

  /**
   * (active + 1) / weight of each choice, c first in the list:
   *
   * <p>a 1/5, a 2/5, b 1/2 (a is at 3/5), a 3/5 (b is at 2/2), a 4/5, then all are at 1 and the
   * first of the list is taken: c (then at 2), b (then at 3/2), a.
   */
  @Test
  void select_keptOpen_leastDelayFirst() {
    assertEquals("aabaacba", farm().add("a", 5).add("b", 2).add("c", 1).picksKept(8));
  }

  @Test
  void select_allIdle_heaviestFirst() {
    assertEquals("bbb", farm().add("a", 1).add("b", 3).add("c", 2).picks(3));
  }

  @Test
  void select_inactiveConnections_doNotCount() {
    assertEquals("a", farm().add("a", 2).load("a", 0, 9).add("b", 1).pick());
  }

  @Test
  void select_largestWeights_doNotOverflow() {
    Farm farm = farm().add("a", 65535).load("a", 70_000, 0).add("b", 65534).load("b", 70_000, 0);

    // 70 001 * 65 534 against 70 001 * 65 535: over 2^32, a has less for its weight.
    assertEquals("a", farm.pick());
  }
}
