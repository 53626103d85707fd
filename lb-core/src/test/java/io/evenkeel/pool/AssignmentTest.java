package io.evenkeel.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AssignmentTest {
  private static final int ROUNDS = 100_000;

  private final Destination cell = cell("a:1");
  private final Assignment assignment = new Assignment();

  @Test
  void assign_free_countsAsInactive() {
    assignment.assign(cell, 42);

    assertTrue(assignment.isAssigned());
    assertSame(cell, assignment.destination());
    assertEquals(42, assignment.startNanos());
    assertLoad(0, 1);
    assertEquals(1, cell.connections());
  }

  @Test
  void assign_inUse_throwsAndChangesNothing() {
    assignment.assign(cell, 42);
    Destination other = cell("b:1");

    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> assignment.assign(other, 43));

    assertEquals("assignment: in use for tcp v:80 -> a:1 (expected: released)", e.getMessage());
    assertSame(cell, assignment.destination());
    assertEquals(42, assignment.startNanos());
    assertEquals(0, other.connections());
    assertLoad(0, 1);
  }

  @Test
  void answered_assigned_latencyIsTold() {
    List<String> told = new ArrayList<>();
    assignment.assign(cell, 42);
    cell.watch(
        new LoadListener() {
          @Override
          public void loadChanged(int index) {}

          @Override
          public void latencyMeasured(int index, long nanos, long nowNanos) {
            told.add(index + " " + nanos + " " + nowNanos);
          }
        },
        3);

    assignment.answered(50);
    assignment.answered(52);
    assignment.release(Outcome.SUCCESS);
    assignment.answered(60);

    assertEquals(List.of("3 8 50", "3 10 52"), told);
  }

  @Test
  void release_withAClaim_givesItBackOnce() {
    int[] released = new int[1];
    assignment.assign(cell, 42, () -> released[0]++);
    assertEquals(0, released[0]);
    assignment.release(Outcome.SUCCESS);
    assertEquals(1, released[0]);
    assignment.release(Outcome.SUCCESS);
    assertEquals(1, released[0]);

    assignment.assign(cell, 43);
    assignment.release(Outcome.SUCCESS);
    assertEquals(1, released[0]);
  }

  @Test
  void assign_inUse_doesNotTakeTheClaim() {
    int[] released = new int[1];
    assignment.assign(cell, 42);

    assertThrows(
        IllegalStateException.class, () -> assignment.assign(cell, 43, () -> released[0]++));
    assignment.release(Outcome.SUCCESS);

    assertEquals(0, released[0]);
  }

  @Test
  void destination_neverAssigned_throws() {
    IllegalStateException e = assertThrows(IllegalStateException.class, assignment::destination);

    assertEquals("assignment: empty (expected: dispatched)", e.getMessage());
    assertFalse(assignment.isAssigned());
  }

  /**
   * e: established, c: closing, r: release; each order of them with what is active and inactive
   * after it, and how many releases were too many.
   */
  @ParameterizedTest
  @CsvSource({
    "e, 1, 0, 0",
    "ee, 1, 0, 0",
    "c, 0, 1, 0",
    "cc, 0, 1, 0",
    "ec, 0, 1, 0",
    "ecc, 0, 1, 0",
    "ece, 1, 0, 0",
    "ecec, 0, 1, 0",
    "ce, 1, 0, 0",
    "r, 0, 0, 0",
    "er, 0, 0, 0",
    "cr, 0, 0, 0",
    "ecr, 0, 0, 0",
    "cer, 0, 0, 0",
    "ecer, 0, 0, 0",
    "re, 0, 0, 0",
    "rc, 0, 0, 0",
    "rec, 0, 0, 0",
    "rce, 0, 0, 0",
    "erc, 0, 0, 0",
    "cre, 0, 0, 0",
    "rr, 0, 0, 1",
    "err, 0, 0, 1",
    "rer, 0, 0, 1",
    "ecrr, 0, 0, 1",
    "rrr, 0, 0, 2",
    "rercr, 0, 0, 2",
  })
  void assignment_anyOrder_countsExactly(String order, int active, int inactive, int doubles) {
    assignment.assign(cell, 0);

    order.chars().forEach(this::call);

    assertLoad(active, inactive);
    assertEquals(doubles, cell.doubleReleases());
    assertEquals(order.contains("r") ? 1 : 0, cell.released(Outcome.SUCCESS));
    assertEquals(!order.contains("r"), assignment.isAssigned());
    assertEquals(1, cell.connections());
  }

  @ParameterizedTest
  @CsvSource({"e", "c", "r", "ecr"})
  void assignment_neverAssigned_hasNoEffect(String order) {
    order.chars().forEach(this::call);

    assertFalse(assignment.isAssigned());
    assertThrows(IllegalStateException.class, assignment::destination);
  }

  @ParameterizedTest
  @EnumSource(Outcome.class)
  void release_anyOutcome_isCountedByItself(Outcome outcome) {
    assignment.assign(cell, 0);
    assignment.release(outcome);
    // The second one counts neither its outcome nor as a failed connection.
    assignment.release(Outcome.CONNECT_FAILED);

    for (Outcome each : Outcome.values()) {
      assertEquals(each == outcome ? 1 : 0, cell.released(each), each.toString());
    }
    assertEquals(outcome != Outcome.CONNECT_FAILED, cell.isAvailable());
    assertEquals(1, cell.doubleReleases());
  }

  @Test
  void assign_afterRelease_canBeUsedAgainForAnother() {
    Destination other = cell("b:1");
    assignment.assign(cell, 1);
    assignment.established();
    assignment.release(Outcome.SUCCESS);

    assignment.assign(other, 2);

    assertSame(other, assignment.destination());
    assertEquals(2, assignment.startNanos());
    assertLoad(0, 0);
    assertEquals(1, other.inactive());
    assertEquals(0, other.active());
  }

  @Test
  void destination_afterRelease_isTheLastOne() {
    assignment.assign(cell, 0);
    assignment.release(Outcome.FAILED);

    assertSame(cell, assignment.destination());
  }

  @Test
  void assignment_twoThreadsOnOneDestination_sumsAreExact() throws Exception {
    SplittableRandom[] random = {new SplittableRandom(1), new SplittableRandom(2)};
    Assignment[] own = {new Assignment(), new Assignment()};

    TwoThreads.inStep(ROUNDS, i -> use(own[0], random[0]), i -> use(own[1], random[1]));

    assertLoad(0, 0);
    assertEquals(2 * ROUNDS, cell.connections());
    assertEquals(2 * ROUNDS, cell.released(Outcome.SUCCESS));
    assertEquals(0, cell.doubleReleases());
    assertEquals(4L * ROUNDS, cell.bytesToClient());
    assertEquals(6L * ROUNDS, cell.bytesFromClient());
    assertEquals(2 * ROUNDS, cell.connects());
    assertEquals(10L * ROUNDS, cell.connectNanos());
  }

  @Test
  void assignment_twoThreadsOnOneAssignment_isReleasedOnce() throws Exception {
    Assignment[] all = new Assignment[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      all[i] = new Assignment();
      all[i].assign(cell, 0);
    }

    TwoThreads.inStep(ROUNDS, i -> call(all[i], "ecr"), i -> call(all[i], "cer"));

    assertLoad(0, 0);
    assertEquals(ROUNDS, cell.released(Outcome.SUCCESS));
    assertEquals(ROUNDS, cell.doubleReleases());
  }

  private void use(Assignment mine, SplittableRandom random) {
    mine.assign(cell, 0);
    if (random.nextInt(3) > 0) {
      mine.established();
      if (random.nextBoolean()) {
        mine.closing();
      }
    }
    cell.countToClient(2);
    cell.countFromClient(3);
    cell.countConnect(5);
    mine.release(Outcome.SUCCESS);
  }

  private static void call(Assignment assignment, String order) {
    order.chars().forEach(step -> call(assignment, step));
  }

  private void call(int step) {
    call(assignment, step);
  }

  private static void call(Assignment assignment, int step) {
    switch (step) {
      case 'e' -> assignment.established();
      case 'c' -> assignment.closing();
      case 'r' -> assignment.release(Outcome.SUCCESS);
      default -> throw new AssertionError(step);
    }
  }

  private void assertLoad(int active, int inactive) {
    assertEquals(active, cell.active(), "active");
    assertEquals(inactive, cell.inactive(), "inactive");
    assertEquals(active + inactive, cell.open(), "open");
    assertEquals(256L * active + inactive, cell.overhead(), "overhead");
  }

  private static Destination cell(String endpoint) {
    return new Destination(
        ServiceKey.tcp("v:80"),
        Endpoint.parse(endpoint),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
        suspended -> {});
  }
}
