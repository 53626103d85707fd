package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.TwoThreads;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What every scheduler promises. */
interface SchedulerContract {
  int MANY = 10_000;

  /** Which scheduler. */
  Scheduler scheduler();

  private Farm farm() {
    return new Farm(scheduler());
  }

  private Farm farmOf(int servers) {
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
    Farm farm = farm().add("a", 0).add("b", 0);

    assertEquals("----", farm.picks(4));
    assertEquals("aaaa", farm.weight("a", 3).picks(4));
  }

  @Test
  default void select_allSuspended_findsNobodyUntilOneIsBack() {
    Farm farm = farm().add("a", 1).add("b", 2).suspend("a", true).suspend("b", true);

    assertEquals("---", farm.picks(3));
    assertEquals("aaa", farm.suspend("a", false).picks(3));
  }

  @Test
  default void select_oneSuspendedOneQuiesced_areSkipped() {
    Farm farm = farm().add("a", 2).add("b", 1).add("c", 0).add("d", 2).suspend("d", true);
    Set<Destination> seen = new HashSet<>();

    for (int i = 0; i < 50; i++) {
      seen.add(farm.choose());
    }

    assertTrue(Set.of(farm.cell("a"), farm.cell("b")).containsAll(seen), seen.toString());
  }

  @Test
  default void select_equalServersKeptOpen_shareEqually() {
    for (int servers = 1; servers <= 7; servers++) {
      Farm farm = farmOf(servers);

      farm.picksKept(5 * servers);

      for (int i = 0; i < servers; i++) {
        assertEquals(5, farm.cell("s" + i).active(), i + " of " + servers);
      }
    }
  }

  @Test
  default void select_weightsChangedMidway_areFollowedAtOnce() {
    Farm farm = farm().add("a", 3).add("b", 3).add("c", 3);
    farm.picksKept(7);

    farm.weight("b", 0).weight("c", 0);
    assertEquals("aaaaa", farm.picksKept(5));

    farm.weight("a", 0).weight("c", 65535);
    assertEquals("ccccc", farm.picksKept(5));

    farm.weight("c", 0);
    assertEquals("--", farm.picks(2));
  }

  @Test
  default void select_removed_isNeverChosenAgain() {
    Farm farm = farm().add("a", 1).add("b", 1).add("c", 1);
    farm.picksKept(4);

    assertEquals(-1, farm.remove("b").picksKept(20).indexOf('b'));
  }

  @Test
  default void select_tenThousandEqualServers_eachGetsOne() {
    Farm farm = farmOf(MANY);

    for (int i = 0; i < MANY; i++) {
      Destination chosen = farm.choose();
      assertNotNull(chosen);
      new Assignment().assign(chosen, 0);
    }

    for (int i = 0; i < MANY; i++) {
      assertEquals(1, farm.cell("s" + i).open(), "s" + i);
    }
  }

  /**
   * A choice is on the hot path: its cost must not grow with the size of a weight. 100 choices that
   * look at every server a few times take milliseconds; looking at all of them again for each step
   * down from 65535 to 1 takes most of a minute.
   */
  @Test
  default void select_onlyTheLightestOfManyLeft_isStillFast() {
    Object[] namesAndWeights = new Object[2 * 1000];
    for (int i = 0; i < 1000; i++) {
      namesAndWeights[2 * i] = "s" + i;
      namesAndWeights[2 * i + 1] = i == 0 ? 1 : 65535;
    }
    Farm farm = farm().addTogether(namesAndWeights);
    for (int i = 1; i < 1000; i++) {
      farm.suspend("s" + i, true);
    }

    assertTimeoutPreemptively(
        Duration.ofSeconds(3),
        () -> {
          for (int i = 0; i < 100; i++) {
            assertSame(farm.cell("s0"), farm.choose());
          }
        });
  }

  /** One server comes and goes, the other stays: somebody is always eligible. */
  @Test
  default void select_whileOneFlickers_findsSomebody() throws Exception {
    Farm farm = farm().add("stays", 1).add("flickers", 1);
    Destination flickers = farm.cell("flickers");
    AtomicBoolean stop = new AtomicBoolean();

    TwoThreads.run(
        () -> {
          try {
            for (int i = 0; i < 20_000_000; i++) {
              assertNotNull(farm.choose(), "choice " + i);
            }
          } finally {
            stop.set(true);
          }
          return null;
        },
        () -> {
          for (boolean suspended = true; !stop.get(); suspended = !suspended) {
            flickers.suspend(suspended);
          }
          return null;
        });
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

    TwoThreads.inStep(50_000, i -> chooseAmong(farm, eligible), i -> chooseAmong(farm, eligible));
  }

  private static void chooseAmong(Farm farm, Set<Destination> eligible) {
    Destination chosen = farm.choose();
    assertTrue(chosen != null && eligible.contains(chosen), String.valueOf(chosen));
    new Assignment().assign(chosen, 0);
  }
}
