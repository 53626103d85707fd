package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class OverflowTest implements FindingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.overflow();
  }

  /** One more than it weighs: with exactly as many it still has room. */
  @Test
  void select_keptOpen_fillsFromTheHeaviestDown() {
    assertEquals("bbbbaaacc--", farm().add("a", 2).add("b", 3).add("c", 1).picksKept(11));
  }

  @Test
  void select_oneEnds_isTakenAgain() {
    Farm farm = farm().add("a", 2).add("b", 3);
    farm.picksKept(6);
    assertEquals("a", farm.pick());

    farm.endOne("b");
    assertEquals("b", farm.pick());
  }

  @Test
  void select_inactive_areNotSeen() {
    assertEquals("bbb", farm().add("a", 1).add("b", 2).load("b", 0, 1000).picks(3));
  }

  @Override
  @Test
  public void select_oneServer_isAlwaysIt() {
    assertEquals("a".repeat(20), farm().add("a", 1).picks(20));
    assertEquals("a".repeat(20), farm().add("a", 19).picksKept(20));
  }

  @Override
  @Test
  public void select_weightsChangedMidway_areFollowedAtOnce() {
    Farm farm = farm().add("a", 3).add("b", 3).add("c", 3);
    assertEquals("ccccbbb", farm.picksKept(7));

    assertEquals("aaaaaa", farm.weight("b", 0).weight("c", 0).weight("a", 5).picksKept(6));
    assertEquals("ccccc", farm.weight("a", 0).weight("c", 65535).picksKept(5));
    assertEquals("--", farm.weight("c", 0).picks(2));
  }

  @Test
  void select_equalServersKeptOpen_shareEqually() {
    // Two each, and then there is no room.
    assertEquals("ccbbaa--", farm().add("a", 1).add("b", 1).add("c", 1).picksKept(8));
  }

  @Test
  void select_tenThousandEqualServers_eachGetsOne() {
    Farm farm = farm();
    Object[] namesAndWeights = new Object[2 * MANY];
    for (int i = 0; i < MANY; i++) {
      namesAndWeights[2 * i] = "s" + i;
      namesAndWeights[2 * i + 1] = 1;
    }
    farm.addTogether(namesAndWeights).picksKept(2 * MANY);

    for (int i = 0; i < MANY; i++) {
      assertEquals(2, farm.cell("s" + i).active(), "s" + i);
    }
    assertEquals("-", farm.pick());
  }
}
