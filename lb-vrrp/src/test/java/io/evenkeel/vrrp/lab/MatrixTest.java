package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MatrixTest {

  @Test
  void pairwise_always_meetsAllThatCanMeet() {
    List<Case> chosen = Matrix.pairwise();

    assertEquals(Matrix.pairs(Case.all()), Matrix.pairs(chosen));
    assertEquals(chosen, Matrix.pairwise());
    // Each scenario with each protocol, but three with version 2 alone, unicast and multicast.
    assertTrue(chosen.size() >= 45 && chosen.size() <= 50, () -> chosen.size() + " cases");
  }

  @Test
  void all_authentication_isOfVersion2() {
    List<Case> all = Case.all();

    assertEquals(13 * 12 + 3 * 4, all.size());
    assertTrue(
        all.stream()
            .filter(one -> one.scenario() == Scenario.AUTH_AH)
            .allMatch(one -> one.protocol() == Case.Protocol.V2_IPV4));
  }

  @Test
  void trace_changes_areTimedFromTheFirstOwnerOn() {
    Trace trace =
        Trace.of(
            List.of(
                "owners 1000000 0 0",
                "advert 2000000 2 150",
                "owners 30000000 2 10000000",
                "owners 50000000 0 12000000",
                "owners 70000000 1 10000000",
                "owners 80000000 3 10000000",
                "owners 110000000 1 10000000",
                "end 150000000 15 700000"));

    assertEquals(20, trace.none().toMillis());
    assertEquals(30, trace.two().toMillis());
    assertEquals(12, trace.blind().toMillis());
    assertEquals("low", trace.last());
    assertEquals("none 29, high 20, none 20, low 10, both 30, low 40", trace.path());
    assertEquals(List.of(new Trace.Advert(2_000_000, 2, 150)), trace.adverts());
  }
}
