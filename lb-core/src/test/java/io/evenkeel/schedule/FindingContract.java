package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.TwoThreads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a scheduler promises that finds somebody whenever somebody is eligible. */
interface FindingContract extends SchedulerContract {

  @Test
  default void select_oneWeighsAgain_isFound() {
    Farm farm = farm().add("a", 0).add("b", 0);
    farm.pick();

    assertEquals("aaaa", farm.weight("a", 3).picks(4));
  }

  @Test
  default void select_oneIsBack_isFound() {
    Farm farm = farm().add("a", 1).add("b", 2).suspend("a", true).suspend("b", true);
    farm.pick();

    assertEquals("aaa", farm.suspend("a", false).picks(3));
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
}
