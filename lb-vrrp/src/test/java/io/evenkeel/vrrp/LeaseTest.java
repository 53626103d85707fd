package io.evenkeel.vrrp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTest {
  private static final Duration LENGTH = Duration.ofSeconds(10);
  private static final Duration OWN = Duration.ofMillis(9980);

  private final List<String> asked = new ArrayList<>();
  private String answer = "granted";
  private long now = Long.MAX_VALUE - 5;

  private final LeaseStore store =
      new LeaseStore() {
        @Override
        public boolean acquire(String name, String holder, Duration length, BooleanSupplier isHeld)
            throws IOException {
          asked.add(name + " " + holder + " " + length + " " + isHeld.getAsBoolean());
          if (answer.equals("broken")) {
            throw new IOException("of the test");
          }
          return answer.equals("granted");
        }

        @Override
        public void release(String name, String holder) {
          asked.add("release " + name + " " + holder);
        }
      };

  private final Lease lease = new Lease(store, "web", "a", LENGTH, 1000, () -> now);

  @ParameterizedTest
  @CsvSource({
    "10000, 1000, 9980000000",
    "10000, 0, 10000000000",
    "5000, 100000, 4000000000",
    "5000, 1000, 4990000000",
    "86400000, 1, 86399827200000",
  })
  void pass_granted_holdsForTheLengthLessTwiceTheDrift(long millis, int drift, long nanos)
      throws Exception {
    Lease any = new Lease(store, "web", "a", Duration.ofMillis(millis), drift, () -> now);

    assertEquals(Duration.ofNanos(nanos), any.pass());
  }

  @Test
  void pass_again_saysWhetherItIsHeldToTheNanosecond() throws Exception {
    lease.pass();
    now += OWN.toNanos() - 1;
    lease.pass();
    now += OWN.toNanos();
    lease.pass();

    assertEquals(List.of("web a PT10S false", "web a PT10S true", "web a PT10S false"), asked);
  }

  @Test
  void pass_refusedOrBroken_isNotPassed() throws Exception {
    lease.pass();
    answer = "broken";
    assertThrows(IOException.class, lease::pass);
    // What was lent before holds for its time.
    answer = "another";
    Exception e = assertThrows(IllegalStateException.class, lease::pass);
    assertEquals("lease web: another holds it", e.getMessage());
    answer = "granted";
    lease.pass();

    assertEquals(
        List.of("web a PT10S false", "web a PT10S true", "web a PT10S true", "web a PT10S false"),
        asked);
  }

  @Test
  void release_held_isHeldNoLonger() throws Exception {
    lease.pass();
    lease.release();
    lease.pass();

    assertEquals(List.of("web a PT10S false", "release web a", "web a PT10S false"), asked);
  }

  @Test
  void new_outOfRange_throws() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Lease(store, "web", "a", Duration.ofSeconds(5).minusNanos(1)));
    assertEquals("length: PT4.999999999S (expected: 5 s..1 day)", e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> new Lease(store, "web", "a", Duration.ofDays(1).plusNanos(1)));
    assertThrows(
        IllegalArgumentException.class, () -> new Lease(store, "web", "a", LENGTH, 100_001));
    assertThrows(IllegalArgumentException.class, () -> new Lease(store, "web", "a", LENGTH, -1));
  }
}
