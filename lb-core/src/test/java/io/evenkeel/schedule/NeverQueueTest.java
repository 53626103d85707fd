package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NeverQueueTest implements FindingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.neverQueue();
  }

  /**
   * The idle ones in list order, c, b, a; then (active + 1) / weight: 2/1, 2/2, 2/5, so a; 3/5 a;
   * 4/5 a; then a and b are both at 1, and b stands before a.
   */
  @Test
  void select_keptOpen_idleOnesFirstWhateverTheyWeigh() {
    assertEquals("cbaaaaba", farm().add("a", 5).add("b", 2).add("c", 1).picksKept(8));
  }

  @Test
  void select_onlyInactiveConnections_isIdle() {
    assertEquals("b", farm().add("a", 9).add("b", 1).load("b", 0, 7).pick());
  }

  @Test
  void select_idleOneSuspended_isSkipped() {
    Farm farm = farm().add("a", 1).load("a", 1, 0).add("b", 9).suspend("b", true);

    assertEquals("a", farm.pick());
  }
}
