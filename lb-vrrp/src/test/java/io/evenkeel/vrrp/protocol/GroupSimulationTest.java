package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.protocol.GroupSimulation.Kind;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Never two masters by our fault. {@code -Devenkeel.simulation.hours=100000} runs the long form:
 * that many virtual hours at 1 s, and a hundredth of it at 10 ms; {@code -Devenkeel.seed} begins
 * with another seed.
 */
class GroupSimulationTest {
  private static final long HOUR_NANOS = 3_600_000_000_000L;
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long HOURS = Long.getLong("evenkeel.simulation.hours", 500);
  private static final long SEED = Long.getLong("evenkeel.seed", 1);

  /** Of one world, in advertisement intervals. */
  private static final long LENGTH = 20_000;

  @Test
  void storms_atOneSecond_leaveOneMaster() {
    run(SECOND_NANOS, HOURS * HOUR_NANOS);
  }

  @Test
  void storms_atTenMilliseconds_leaveOneMaster() {
    run(SECOND_NANOS / 100, HOURS * HOUR_NANOS / 100);
  }

  @Test
  void run_anExceptionIsThrown_isToldWithItsSeed() {
    GroupSimulation world = new GroupSimulation(SEED, Kind.PLAIN, SECOND_NANOS);
    IllegalStateException thrown = new IllegalStateException("out of a step");
    world.time.at(
        SECOND_NANOS,
        at -> {
          throw thrown;
        });

    AssertionError e = assertThrows(AssertionError.class, () -> world.run(HOUR_NANOS));

    assertSame(thrown, e.getCause());
    String seed = "new GroupSimulation(" + SEED + "L, Kind.PLAIN, " + SECOND_NANOS + "L)";
    assertTrue(e.getMessage().contains(seed), e.getMessage());
  }

  private static void run(long unitNanos, long nanos) {
    long lengthNanos = LENGTH * unitNanos;
    long beganNanos = System.nanoTime();
    long[] takeovers = new long[Kind.values().length];
    long[] settled = new long[Kind.values().length];
    long[] conflicts = new long[Kind.values().length];
    long sent = 0;
    long worlds = Math.max(Kind.values().length * 4L, nanos / lengthNanos);
    for (long i = 0; i < worlds; i++) {
      Kind kind = Kind.values()[(int) (i % Kind.values().length)];
      GroupSimulation world = new GroupSimulation(SEED + i, kind, unitNanos);
      world.run(lengthNanos);
      takeovers[kind.ordinal()] += world.takeovers;
      settled[kind.ordinal()] += world.settled;
      conflicts[kind.ordinal()] += world.conflicts;
      sent += world.sent;
    }
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    StringBuilder text = new StringBuilder();
    for (Kind kind : Kind.values()) {
      int k = kind.ordinal();
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %s: %d takeovers, %d times settled, %d times two masters in a storm",
              kind,
              takeovers[k],
              settled[k],
              conflicts[k]));
      assertTrue(takeovers[k] > worlds, () -> kind + ": nothing has happened");
    }
    System.out.printf(
        Locale.ROOT,
        "%d ms, seeds from %d: %.1f h in %.1f s, %d advertisements%s%n",
        unitNanos / 1_000_000,
        SEED,
        worlds * lengthNanos / 3.6e12,
        seconds,
        sent,
        text);
    assertTrue(conflicts[Kind.PLAIN.ordinal()] > 0, "no storm has ever made two masters");
    for (Kind kind : Kind.values()) {
      assertTrue(settled[kind.ordinal()] > 0, () -> kind + ": never settled");
    }
  }
}
