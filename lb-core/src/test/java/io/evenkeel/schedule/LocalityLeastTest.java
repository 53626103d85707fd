package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.evenkeel.pool.Flow;
import io.evenkeel.pool.TwoThreads;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalityLeastTest implements FindingContract {
  private static final long DAY = TimeUnit.DAYS.toNanos(1);

  @Override
  public Scheduler scheduler() {
    return Schedulers.localityLeastConnection();
  }

  private static Flow askingFor(int address) {
    return new Flow().destination(0, Farm.ipv4(address), 80);
  }

  @Test
  void select_anAddress_staysWithItsServer() {
    Farm farm = farm().add("a", 2).add("b", 2).flow(askingFor(1));
    assertEquals("b", farm.pick());

    // 256 / 2 against 0 / 2: wlc would take a, but b has not more than it weighs.
    farm.load("b", 2, 0);
    assertEquals("b", farm.pick());
    assertEquals("a", farm.flow(askingFor(2)).pick());
    assertEquals("b", farm.flow(askingFor(1)).pick());
  }

  @Test
  void select_serverHasTooMuchAndAnotherHalf_addressMoves() {
    Farm farm = farm().add("a", 2).add("b", 2).flow(askingFor(1)).load("a", 1, 0);
    assertEquals("b", farm.pick());

    // 3 > 2, but 2 * 1 is not less than 2.
    farm.load("b", 3, 0);
    assertEquals("b", farm.pick());

    // 2 * 0 < 2.
    farm.endOne("a");
    assertEquals("a", farm.pick());
    farm.load("a", 2, 0);
    assertEquals("a", farm.pick());
  }

  @Test
  void select_serverOverItsThreshold_keepsTheAddress() {
    Farm farm = farm().add("a", 5).add("b", 5).flow(askingFor(1));
    assertEquals("b", farm.pick());
    farm.cell("b").thresholds(2, 0);

    farm.load("b", 2, 0);

    assertEquals("b", farm.pick());
    assertEquals("a", farm.flow(askingFor(2)).pick());
  }

  @Test
  void select_serverGoneOrQuiesced_addressMovesForGood() {
    Farm farm = farm().add("a", 1).add("b", 1).flow(askingFor(1));
    assertEquals("b", farm.pick());

    assertEquals("a", farm.weight("b", 0).pick());
    assertEquals("a", farm.weight("b", 1).pick());
    assertEquals("b", farm.remove("a").pick());
    assertEquals("b", farm.add("a", 9).pick());
  }

  @Test
  void select_twoThreadsForANewAddress_bothFindItsServer() throws Exception {
    Farm farm = farm().add("a", 1);

    TwoThreads.inStep(
        50_000,
        i -> assertNotNull(farm.choose(askingFor(i))),
        i -> assertNotNull(farm.choose(askingFor(i))));
  }

  /**
   * The table's first minute begins at 0. It looks for what is a day old at minutes 30, 60 and so
   * on: 1440 is one of them, the day after the first choice.
   */
  @Test
  void select_idleForADay_isForgotten() {
    for (long idle : new long[] {DAY - 1, DAY}) {
      Farm farm = farm().add("a", 1).add("b", 1).flow(askingFor(1)).at(0);
      assertEquals("b", farm.pick());
      farm.load("b", 1, 0);

      assertEquals(idle < DAY ? "b" : "a", farm.at(idle).pick(), "idle for " + idle);
    }
  }
}
