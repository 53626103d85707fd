package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SpreadTest {
  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void check_everyoneInTurn_passes() {
    assertDoesNotThrow(() -> Spread.check(3, 10, () -> calls.getAndIncrement() % 3));
  }

  @Test
  void check_oneIsMissing_fails() {
    assertThrows(
        IllegalStateException.class, () -> Spread.check(3, 10, () -> calls.getAndIncrement() % 2));
  }

  @Test
  void check_oneIsSeldom_fails() {
    // 0 gets one of 30, where 10 are due.
    assertThrows(
        IllegalStateException.class,
        () -> Spread.check(3, 10, () -> calls.get() == 0 ? calls.getAndIncrement() : other()));
  }

  @Test
  void check_asWeightsSay_passes() {
    // 1 is due one, 9 is due nine times.
    assertDoesNotThrow(
        () ->
            Spread.check(
                2, 50, () -> calls.getAndIncrement() % 10 == 0 ? 1 : 9, Integer::intValue));
  }

  @Test
  void check_furtherThanTheSlackFromItsDue_fails() {
    // 12, 9 and 9 of 30, where 10 are due.
    assertDoesNotThrow(() -> checkUneven(1.2));
    assertThrows(IllegalStateException.class, () -> checkUneven(1.19));
  }

  private void checkUneven(double slack) {
    calls.set(0);
    Spread.check(3, 10, () -> calls.getAndIncrement() % 10 % 3, chosen -> 1, slack);
  }

  private int other() {
    return 1 + calls.getAndIncrement() % 2;
  }
}
