package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.pool.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalitySetsTest implements FindingContract {
  private static final long DAY = TimeUnit.DAYS.toNanos(1);
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  @Override
  public Scheduler scheduler() {
    return Schedulers.localityWithReplication();
  }

  private static Flow askingFor(int address) {
    return new Flow().destination(0, Farm.ipv4(address), 80);
  }

  /** Address 1 has b, which has too much, and a. */
  private Farm spread() {
    Farm farm = farm().add("a", 2).add("b", 2).flow(askingFor(1)).at(0);
    assertEquals("b", farm.pick());
    assertEquals("a", farm.load("b", 3, 0).pick());
    return farm;
  }

  @Test
  void select_serverHasTooMuch_addressGetsOneMore() {
    Farm farm = spread();

    // 768 / 2 against 256 / 2, then against 1024 / 2: the less loaded of both.
    assertEquals("a", farm.load("a", 1, 0).pick());
    assertEquals("b", farm.load("a", 3, 0).pick());
  }

  @Test
  void select_equalLoad_newestOfTheSetWins() {
    // a was added to the set after b.
    assertEquals("a", spread().load("a", 3, 0).pick());
  }

  @Test
  void select_serverOverItsThreshold_isPassedOver() {
    Farm farm = spread().load("a", 2, 0);
    farm.cell("a").thresholds(1, 0);
    farm.load("a", 0, 1);

    assertEquals("b", farm.pick());
  }

  @Test
  void select_unchangedForMoreThanADay_losesTheMostLoaded() {
    for (long age : new long[] {DAY, DAY + 1}) {
      Farm farm = spread();
      for (long at = HOUR; at < DAY; at += HOUR) {
        assertEquals("a", farm.at(at).pick());
      }

      // The one that is chosen is not yet another one; b goes.
      assertEquals("a", farm.at(age).pick());

      // b has least now, if it still is in the set.
      farm.load("a", 1, 0);
      for (int i = 0; i < 3; i++) {
        farm.endOne("b");
      }
      assertEquals(age > DAY ? "a" : "b", farm.pick(), "age " + age);
    }
  }
}
