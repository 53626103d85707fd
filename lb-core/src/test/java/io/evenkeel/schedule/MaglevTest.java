package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MaglevTest implements FindingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.maglev();
  }

  @Test
  void select_threeWeights_getTheirShares() {
    List<String> servers = Clients.servers(farm().add("a", 1).add("b", 2).add("c", 5));

    // Eighths of 20 000; three standard deviations are 3 * sqrt(20 000 / 8 * 7 / 8) = 140.
    assertEquals(2500, Clients.share(servers, "a"), 140);
    assertEquals(5000, Clients.share(servers, "b"), 190);
    assertEquals(12_500, Clients.share(servers, "c"), 210);
  }

  @Test
  void select_oneSuspended_movesNobodyElse() {
    Farm farm = farm().add("a", 1).add("b", 2).add("c", 5);
    List<String> before = Clients.servers(farm);

    assertEquals(0, Clients.movedBesides(before, Clients.servers(farm.suspend("b", true)), "b"));
  }

  @Test
  void select_oneOfTenRemoved_movesFewOthers() {
    Farm farm = farmOf(10);
    List<String> before = Clients.servers(farm);

    int moved = Clients.movedBesides(before, Clients.servers(farm.remove("s3")), "s3");

    // The paper's figure 9: with a table a thousand times as large as the list, below one percent.
    assertTrue(moved < Clients.COUNT / 100, "moved: " + moved);
  }

  @Test
  void select_lightestOfAll_hasAPlace() {
    Farm farm = farm().add("light", 1).add("heavy", 65535);
    int seen = 0;
    for (int i = 0; i < 1_000_000; i++) {
      seen += farm.cell("light").equals(farm.choose(Farm.flow(i))) ? 1 : 0;
    }

    // One or two of 65537 places: 15 of a million clients each.
    assertEquals(15 * 1.5, seen, 20);
  }

  @Test
  void maglev_notAPrime_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> Schedulers.maglev(65536));
    assertThrows(IllegalArgumentException.class, () -> Schedulers.maglev(2));
    assertThrows(IllegalArgumentException.class, () -> Schedulers.maglev(16777259));
  }
}
