package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Destination;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MaglevHashTest implements SchedulerContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.maglevHash();
  }

  /** Not of {@link FindingContract}: whoever is light next to others may have no place at all. */
  @Nested
  class WithFallback implements SchedulerContract {

    @Override
    public Scheduler scheduler() {
      return Schedulers.maglevHash(131071, HashOption.FALLBACK);
    }
  }

  /** How many of 20 000 clients each of the servers a, b, c gets; nobody comes last. */
  private static int[] shares(Farm farm) {
    int[] shares = new int[4];
    for (int i = 0; i < 20_000; i++) {
      String name = farm.flow(Farm.flow(i)).pick();
      shares["abc-".indexOf(name)]++;
    }
    return shares;
  }

  private static String choices(Farm farm) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      names.append(farm.flow(Farm.flow(i)).pick());
    }
    return names.toString();
  }

  @Test
  void select_threeWeights_getTheirShares() {
    int[] shares = shares(farm().add("a", 1).add("b", 2).add("c", 5));

    // Eighths of 20 000, and what the hash of a few thousand clients is off.
    assertEquals(2500, shares[0], 300);
    assertEquals(5000, shares[1], 300);
    assertEquals(12_500, shares[2], 300);
    assertEquals(0, shares[3]);
  }

  @Test
  void select_quiesced_keepsItsPlaces() {
    Farm farm = farm().add("a", 1).add("b", 2).add("c", 5);
    String before = choices(farm);

    farm.weight("b", 0);
    assertEquals(before.replace('b', '-'), choices(farm));

    assertEquals(before, choices(farm.weight("b", 2)));
  }

  @Test
  void select_quiescedWithFallback_othersKeepTheirClients() {
    Farm farm =
        new Farm(Schedulers.maglevHash(HashOption.FALLBACK)).add("a", 1).add("b", 2).add("c", 5);
    String before = choices(farm);

    String after = choices(farm.weight("b", 0));

    for (int i = 0; i < before.length(); i++) {
      assertTrue(
          before.charAt(i) == 'b'
              ? "ac".indexOf(after.charAt(i)) >= 0
              : after.charAt(i) == before.charAt(i),
          "client " + i);
    }
  }

  @Test
  void select_removedWhileQuiesced_isNewWhenItComesBack() {
    Farm farm = farm().add("a", 1).add("b", 2).weight("b", 0).remove("b").add("b", 0);

    // Added with weight 0 it has no places: the kernel sets the last weight too.
    assertEquals(20_000, shares(farm)[0]);
  }

  @Test
  void select_moreServersThanPlaces_oldestHaveThem() {
    Scheduler scheduler = Schedulers.maglevHash(251);
    Object[] servers = new Object[2 * 300];
    for (int i = 0; i < 300; i++) {
      servers[2 * i] = "s" + i;
      servers[2 * i + 1] = 1;
    }
    Farm farm = new Farm(scheduler).addTogether(servers);
    Set<Destination> chosen = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      chosen.add(farm.choose(Farm.flow(i)));
    }

    Set<Destination> oldest = new HashSet<>();
    for (int i = 0; i < 251; i++) {
      oldest.add(farm.cell("s" + i));
    }
    assertEquals(oldest, chosen);
  }

  @Test
  void maglevHash_notASizeOfTheKernel_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Schedulers.maglevHash(65537));
  }
}
