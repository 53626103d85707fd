package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FailOverTest implements FindingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.failOver();
  }

  @Test
  void select_heaviest_takesEverythingWhileItIsThere() {
    Farm farm = new Farm(scheduler()).add("a", 2).add("b", 3).add("c", 1);

    assertEquals("bbbb", farm.picksKept(4));
    assertEquals("aaaa", farm.suspend("b", true).picksKept(4));
    assertEquals("cccc", farm.weight("a", 0).picksKept(4));
    assertEquals("b", farm.suspend("b", false).pick());
  }

  @Test
  void select_equalWeights_newestTakesEverything() {
    assertEquals("ccc", new Farm(scheduler()).add("a", 7).add("b", 7).add("c", 7).picks(3));
  }

  @Test
  void select_equalServersKeptOpen_shareEqually() {
    assertEquals("bbbb", new Farm(scheduler()).add("a", 1).add("b", 1).picksKept(4));
  }

  @Test
  void select_tenThousandEqualServers_eachGetsOne() {
    Farm farm = new Farm(scheduler());
    Object[] namesAndWeights = new Object[2 * MANY];
    for (int i = 0; i < MANY; i++) {
      namesAndWeights[2 * i] = "s" + i;
      namesAndWeights[2 * i + 1] = 1;
    }
    farm.addTogether(namesAndWeights);
    for (int i = MANY - 1; i >= 0; i--) {
      assertEquals("s" + i, farm.pick());
      farm.suspend("s" + i, true);
    }
    assertEquals("-", farm.pick());
  }
}
