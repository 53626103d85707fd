package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.TwoThreads;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every scheduler promises: nobody is chosen who may not be. Who promises more, that somebody
 * is found or that all get their share, is in {@link FindingContract} and {@link
 * BalancingContract}.
 */
interface SchedulerContract {
  int MANY = 10_000;

  /** Which scheduler. */
  Scheduler scheduler();

  /** A farm without servers. */
  default Farm farm() {
    return new Farm(scheduler());
  }

  /** Servers s0, s1 and so on, added in one change, all with weight 1. */
  default Farm farmOf(int servers) {
    Object[] namesAndWeights = new Object[2 * servers];
    for (int i = 0; i < servers; i++) {
      namesAndWeights[2 * i] = "s" + i;
      namesAndWeights[2 * i + 1] = 1;
    }
    return farm().addTogether(namesAndWeights);
  }

  @Test
  default void select_noDestinations_findsNobody() {
    Selector selector = scheduler().selector(Destinations.empty(), null);

    assertNull(selector.select(new Flow(), 0));
    assertNull(selector.select(new Flow(), 1));
  }

  @Test
  default void select_lastOneRemoved_findsNobody() {
    Farm farm = farm().add("a", 1);
    farm.pick();

    assertEquals("---", farm.remove("a").picks(3));
    assertEquals("aaa", farm.add("a", 1).picks(3));
  }

  @Test
  default void select_oneServer_isAlwaysIt() {
    assertEquals("a".repeat(20), farm().add("a", 1).picksKept(20));
    assertEquals("a".repeat(20), farm().add("a", 65535).picksKept(20));
  }

  @Test
  default void select_allWeightZero_findsNobody() {
    assertEquals("----", farm().add("a", 0).add("b", 0).picks(4));
    assertEquals("----", farm().add("a", 1).add("b", 2).weight("a", 0).weight("b", 0).picks(4));
  }

  @Test
  default void select_allSuspended_findsNobody() {
    Farm farm = farm().add("a", 1).add("b", 2).suspend("a", true).suspend("b", true);

    assertEquals("---", farm.picks(3));
  }

  @Test
  default void select_allOverloaded_findsNobodyUntilOneHasRoom() {
    Farm farm = farm().add("a", 1).add("b", 2).load("a", 8, 0).load("b", 4, 0);
    farm.cell("a").thresholds(8, 0);
    farm.cell("b").thresholds(4, 2);
    // From the connection on that is opened next.
    farm.load("a", 1, 0).load("b", 1, 0);

    assertEquals("---", farm.picks(3));

    // b has 5, and has room below 2.
    for (int left = 4; left >= 2; left--) {
      farm.endOne("b");
      assertEquals("-", farm.pick(), left + " left");
    }
    farm.endOne("b");
    assertAmong(Set.of(farm.cell("b")), chosenOnce(farm));
  }

  @Test
  default void select_oneSuspendedOneQuiesced_areNotChosen() {
    Farm farm = farm().add("a", 2).add("b", 1).add("c", 0).add("d", 2).suspend("d", true);

    assertAmong(Set.of(farm.cell("a"), farm.cell("b")), chosen(farm));
  }

  @Test
  default void select_removed_isNeverChosenAgain() {
    Farm farm = farm().add("a", 1).add("b", 1).add("c", 1);
    farm.picksKept(4);
    chosen(farm);

    farm.remove("b");

    assertAmong(Set.of(farm.cell("a"), farm.cell("c")), chosen(farm));
  }

  @Test
  default void select_weightsChangedMidway_whoWeighsNothingIsNotChosen() {
    Farm farm = farm().add("a", 3).add("b", 3).add("c", 3);
    chosen(farm);

    farm.weight("b", 0);
    assertAmong(Set.of(farm.cell("a"), farm.cell("c")), chosen(farm));

    farm.weight("b", 65535).weight("a", 0);
    assertAmong(Set.of(farm.cell("b"), farm.cell("c")), chosen(farm));

    farm.weight("b", 0).weight("c", 0);
    assertEquals("---", farm.picks(3));
  }

  /** Far more choices than places, whatever is counted round and round. */
  @Test
  default void select_manyTimesAround_staysInTheList() {
    Farm farm = farm().add("a", 1).add("b", 2).add("c", 3);

    for (int i = 0; i < 100_000; i++) {
      Destination one = farm.choose(Farm.flow(i));
      assertTrue(one != null && farm.list().indexOf(one) >= 0, "choice " + i);
    }
  }

  @Test
  default void select_manyServers_choosesOneOfThem() {
    Farm farm = farmOf(MANY);

    for (int i = 0; i < 1000; i++) {
      assertNotNull(farm.choose(Farm.flow(i)));
    }
  }

  @Test
  default void select_twoThreads_everyChoiceIsEligible() throws Exception {
    Farm farm =
        farm()
            .add("a", 2)
            .add("zero", 0)
            .add("b", 1)
            .add("out", 7)
            .add("c", 4)
            .suspend("out", true);
    Set<Destination> eligible = Set.of(farm.cell("a"), farm.cell("b"), farm.cell("c"));

    TwoThreads.inStep(
        50_000, i -> chooseAmong(farm, eligible, i), i -> chooseAmong(farm, eligible, -i));
  }

  private static void chooseAmong(Farm farm, Set<Destination> eligible, int client) {
    Destination chosen = farm.choose(Farm.flow(client));
    if (chosen != null) {
      assertTrue(eligible.contains(chosen), chosen::toString);
      new Assignment().assign(chosen, 0);
    }
  }

  private static void assertAmong(Set<Destination> eligible, Set<Destination> chosen) {
    assertTrue(!chosen.isEmpty() && eligible.containsAll(chosen), chosen::toString);
  }

  /** Who gets the connections of 2000 clients, each ended before the next. */
  private static Set<Destination> chosenOnce(Farm farm) {
    Set<Destination> chosen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      Destination one = farm.choose(Farm.flow(i));
      if (one != null) {
        chosen.add(one);
      }
    }
    return chosen;
  }

  /** Who gets 2000 connections of as many clients, kept open. */
  private static Set<Destination> chosen(Farm farm) {
    Set<Destination> chosen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      Destination one = farm.choose(Farm.flow(i));
      if (one != null) {
        chosen.add(one);
        new Assignment().assign(one, 0);
      }
    }
    return chosen;
  }
}
