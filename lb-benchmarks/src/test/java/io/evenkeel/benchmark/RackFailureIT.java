package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** It ends only when all dead servers are down, and later all up again. */
class RackFailureIT {

  /**
   * However many dead servers a client meets: a refusal uses up no attempt. A server that is there
   * but has no processor for a while is not taken for one.
   */
  @Test
  void measure_sixOfTwenty_nobodyIsTurnedAway() throws Exception {
    RackFailureOptions options =
        RackFailureOptions.of(
            ("--servers 20 --kill 6 --dead last --every 200 --retry 100 --fall 20"
                    + " --open 20 --seconds 1 --rounds 1")
                .split(" ", -1));
    RackFailureRound round = RackFailure.measure(options).get(0);

    assertAll(
        () -> assertEquals(0, round.failed(), round::toString),
        () -> assertTrue(round.connections() > 100, round::toString),
        () -> assertTrue(round.deadAttempts() >= 1, round::toString),
        () -> assertTrue(round.deadDispatches() >= 1, round::toString),
        () -> assertTrue(round.lastDispatchMillis() < round.downMillis(), round::toString),
        () -> assertTrue(round.outMillis() <= round.downMillis(), round::toString));
  }
}
