package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.SlowStart;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.TwoThreads;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlowStartingTest {
  private static final int DURATION = 1000;
  private static final SlowStart SLOW = SlowStart.over(Duration.ofNanos(DURATION));

  /** Coins on which everybody waits who is not warm, and on which nobody waits. */
  private static final Randomness WAIT = bound -> bound - 1;

  private static final Randomness GO = bound -> 0;

  /** By the client, and nobody for it when its server is not eligible: as sh and dh. */
  private static final Scheduler REFUSING =
      (list, previous) ->
          (flow, nowNanos) -> {
            int index = (int) (flow.clientLow() % list.size());
            return list.isEligible(index) ? list.get(index) : null;
          };

  @Nested
  class OverWeightedRoundRobin implements BalancingContract {
    @Override
    public Scheduler scheduler() {
      return Schedulers.slowStart(Schedulers.weightedRoundRobin(), SLOW);
    }
  }

  @Nested
  class OverWeightedLeastConnection implements BalancingContract {
    @Override
    public Scheduler scheduler() {
      return Schedulers.slowStart(Schedulers.weightedLeastConnection(), SLOW);
    }
  }

  static Set<String> names() {
    return Schedulers.names();
  }

  /** a and b are warm, c is added at 0. */
  private static Farm farm(Scheduler inner, Randomness coin) {
    return farm(inner, SLOW, coin);
  }

  private static Farm farm(Scheduler inner, SlowStart slowStart, Randomness coin) {
    Farm farm = new Farm(Schedulers.slowStart(inner, slowStart, coin));
    farm.add("a", 1).add("b", 1).add("c", 1);
    farm.cell("c").warmUp(0);
    return farm;
  }

  /** How often c is chosen, of 3000 clients. */
  private static int choicesOfC(Farm farm) {
    int count = 0;
    SplittableRandom clients = new SplittableRandom(1);
    for (int i = 0; i < 3000; i++) {
      Destination chosen = farm.client(clients.nextLong(1L << 32)).choose();
      assertNotNull(chosen);
      count += chosen == farm.cell("c") ? 1 : 0;
    }
    return count;
  }

  /** Whatever the scheduler: until the last nanosecond, and then no longer. */
  @ParameterizedTest
  @MethodSource("names")
  void select_anyScheduler_waitsExactlyAsLongAsTheDuration(String name) {
    Scheduler inner = Schedulers.named(name).orElseThrow();
    Farm farm = farm(inner, WAIT);

    assertEquals(0, choicesOfC(farm.at(0)));
    assertEquals(0, choicesOfC(farm.at(DURATION - 1)));
    assertNotNull(farm.cell("c").warmUp());
    assertTrue(choicesOfC(farm.at(DURATION)) > 300);
    assertNull(farm.cell("c").warmUp());
    assertTrue(choicesOfC(farm(inner, WAIT).at(DURATION + 1)) > 300);
  }

  @ParameterizedTest
  @MethodSource("names")
  void select_anyScheduler_recoversSlowlyToo(String name) {
    Farm farm = farm(Schedulers.named(name).orElseThrow(), WAIT).at(DURATION);
    assertTrue(choicesOfC(farm) > 300);

    farm.suspend("c", true);
    farm.cell("c").warmUp(5000);
    farm.suspend("c", false);
    assertEquals(0, choicesOfC(farm.at(5000 + DURATION - 1)));
    assertTrue(choicesOfC(farm.at(5000 + DURATION)) > 300);
  }

  @ParameterizedTest
  @MethodSource("names")
  void select_allAreWarmingUp_choosesAmongAll(String name) {
    Farm farm = farm(Schedulers.named(name).orElseThrow(), WAIT);
    farm.cell("a").warmUp(0);
    farm.cell("b").warmUp(0);

    assertTrue(choicesOfC(farm) > 300);
  }

  @ParameterizedTest
  @MethodSource("names")
  void select_warmOnesOut_choosesWhoIsWarmingUp(String name) {
    Scheduler inner = Schedulers.named(name).orElseThrow();
    Farm plain = new Farm(inner).add("a", 1).add("b", 1).add("c", 1);
    Farm farm = farm(inner, WAIT);
    for (Farm each : List.of(plain, farm)) {
      each.suspend("a", true).suspend("b", true);
    }

    // sh and mh find nobody for the clients of a and b, with slow start or without.
    for (int client = 0; client < 3000; client++) {
      assertEquals(plain.client(client).pick(), farm.client(client).pick(), "client " + client);
    }
    assertEquals("-", farm.suspend("c", true).pick());
  }

  /** A third of the choices is c's, of which it gets half; the other half goes to both. */
  @Test
  void select_halfWarm_getsHalfOfItsShare() {
    Seeded coin = new Seeded(3);
    Farm farm = farm(Schedulers.roundRobin(), coin).at(DURATION / 2);

    ChiSquared.assertFits(new double[] {2, 5, 5}, farm.count(120_000), coin);
  }

  @Test
  void select_coldest_getsTheFloorOfItsShare() {
    Seeded coin = new Seeded(4);
    Farm farm = farm(Schedulers.weightedRandom(coin), coin).weight("c", 3);

    // c: 3/5 * 1/10. a and b: half of the rest.
    ChiSquared.assertFits(new double[] {6, 47, 47}, farm.count(100_000), coin);
  }

  /** The order of those who are warm is theirs alone. */
  @Test
  void select_roundRobinWaiting_othersTakeItsTurns() {
    // cba cba: b's turn among the warm ones for the first c, a's for the second.
    assertEquals("bbaaba", farm(Schedulers.roundRobin(), WAIT).picks(6));
    assertEquals("cbacba", farm(Schedulers.roundRobin(), GO).picks(6));
  }

  /**
   * a and b have 10 connections each, c is to have no more than half as many: it is chosen with 0
   * to 5, and then b and a, until one has 12 and c, with 6, no more than half of them.
   */
  @ParameterizedTest
  @ValueSource(strings = {"lc", "wlc", "sed", "nq", "ewma"})
  void select_followingLoads_neverTakesMoreThanItsShareOfTheOthersLoad(String name) {
    Farm farm = farm(Schedulers.named(name).orElseThrow(), GO).load("a", 10, 0).load("b", 10, 0);

    assertEquals("ccccccbabac", farm.at(DURATION / 2).picksKept(11));
  }

  /** lc looks at no weight: c, warm by half, gets up to half of the 10 that the others have. */
  @Test
  void select_leastConnection_weightsDoNotCount() {
    Farm farm = farm(Schedulers.leastConnection(), GO);
    farm.weight("a", 100).weight("b", 100).load("a", 10, 0).load("b", 10, 0);

    assertEquals("ccccccba", farm.at(DURATION / 2).picksKept(8));
  }

  /** fo looks at no load: c, the heaviest, takes everything as often as it is warm. */
  @Test
  void select_failOver_loadsDoNotCount() {
    Farm farm = farm(Schedulers.failOver(), GO).weight("c", 3);

    assertEquals("ccccc", farm.at(DURATION / 2).picksKept(5));
  }

  /** a and b are full: c takes what they refuse. */
  @Test
  void select_overflowWarmOnesFull_stayFull() {
    Farm farm = farm(Schedulers.overflow(), WAIT).weight("c", 9).load("a", 2, 0).load("b", 2, 0);

    assertEquals("ccc", farm.at(DURATION / 2).picksKept(3));
  }

  /** One of a hundred is warm, and whoever waits goes there. */
  @Test
  void select_refusingSchedulerFewWarm_findsThem() {
    Farm farm = new Farm(Schedulers.slowStart(REFUSING, SLOW, WAIT));
    for (int i = 0; i < 100; i++) {
      farm.add("s" + i, 1);
      farm.cell("s" + i).warmUp(0);
    }
    farm.cell("s7").warmth(1);

    for (int client = 0; client < 1000; client++) {
      assertEquals("s7", farm.client(client).pick(), "client " + client);
    }
  }

  /** c, with weight 2, has half the load of b's 30 with weight 3 when it has 10. */
  @Test
  void select_followingLoads_weightsCount() {
    Farm farm = farm(Schedulers.weightedLeastConnection(), GO);
    farm.weight("a", 3).weight("b", 3).weight("c", 2).load("a", 30, 0).load("b", 30, 0);

    assertEquals("c".repeat(11) + "ba", farm.at(DURATION / 2).picksKept(13));
  }

  @Test
  void select_listChanged_bothPositionsAreTakenOver() {
    Farm farm = farm(Schedulers.roundRobin(), WAIT);
    assertEquals("bb", farm.picks(2));

    // Among all a is next, then c; among the warm ones a, as b was last.
    assertEquals("aab", farm.weight("b", 2).picks(3));
  }

  @Test
  void warmth_applicationSaysItself_timeIsIgnored() {
    Farm farm = farm(Schedulers.roundRobin(), GO);
    farm.cell("c").warmth(0);
    assertFalse(farm.at(10 * DURATION).picks(9).contains("c"));

    farm.cell("c").warmUp(10 * DURATION);
    assertFalse(farm.at(20 * DURATION).picks(9).contains("c"));

    farm.cell("c").warmth(1e-9);
    assertTrue(farm.picks(9).contains("c"));
  }

  @Test
  void warmth_one_isWarmAtOnce() {
    Farm farm = farm(Schedulers.leastConnection(), WAIT);
    assertEquals("b", farm.pick());

    farm.cell("c").warmth(1);
    assertEquals("c", farm.pick());
  }

  /** Each client of c's waits elsewhere, always with the same one, and moves to it once. */
  @Test
  void select_byClient_eachMovesOnce() {
    Randomness none =
        bound -> {
          throw new AssertionError("drawn");
        };
    Farm farm = farm(REFUSING, SLOW.byClient(), none);
    int waiting = 0;
    for (int client = 0; client < 3000; client++) {
      farm.client(client);
      String before = farm.at(0).pick();
      waiting += client % 3 == 0 && !before.equals("c") ? 1 : 0;
      for (int now = 1; now < DURATION; now += 37) {
        String next = farm.at(now).pick();
        assertTrue(next.equals(before) || next.equals("c"), "client " + client + " at " + now);
        assertTrue(client % 3 == 0 || next.equals(before), "client " + client + " at " + now);
        before = next;
      }
    }
    // Nine tenths of c's 1000.
    assertEquals(900.0, waiting, 30.0);
  }

  @Test
  void select_refusingScheduler_othersGetThemByWeight() {
    Farm farm = farm(REFUSING, WAIT).weight("a", 3);
    int[] counts = new int[2];
    for (int client = 0; client < 30_000; client += 3) {
      counts[farm.client(client).pick().charAt(0) - 'a']++;
    }
    ChiSquared.assertFits(new double[] {3, 1}, new long[] {counts[0], counts[1]}, "clients");
  }

  /** While it warms up and cools down, all of the time somebody is found. */
  @Test
  void select_twoThreads_everyChoiceIsSomebody() throws Exception {
    Farm farm = new Farm(Schedulers.slowStart(Schedulers.weightedLeastConnection(), SLOW));
    farm.add("a", 1).add("b", 2).add("c", 1).at(DURATION / 2);
    Destination c = farm.cell("c");

    TwoThreads.inStep(
        50_000,
        round -> {
          c.warmUp(round % 2 == 0 ? 0 : -DURATION);
          c.warmth(round % 3 == 0 ? 1 : 0.5);
        },
        round -> assertNotNull(farm.choose()));
  }
}
