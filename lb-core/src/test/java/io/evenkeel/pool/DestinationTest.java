// Over 500 lines: the edges of one cell, whose fields change together.
package io.evenkeel.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
  private static final ServiceKey SERVICE = ServiceKey.tcp("v:80");
  private static final Endpoint ENDPOINT = Endpoint.parse("a:1");
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

  private final List<Destination> suspensions = new ArrayList<>();
  private final Destination cell = new Destination(SERVICE, ENDPOINT, ADDRESS, suspensions::add);

  @Test
  void new_cell_isAvailableAndEmpty() {
    assertSame(SERVICE, cell.service());
    assertSame(ENDPOINT, cell.endpoint());
    assertSame(ADDRESS, cell.address());
    assertTrue(cell.isAvailable());
    assertEquals(0, cell.open());
    assertEquals(0, cell.overhead());
    assertEquals(0, cell.connections());
    assertEquals("tcp v:80 -> a:1", cell.toString());
  }

  @Test
  void overhead_mixed_is256ActiveAndInactive() {
    open(3, 2);

    assertEquals(3, cell.active());
    assertEquals(2, cell.inactive());
    assertEquals(5, cell.open());
    // 3 * 256 + 2
    assertEquals(770, cell.overhead());
    assertEquals(5, cell.connections());
  }

  @Test
  void overhead_manyInactive_doNotSpillOver() {
    open(1, 300);

    assertEquals(1, cell.active());
    assertEquals(300, cell.inactive());
    assertEquals(556, cell.overhead());
  }

  @Test
  void release_connectFailed_suspendsAndTellsOnce() {
    List<Assignment> three = open(0, 3);

    three.get(0).release(Outcome.CONNECT_FAILED);

    assertFalse(cell.isAvailable());
    assertEquals(List.of(cell), suspensions);

    three.get(1).release(Outcome.CONNECT_FAILED);
    three.get(2).release(Outcome.SUCCESS);

    assertFalse(cell.isAvailable());
    assertEquals(List.of(cell), suspensions);
    assertEquals(2, cell.released(Outcome.CONNECT_FAILED));
    assertEquals(1, cell.released(Outcome.SUCCESS));
  }

  @Test
  void release_connectFailedAfterClearing_tellsAgain() {
    List<Assignment> two = open(0, 2);
    two.get(0).release(Outcome.CONNECT_FAILED);

    cell.suspend(false);
    assertTrue(cell.isAvailable());
    two.get(1).release(Outcome.CONNECT_FAILED);

    assertFalse(cell.isAvailable());
    assertEquals(List.of(cell, cell), suspensions);
  }

  @Test
  void suspend_byTheDirector_tellsNobody() {
    cell.suspend(true);

    assertFalse(cell.isAvailable());
    assertEquals(List.of(), suspensions);
  }

  @ParameterizedTest
  @EnumSource(value = Outcome.class, mode = EnumSource.Mode.EXCLUDE, names = "CONNECT_FAILED")
  void release_otherOutcome_staysAvailable(Outcome outcome) {
    open(1, 0).get(0).release(outcome);

    assertTrue(cell.isAvailable());
    assertEquals(List.of(), suspensions);
  }

  /** The contract of onSuspend: told when it went from available to suspended, so once. */
  @Test
  void release_twoThreadsSeeFailures_tellOnce() throws Exception {
    int rounds = 20_000;
    Destination[] cells = new Destination[rounds];
    Assignment[][] both = new Assignment[2][rounds];
    AtomicInteger told = new AtomicInteger();
    for (int i = 0; i < rounds; i++) {
      cells[i] = new Destination(SERVICE, ENDPOINT, ADDRESS, d -> told.incrementAndGet());
      both[0][i] = assigned(cells[i]);
      both[1][i] = assigned(cells[i]);
    }

    TwoThreads.inStep(
        rounds,
        i -> both[0][i].release(Outcome.CONNECT_FAILED),
        i -> both[1][i].release(Outcome.CONNECT_FAILED));

    assertEquals(rounds, told.get());
    for (Destination each : cells) {
      assertFalse(each.isAvailable());
      assertEquals(2, each.released(Outcome.CONNECT_FAILED));
      assertEquals(0, each.open());
    }
  }

  private List<Assignment> open(int active, int inactive) {
    List<Assignment> all = new ArrayList<>();
    for (int i = 0; i < active + inactive; i++) {
      Assignment assignment = assigned(cell);
      if (i < active) {
        assignment.established();
      }
      all.add(assignment);
    }
    return all;
  }

  private static Assignment assigned(Destination cell) {
    Assignment assignment = new Assignment();
    assignment.assign(cell, 0);
    return assignment;
  }

  /** ip_vs_bind_dest and ip_vs_unbind_dest in net/netfilter/ipvs/ip_vs_conn.c. */
  @Test
  void thresholds_bothSet_overloadedFromUpperUntilBelowLower() {
    cell.thresholds(4, 2);
    List<Assignment> open = openOneByOne(3);
    assertFalse(cell.isOverloaded());
    open.addAll(openOneByOne(1));
    assertTrue(cell.isOverloaded());
    assertFalse(cell.isAvailable());
    assertFalse(cell.isSuspended());
    open.remove(0).release(Outcome.SUCCESS);
    open.remove(0).release(Outcome.SUCCESS);
    // 2 left, not less than 2.
    assertTrue(cell.isOverloaded());
    open.remove(0).release(Outcome.SUCCESS);
    assertFalse(cell.isOverloaded());
    assertTrue(cell.isAvailable());
  }

  @Test
  void thresholds_upperAlone_overloadedUntilBelowThreeQuarters() {
    cell.thresholds(4, 0);
    List<Assignment> open = openOneByOne(5);
    open.remove(0).release(Outcome.SUCCESS);
    open.remove(0).release(Outcome.SUCCESS);
    // 3 * 4 = 4 * 3: not less.
    assertTrue(cell.isOverloaded());
    open.remove(0).release(Outcome.SUCCESS);
    assertFalse(cell.isOverloaded());
  }

  /** __ip_vs_update_dest in net/netfilter/ipvs/ip_vs_ctl.c. */
  @Test
  void thresholds_edited_onlyAHigherOneOrNoneEndsTheOverload() {
    cell.thresholds(2, 0);
    openOneByOne(2);
    cell.thresholds(1, 0);
    assertTrue(cell.isOverloaded());
    cell.thresholds(3, 0);
    assertFalse(cell.isOverloaded());
    openOneByOne(1);
    assertTrue(cell.isOverloaded());
    cell.thresholds(0, 0);
    assertFalse(cell.isOverloaded());
  }

  @Test
  void thresholds_setBelowWhatIsOpen_countsFromTheNextConnectionOn() {
    openOneByOne(3);
    cell.thresholds(2, 0);
    assertFalse(cell.isOverloaded());
    openOneByOne(1);
    assertTrue(cell.isOverloaded());
  }

  /** The last one released while another is being opened must not leave it overloaded for good. */
  @Test
  void thresholds_twoThreads_nobodyLeft_isNotOverloaded() throws Exception {
    cell.thresholds(1, 1);
    for (int round = 0; round < 2000; round++) {
      TwoThreads.inStep(
          10,
          step -> openOneByOne(1).get(0).release(Outcome.SUCCESS),
          step -> openOneByOne(1).get(0).release(Outcome.SUCCESS));
      assertFalse(cell.isOverloaded(), "round " + round);
    }
  }

  @Test
  void watch_anyChange_isTold() {
    List<Integer> told = new ArrayList<>();
    cell.watch(told::add, 7);
    Assignment assignment = new Assignment();
    assignment.assign(cell, 0);
    assignment.established();
    assignment.closing();
    assignment.release(Outcome.SUCCESS);
    assertEquals(List.of(7, 7, 7, 7), told);
    cell.suspend(true);
    cell.suspend(true);
    cell.suspend(false);
    assertEquals(6, told.size());
  }

  @Test
  void warmUp_timeAndApplication_eachHoldsUntilItsEnd() {
    assertNull(cell.warmUp());
    cell.warmUp(5);
    assertEquals(new WarmUp(5, Double.NaN), cell.warmUp());
    cell.warmth(0.25);
    assertEquals(new WarmUp(5, 0.25), cell.warmUp());
    cell.warmUp(9);
    assertEquals(new WarmUp(9, 0.25), cell.warmUp());
    assertTrue(cell.isAvailable());
    cell.warmth(1);
    assertNull(cell.warmUp());
    cell.warmUp(10);
    assertEquals(new WarmUp(10, Double.NaN), cell.warmUp());
  }

  @Test
  void warmedUp_somethingElseWasSaidMeanwhile_thatHolds() {
    cell.warmUp(5);
    WarmUp seen = Objects.requireNonNull(cell.warmUp());
    cell.warmUp(6);

    cell.warmedUp(seen);
    assertEquals(new WarmUp(6, Double.NaN), cell.warmUp());
    cell.warmedUp(Objects.requireNonNull(cell.warmUp()));
    assertNull(cell.warmUp());
  }

  @Test
  void warmUp_anyChange_isTold() {
    List<Integer> told = new ArrayList<>();
    cell.watch(told::add, 7);
    cell.warmUp(5);
    cell.warmth(0.5);
    cell.warmedUp(Objects.requireNonNull(cell.warmUp()));

    assertEquals(List.of(7, 7, 7), told);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void warmth_outOfRange_saysWhatIsExpected(double value) {
    assertEquals(
        "warmth: " + value + " (expected: 0..1)",
        assertThrows(IllegalArgumentException.class, () -> cell.warmth(value)).getMessage());
  }

  @Test
  void eject_andSuspend_neitherUndoesTheOther() {
    cell.eject(true);
    assertFalse(cell.isAvailable());
    assertFalse(cell.isServing());
    assertTrue(cell.isEjected());
    assertFalse(cell.isSuspended());
    cell.suspend(true);
    cell.eject(false);
    assertFalse(cell.isAvailable());
    assertFalse(cell.isEjected());
    assertTrue(cell.isSuspended());
    cell.eject(true);
    cell.suspend(false);
    assertFalse(cell.isAvailable());
    cell.eject(false);
    assertTrue(cell.isAvailable());
    assertTrue(cell.isServing());
    assertEquals(List.of(), suspensions);
  }

  @Test
  void isServing_overloaded_isSoAllTheSame() {
    cell.thresholds(1, 0);
    openOneByOne(1);

    assertFalse(cell.isAvailable());
    assertTrue(cell.isServing());
  }

  @ParameterizedTest
  @CsvSource({
    "SUCCESS, 0",
    "ABORTED, 3",
    "CONNECT_FAILED, 4",
    "TIMED_OUT, 4",
    "FAILED, 4",
    "SERVER_ERROR, 4"
  })
  void failuresInARow_fourthOutcome_endsItOrNot(Outcome fourth, int row) {
    release(3, Outcome.FAILED);
    assertEquals(3, cell.takeFailuresInARow());

    release(1, fourth);
    // Only what is longer since is told; so it goes on by one.
    int taken = cell.takeFailuresInARow();
    release(1, Outcome.FAILED);

    assertEquals(fourth.isFailure() ? 4 : 0, taken);
    assertEquals(row + 1, cell.takeFailuresInARow());
  }

  @Test
  void takeFailuresInARow_severalRows_isTheLongest() {
    release(3, Outcome.FAILED);
    release(1, Outcome.SUCCESS);
    release(2, Outcome.FAILED);

    assertEquals(3, cell.takeFailuresInARow());
    assertEquals(0, cell.takeFailuresInARow());
  }

  @Test
  void forgetFailures_inARow_beginsAnew() {
    release(3, Outcome.FAILED);
    cell.forgetFailures();
    assertEquals(0, cell.takeFailuresInARow());

    release(1, Outcome.FAILED);
    assertEquals(1, cell.takeFailuresInARow());
  }

  @Test
  void onFailure_severalFailures_toldOnceUntilTaken() {
    List<Destination> told = new ArrayList<>();
    release(1, Outcome.FAILED);
    cell.onFailure(told::add);
    release(1, Outcome.SUCCESS);
    release(1, Outcome.ABORTED);
    assertEquals(0, told.size());
    release(3, Outcome.FAILED);
    assertEquals(1, told.size());

    assertEquals(3, cell.takeFailuresInARow());
    release(1, Outcome.CONNECT_FAILED);
    assertEquals(List.of(cell, cell), told);
    assertEquals(List.of(cell), suspensions);

    // A new listener does not wait for what the old one was told.
    List<Destination> other = new ArrayList<>();
    cell.onFailure(other::add);
    release(1, Outcome.FAILED);
    assertEquals(1, other.size());
    cell.takeFailuresInARow();
    cell.onFailure(null);
    release(1, Outcome.FAILED);
    assertEquals(1, other.size());
    assertEquals(2, told.size());
  }

  @Test
  void trial_asManyAsItAllows_isEjectedUntilOneEnds() {
    List<Assignment> before = openOneByOne(5);
    List<Destination> told = new ArrayList<>();
    cell.onFailure(told::add);
    Trial trial = new Trial(2);
    cell.trial(trial);
    assertTrue(cell.isAvailable());
    List<Assignment> tried = openOneByOne(1);
    assertTrue(cell.isAvailable());
    tried.addAll(openOneByOne(1));
    assertFalse(cell.isAvailable());
    assertTrue(cell.isEjected());
    assertFalse(cell.isServing());
    assertEquals(2, trial.open());

    before.forEach(each -> each.release(Outcome.SUCCESS));
    assertEquals(0, trial.takePassed());
    assertTrue(cell.isEjected());
    assertEquals(List.of(), told);
    tried.get(0).release(Outcome.SUCCESS);
    assertTrue(cell.isAvailable());
    assertEquals(List.of(cell), told);
    assertEquals(1, trial.takePassed());
    assertEquals(0, trial.takePassed());
    assertEquals(0, trial.takeFailed());

    tried.addAll(openOneByOne(1));
    assertTrue(cell.isEjected());
    cell.trial(null);
    assertTrue(cell.isAvailable());
    // They belong to a trial that is over, and not to another one.
    Trial next = new Trial(1);
    cell.trial(next);
    tried.get(1).release(Outcome.FAILED);
    tried.get(2).release(Outcome.ABORTED);
    assertEquals(0, next.open());
    assertEquals(0, next.takeFailed());
    assertEquals(1, trial.takeFailed());
    assertEquals(0, trial.takePassed());
    cell.countDatagram();
    assertEquals(0, next.open());
    assertEquals(1, next.takePassed());
    assertTrue(cell.isAvailable());
  }

  @Test
  void counted_elsewhere_isAddedToWhatIsCountedHere() {
    Assignment own = new Assignment();
    own.assign(cell, 0);

    cell.counted(3, 4, 10);
    assertEquals(3, cell.active());
    assertEquals(5, cell.inactive());
    assertEquals(11, cell.connections());

    cell.counted(-3, -1, 0);
    own.release(Outcome.SUCCESS);
    assertEquals(0, cell.active());
    assertEquals(3, cell.inactive());
    assertEquals(11, cell.connections());
  }

  @Test
  void counted_asManyAsTheThreshold_isOverloadedUntilTheyAreFewer() {
    cell.thresholds(4, 2);

    cell.counted(3, 1, 4);
    assertTrue(cell.isOverloaded());
    cell.counted(-1, -1, 0);
    assertTrue(cell.isOverloaded());
    cell.counted(-1, 0, 0);
    assertFalse(cell.isOverloaded());
  }

  @Test
  void boundTrial_lifted_isCountedAndNotBound() {
    Trial trial = new Trial(1);
    cell.trial(trial);
    assertTrue(cell.isOnTrial());
    List<Assignment> tried = openOneByOne(1);
    assertTrue(cell.isEjected());

    cell.boundTrial(false);
    assertTrue(cell.isServing());
    tried.addAll(openOneByOne(2));
    assertTrue(cell.isAvailable());
    assertEquals(3, trial.open());
    tried.get(0).release(Outcome.FAILED);
    assertEquals(1, trial.takeFailed());

    cell.boundTrial(true);
    assertTrue(cell.isEjected());
    tried.get(1).release(Outcome.SUCCESS);
    assertTrue(cell.isEjected());
    tried.get(2).release(Outcome.SUCCESS);
    assertTrue(cell.isAvailable());
    assertEquals(2, trial.takePassed());
    cell.trial(null);
    assertFalse(cell.isOnTrial());
  }

  private void release(int count, Outcome outcome) {
    openOneByOne(count).forEach(each -> each.release(outcome));
  }

  private List<Assignment> openOneByOne(int count) {
    List<Assignment> opened = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Assignment assignment = new Assignment();
      assignment.assign(cell, 0);
      opened.add(assignment);
    }
    return opened;
  }
}
