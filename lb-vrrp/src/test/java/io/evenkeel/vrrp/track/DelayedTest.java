package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DelayedTest {
  private static final long UP = 10;
  private static final long DOWN = 20;

  private static Delayed step(Delayed state, boolean seenUp, long now) {
    return state.step(seenUp, now, UP, DOWN);
  }

  @Test
  void step_contradictedUntilTheDelay_isBelieved() {
    Delayed state = step(Delayed.first(true), false, 100);

    assertTrue(step(state, false, 119).isUp());
    assertFalse(step(state, false, 120).isUp());
  }

  @Test
  void step_upAgain_hasADelayOfItsOwn() {
    Delayed state = step(Delayed.first(false), true, 100);

    assertFalse(step(state, true, 109).isUp());
    assertTrue(step(state, true, 110).isUp());
  }

  @Test
  void step_confirmedBetween_beginsAnew() {
    Delayed state = step(step(Delayed.first(true), false, 100), true, 110);

    state = step(state, false, 125);
    assertTrue(step(state, false, 144).isUp());
    assertFalse(step(state, false, 145).isUp());
  }

  @Test
  void step_noDelay_isBelievedAtOnce() {
    assertFalse(Delayed.first(true).step(false, 5, 0, 0).isUp());
  }

  @Test
  void step_clockPassesItsEnd_goesOn() {
    Delayed state = step(Delayed.first(true), false, Long.MAX_VALUE - 4);

    assertTrue(step(state, false, Long.MIN_VALUE + 14).isUp());
    assertEquals(Delayed.first(false), step(state, false, Long.MIN_VALUE + 15));
  }
}
