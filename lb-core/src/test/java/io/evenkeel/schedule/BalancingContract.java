package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import org.junit.jupiter.api.Test;

/** What a scheduler promises that gives each server its share, whoever the clients are. */
interface BalancingContract extends FindingContract {

  @Test
  default void select_equalServersKeptOpen_shareEqually() {
    for (int servers = 1; servers <= 7; servers++) {
      Farm farm = farmOf(servers);

      farm.picksKept(5 * servers);

      for (int i = 0; i < servers; i++) {
        assertEquals(5, farm.cell("s" + i).active(), i + " of " + servers);
      }
    }
  }

  @Test
  default void select_tenThousandEqualServers_eachGetsOne() {
    Farm farm = farmOf(MANY);

    for (int i = 0; i < MANY; i++) {
      Destination chosen = farm.choose();
      assertNotNull(chosen);
      new Assignment().assign(chosen, 0);
    }

    for (int i = 0; i < MANY; i++) {
      assertEquals(1, farm.cell("s" + i).open(), "s" + i);
    }
  }
}
