package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** p2c. */
class TwoChoicesTest implements FindingContract {
  private final Seeded random = new Seeded(20261123);

  @Override
  public Scheduler scheduler() {
    return Schedulers.powerOfTwoChoices();
  }

  private Farm seeded() {
    return new Farm(Schedulers.powerOfTwoChoices(random));
  }

  /** Of two, both are always drawn: the less loaded is always found. */
  @Test
  void select_twoServers_lessLoadedAlways() {
    Farm farm = seeded().add("a", 1).add("b", 1000).load("a", 1, 0);
    assertEquals("b".repeat(100), farm.picks(100));

    // a: 256 / 1. b: 256 * 1000 / 1000 and one inactive more.
    assertEquals("a".repeat(100), farm.load("b", 1000, 1).picks(100));
  }

  /**
   * Weights 1, 2, 3, first draw and then second from the rest: the pair is {a, b} with 1/6 * 2/5 +
   * 2/6 * 1/4 = 9/60, {a, c} with 1/6 * 3/5 + 3/6 * 1/3 = 16/60, {b, c} with 2/6 * 3/4 + 3/6 * 2/3
   * = 35/60. a has least and c most.
   */
  @Test
  void select_threeServers_haveTheOddsOfTheFormula() {
    Farm farm = seeded().add("a", 1).add("b", 2).add("c", 3).load("b", 4, 0).load("c", 9, 0);

    ChiSquared.assertFits(new double[] {0, 35, 25}, farm.count(100_000), random);
  }

  /** As above; of equals the one drawn first, so that only the first draw counts. */
  @Test
  void select_idle_isByWeight() {
    Farm farm = seeded().add("a", 1).add("b", 2).add("c", 3);

    ChiSquared.assertFits(new double[] {3, 2, 1}, farm.count(100_000), random);
  }

  /** The heavy ones hide the two that are left from most draws. */
  @Test
  void select_onlyTwoLeft_lessLoadedAlways() {
    Farm farm = seeded().addTogether("x", 9000, "a", 1, "y", 9000, "b", 1, "z", 0);
    farm.suspend("x", true).suspend("y", true).load("a", 1, 0);

    assertEquals("b".repeat(100), farm.picks(100));
    assertEquals("a".repeat(100), farm.suspend("b", true).picks(100));
  }

  @Test
  void select_equalServersKeptOpen_shareEqually() {
    Farm farm = seeded();
    for (int i = 0; i < 100; i++) {
      farm.add("s" + i, 1 + i % 4);
    }
    farm.picksKept(25_000);

    for (int i = 0; i < 100; i++) {
      int perWeight = farm.cell("s" + i).active() / (1 + i % 4);
      assertTrue(perWeight >= 93 && perWeight <= 104, random + ": " + perWeight);
    }
  }

  @Test
  void select_tenThousandEqualServers_eachGetsOne() {
    Farm farm = seeded();
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
