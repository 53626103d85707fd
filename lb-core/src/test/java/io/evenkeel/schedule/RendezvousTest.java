package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RendezvousTest implements FindingContract {

  @Override
  public Scheduler scheduler() {
    return Schedulers.rendezvous();
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
  void select_anyChangeOfOne_movesNobodyElse() {
    Farm farm = farm().add("a", 1).add("b", 2).add("c", 5);
    List<String> before = Clients.servers(farm);

    assertEquals(0, Clients.movedBesides(before, Clients.servers(farm.suspend("b", true)), "b"));
    farm.suspend("b", false);
    assertEquals(0, Clients.movedBesides(before, Clients.servers(farm.weight("b", 9)), "b"));
    assertEquals(0, Clients.movedBesides(before, Clients.servers(farm.remove("b")), "b"));
    assertEquals(before, Clients.servers(farm.add("b", 2)));
  }
}
