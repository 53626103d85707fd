package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.TwoThreads;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RingTest implements FindingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.ring();
  }

  @Nested
  class WithoutBound implements FindingContract {

    @Override
    public Scheduler scheduler() {
      return Schedulers.ring(0);
    }

    @Test
    void select_threeWeights_getTheirShares() {
      List<String> servers = Clients.servers(farm().add("a", 1).add("b", 2).add("c", 5));

      // By 26, 52 and 128 points: the lengths of as many arcs differ.
      assertEquals(2500, Clients.share(servers, "a"), 1000);
      assertEquals(5000, Clients.share(servers, "b"), 1500);
      assertEquals(12_500, Clients.share(servers, "c"), 1500);
    }

    @Test
    void select_anyChangeOfOne_movesNobodyElse() {
      Farm farm = farm().add("a", 1).add("b", 2).add("c", 5);
      List<String> before = Clients.servers(farm);

      assertEquals(0, Clients.movedBesides(before, Clients.servers(farm.suspend("b", true)), "b"));
      farm.suspend("b", false);
      assertEquals(0, Clients.movedBesides(before, Clients.servers(farm.weight("b", 5)), "b"));
      assertEquals(0, Clients.movedBesides(before, Clients.servers(farm.remove("b")), "b"));
      assertEquals(before, Clients.servers(farm.add("b", 2)));
    }
  }

  @Test
  void select_oneClientOnly_isSpreadBeyondTheBound() {
    Farm farm = farm().add("a", 1).add("b", 1).add("c", 2).flow(Farm.flow(1));
    for (int i = 0; i < 400; i++) {
      farm.load(farm.pick(), 1, 0);
    }

    // A quarter, a quarter and half of 400, and 25 percent more: at most 125, 125 and 250.
    assertTrue(farm.cell("a").open() <= 125, "a: " + farm.cell("a").open());
    assertTrue(farm.cell("b").open() <= 125, "b: " + farm.cell("b").open());
    assertTrue(farm.cell("c").open() <= 250, "c: " + farm.cell("c").open());
    // Who has the client is full, to the last connection: the 400th found it below 125 or 250.
    String first =
        new Farm(Schedulers.ring(0)).add("a", 1).add("b", 1).add("c", 2).flow(Farm.flow(1)).pick();
    assertEquals(first.equals("c") ? 250 : 125, farm.cell(first).open());
  }

  @Test
  void select_atTheBound_goesOnToTheNext() {
    Farm farm = farm().add("a", 1).add("b", 1).flow(Farm.flow(1));
    String first = farm.pick();
    String other = first.equals("a") ? "b" : "a";

    // Of 3 + 1 half is 2, and 25 percent more is 2.5: with 2 it may take a third one, not with 3.
    farm.load(first, 2, 0).load(other, 0, 1);
    assertEquals(first, farm.pick());
    // 4 + 1: 3.125.
    farm.load(first, 0, 1);
    assertEquals(first, farm.pick());
    // 5 + 1: 3.75.
    farm.load(first, 1, 0);
    assertEquals(other, farm.pick());
    // 6 + 1: 4.375.
    farm.load(other, 1, 0);
    assertEquals(first, farm.pick());
  }

  @Test
  void select_suspendedOne_hasNoShareOfTheBound() {
    Farm farm = farm().add("a", 1).add("b", 1).load("a", 100, 0).suspend("a", true);

    assertEquals("b".repeat(50), farm.picksKept(50));
    // 100 of 150 + 1: a is over 94.4, b below.
    assertEquals("b", farm.suspend("a", false).pick());
  }

  /** With two threads each may have one connection under way that the other does not see. */
  @Test
  void select_twoThreads_exceedTheBoundByWhatIsUnderWay() throws Exception {
    Farm farm = farmOf(5);
    TwoThreads.inStep(20_000, i -> connect(farm, i), i -> connect(farm, -i - 1));

    for (int i = 0; i < 5; i++) {
      long open = farm.cell("s" + i).open();
      assertTrue(open <= 10_000 + 2, "s" + i + ": " + open);
    }
  }

  private static void connect(Farm farm, int client) {
    Destination chosen = Objects.requireNonNull(farm.choose(Farm.flow(client)));
    new Assignment().assign(chosen, 0);
  }

  @Test
  void ring_balanceOutOfRange_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Schedulers.ring(100));
    assertThrows(IllegalArgumentException.class, () -> Schedulers.ring(-1));
    assertThrows(IllegalArgumentException.class, () -> Schedulers.ring(1001));
  }
}
