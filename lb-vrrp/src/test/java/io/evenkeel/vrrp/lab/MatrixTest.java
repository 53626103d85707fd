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
}
