package io.evenkeel.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RivalTableTest {
  private final List<Measurement> measured = new ArrayList<>();

  private void add(String run, String name, String method, int servers, int threads, double nanos) {
    measured.add(new Measurement(1, run, name, method, servers, threads, nanos, 0));
  }

  @Test
  void of_oneKind_oursFirstAndTheFasterInBold() {
    add("current", "Vertx ROUND_ROBIN", "select", 16, 1, 5.72);
    add("current", "Vertx ROUND_ROBIN", "select", 16, 2, 25);
    add("current", "Vertx ROUND_ROBIN", "select", 10_000, 1, 123.4);
    add("current", "Evenkeel rr", "select", 16, 1, 6.3);
    add("current", "Evenkeel rr", "select", 16, 2, 6.3);
    add("current", "Evenkeel rr", "select", 10_000, 1, 6.4);
    assertEquals(
        """
        ### Round robin

        | ns, 1 thread / 2 threads | n=16 | n=10 000 | B/op |
        |---|---|---|---|
        | Evenkeel rr | 6.3 / 6.3 | 6.4 / not measured | 0 |
        | Vertx ROUND_ROBIN | **5.7** / 25.0 | 123 / not measured | 0 |

        Faster than ours, in bold:

        - Vertx ROUND_ROBIN, n=16, 1 thread: 5.7 beside Evenkeel rr: 6.3

        """,
        RivalTable.of(measured));
  }

  @Test
  void of_whoAlsoClaims_isBesideBothOfOurs() {
    add("finagle", "Evenkeel p2c", "select", 16, 1, 20);
    add("finagle", "Evenkeel p2c", "dispatchAndRelease", 16, 1, 90);
    add("finagle", "Finagle p2c", "takeAndGiveBack", 16, 1, 80);
    assertEquals(
        """
        ### Two choices

        | ns, 1 thread | n=16 | B/op |
        |---|---|---|
        | Evenkeel p2c | 20.0 | 0 |
        | Evenkeel p2c, dispatch and release | 90.0 | 0 |
        | Finagle p2c, choice and end | **80.0** | 0 |

        Faster than ours, in bold:

        - Finagle p2c, choice and end, n=16, 1 thread: 80.0 beside Evenkeel p2c, dispatch and release: 90.0

        """,
        RivalTable.of(measured));
  }

  @Test
  void of_whoOnlyChooses_isNotBesideOurClaim() {
    add("finagle", "Evenkeel p2c", "select", 16, 1, 20);
    add("finagle", "Evenkeel p2c", "dispatchAndRelease", 16, 1, 90);
    add("finagle", "Vertx POWER_OF_TWO_CHOICES", "select", 16, 1, 30);
    assertEquals(
        """
        ### Two choices

        | ns, 1 thread | n=16 | B/op |
        |---|---|---|
        | Evenkeel p2c | 20.0 | 0 |
        | Vertx POWER_OF_TWO_CHOICES | 30.0 | 0 |

        None is faster.

        """,
        RivalTable.of(measured));
  }

  @Test
  void of_twoRuns_comparesWithinEach() {
    add("current", "Evenkeel rr", "select", 16, 1, 5);
    add("current", "Baseline atomicInteger", "atomicInteger", 16, 1, 4);
    add("current", "Vertx ROUND_ROBIN", "select", 16, 1, 6);
    add("ribbon", "Evenkeel rr", "select", 16, 1, 10);
    add("ribbon", "Baseline atomicInteger", "atomicInteger", 16, 1, 8);
    add("ribbon", "Ribbon RoundRobinRule", "select", 16, 1, 9);
    assertEquals(
        """
        ### Round robin

        | ns, 1 thread | n=16 | B/op |
        |---|---|---|
        | Evenkeel rr (run: current) | 5.0 | 0 |
        | Baseline atomicInteger (run: current) | 4.0 | 0 |
        | Vertx ROUND_ROBIN | 6.0 | 0 |
        | Evenkeel rr (run: ribbon) | 10.0 | 0 |
        | Baseline atomicInteger (run: ribbon) | 8.0 | 0 |
        | Ribbon RoundRobinRule | **9.0** | 0 |

        Faster than ours, in bold:

        - Ribbon RoundRobinRule, n=16, 1 thread: 9.0 beside Evenkeel rr: 10.0

        """,
        RivalTable.of(measured));
  }

  @Test
  void of_threeRounds_comparesWithinEachAndShowsTheMedians() {
    // In the second round everything took ten times as long, and in two of three Vert.x longer.
    double[] ours = {5, 50, 6};
    double[] theirs = {6, 40, 7};
    for (int round = 0; round < 3; round++) {
      measured.add(
          new Measurement(round, "current", "Evenkeel rr", "select", 16, 1, ours[round], round));
      measured.add(
          new Measurement(
              round, "current", "Vertx ROUND_ROBIN", "select", 16, 1, theirs[round], 8));
    }
    assertEquals(
        """
        ### Round robin

        | ns, 1 thread | n=16 | B/op |
        |---|---|---|
        | Evenkeel rr | 6.0 | 0 to 2 |
        | Vertx ROUND_ROBIN | 7.0 | 8 |

        None is faster.

        """,
        RivalTable.of(measured));
  }

  @Test
  void of_nobodyKnown_isRefused() {
    add("current", "Vertx GUESS", "select", 16, 1, 5);
    assertRefused("in no table: [Vertx GUESS]");
  }

  @Test
  void of_oursIsMissing_isRefused() {
    add("current", "Evenkeel rr", "select", 16, 1, 5);
    add("current", "Vertx ROUND_ROBIN", "select", 16, 1, 6);
    add("current", "Evenkeel lc", "select", 16, 1, 5);
    add("current", "Vertx LEAST_REQUESTS", "select", 16, 1, 6);
    assertRefused(
        "round 1 of run current lacks Evenkeel wlc, n=16, threads 1, beside Vertx LEAST_REQUESTS:"
            + " measure DispatchBenchmark with it");
  }

  @Test
  void of_oursIsMissingInThatRunRoundOrCell_isRefused() {
    add("ribbon", "Evenkeel rr", "select", 16, 2, 5);
    measured.add(new Measurement(2, "current", "Evenkeel rr", "select", 16, 2, 5, 0));
    add("current", "Evenkeel rr", "select", 16, 1, 5);
    add("current", "Evenkeel rr", "select", 128, 2, 5);
    add("current", "Vertx ROUND_ROBIN", "select", 16, 2, 6);
    assertRefused(
        "round 1 of run current lacks Evenkeel rr, n=16, threads 2, beside Vertx ROUND_ROBIN:"
            + " measure DispatchBenchmark with it");
  }

  @Test
  void of_ourClaimIsMissingBesideWhoAlsoClaims_isRefused() {
    add("finagle", "Evenkeel p2c", "select", 16, 1, 20);
    add("finagle", "Finagle p2c", "takeAndGiveBack", 16, 1, 80);
    assertRefused(
        "round 1 of run finagle lacks Evenkeel p2c, dispatch and release, n=16, threads 1,"
            + " beside Finagle p2c: measure DispatchBenchmark with it");
  }

  private void assertRefused(String expected) {
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> RivalTable.of(measured));
    assertEquals(expected, failure.getMessage());
  }
}
