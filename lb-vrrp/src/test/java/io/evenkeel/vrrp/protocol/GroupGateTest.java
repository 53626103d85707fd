package io.evenkeel.vrrp.protocol;

import static io.evenkeel.vrrp.protocol.GroupFixture.LOW;
import static io.evenkeel.vrrp.protocol.GroupFixture.MS;
import static io.evenkeel.vrrp.protocol.GroupFixture.SECOND;
import static io.evenkeel.vrrp.protocol.GroupFixture.ZERO;
import static io.evenkeel.vrrp.protocol.GroupFixture.exclusive;
import static io.evenkeel.vrrp.protocol.GroupFixture.started;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Announce;
import io.evenkeel.vrrp.protocol.GroupAction.Ask;
import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupAction.Drop;
import io.evenkeel.vrrp.protocol.GroupAction.Release;
import io.evenkeel.vrrp.protocol.GroupAction.Take;
import io.evenkeel.vrrp.protocol.GroupEvent.Granted;
import io.evenkeel.vrrp.protocol.GroupEvent.HandOver;
import io.evenkeel.vrrp.protocol.GroupEvent.Reclaim;
import io.evenkeel.vrrp.protocol.GroupEvent.Refused;
import io.evenkeel.vrrp.protocol.GroupEvent.Stop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupGateTest {
  private static final long DOWN = 3 * SECOND + 609_375_000;
  private static final long HOLDS = 30 * SECOND;

  private static final Changed LOST = new Changed(0, Phase.MASTER, Phase.BACKUP, Cause.GATE_LOST);

  /** Has asked, at {@link #DOWN}. */
  private static GroupFixture asked() {
    return started(exclusive(Routers.usual(100))).tick(DOWN).expect(new Ask(1));
  }

  /** Master since {@link #DOWN}; the gate holds for {@link #HOLDS} from then on. */
  private static GroupFixture passed() {
    return asked().tell(DOWN, new Granted(1, ZERO + DOWN + HOLDS)).expectPhase(Phase.MASTER);
  }

  /** Ticks up to then. */
  private static GroupFixture pass(GroupFixture group, long untilNanos) {
    while (group.next() - untilNanos < 0) {
      group.tick();
    }
    return group;
  }

  @Test
  void ask_due_isBackupWithoutAWordUntilItIsGranted() {
    GroupFixture group = asked().expectPhase(Phase.BACKUP);

    assertEquals(true, Group.nextNanos(group.config, group.state).isEmpty());
    group.tick(10 * DOWN).expect();
    group
        .tell(10 * DOWN, new Granted(1, ZERO + 10 * DOWN + HOLDS))
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.MASTER_DOWN));
  }

  @ParameterizedTest
  @CsvSource({"255, false", "100, true"})
  void start_thatIsMasterSooner_listensFirst(int priority, boolean startsAsMaster) {
    Routers router = Routers.of(priority);
    RouterConfig config = startsAsMaster ? router.startsAsMaster().config() : router.config();

    GroupFixture group = started(exclusive(config));

    assertEquals(3 * SECOND + SECOND * (256 - priority) / 256, group.next());
  }

  @Test
  void refused_pending_isAskedAgainAfterAMasterDownInterval() {
    GroupFixture group = asked();
    group.tell(4 * SECOND, new Refused(1)).expect().expectSaw(Sight.GATE_REFUSED);

    assertEquals(4 * SECOND + DOWN, group.next());
    group.tick(4 * SECOND + DOWN - 1).expect();
    group.tick(4 * SECOND + DOWN).expect(new Ask(2));
    group.tell(20 * SECOND, new Granted(1, ZERO + 90 * SECOND)).expect();
    group.tell(20 * SECOND, new Refused(1)).expect().expectSaw();
    group.tell(20 * SECOND, new Granted(2, ZERO + 90 * SECOND)).expectPhase(Phase.MASTER);
  }

  @Test
  void pending_masterHeard_isCalledOffAndGivenBackIfItIsPassedLate() {
    GroupFixture group = asked();
    // Of lower priority: it lives, and is left alone.
    group.hear(4 * SECOND, 50, LOW).expect(new Release());

    group.tell(5 * SECOND, new Granted(1, ZERO + HOLDS)).expect(new Release());
    group.expectPhase(Phase.BACKUP);
    assertEquals(4 * SECOND + DOWN, group.next());
    group.tick().expect(new Ask(2));
  }

  @Test
  void pending_masterResigned_goesOn() {
    asked()
        .hear(4 * SECOND, 0, LOW)
        .expect()
        .tell(5 * SECOND, new Granted(1, ZERO + HOLDS))
        .expectPhase(Phase.MASTER);
  }

  @Test
  void pending_fault_isCancelled() {
    asked()
        .fault(4 * SECOND, true)
        .tell(5 * SECOND, new Granted(1, ZERO + HOLDS))
        .expect(new Release())
        .expectPhase(Phase.FAULT);
  }

  @Test
  void pending_stopped_isGivenBackIfItIsPassedLate() {
    asked()
        .tell(4 * SECOND, new Stop())
        .tell(5 * SECOND, new Granted(1, ZERO + HOLDS))
        .expect(new Release())
        .expectPhase(Phase.INITIALIZE);
  }

  @Test
  void granted_overAlready_isRefused() {
    GroupFixture group = asked();
    group.tell(40 * SECOND, new Granted(1, ZERO + 40 * SECOND)).expect(new Release());

    group.expectSaw(Sight.GATE_REFUSED).expectPhase(Phase.BACKUP);
    assertEquals(40 * SECOND + DOWN, group.next());
  }

  @Test
  void granted_lastInstant_isMaster() {
    asked()
        .tell(40 * SECOND, new Granted(1, ZERO + 40 * SECOND + 1))
        .expectPhase(Phase.MASTER)
        .tick(40 * SECOND + 1)
        .expectPhase(Phase.BACKUP);
  }

  @Test
  void granted_forever_neverEnds() {
    GroupFixture group = asked().tell(DOWN, new Granted(1, ZERO + DOWN + Long.MAX_VALUE));

    assertEquals(DOWN + SECOND, group.next());
    pass(group, 1000 * SECOND).expectPhase(Phase.MASTER);
  }

  @Test
  void passed_aThirdOfItsTime_isAskedAgain() {
    GroupFixture group = pass(passed(), DOWN + HOLDS / 3);
    group.tick(DOWN + HOLDS / 3 - 1).expect();

    group.tick(DOWN + HOLDS / 3).expect(new Advertise(0, 100), new Ask(2));
    group.tell(DOWN + HOLDS / 2, new Granted(2, ZERO + DOWN + 2 * HOLDS)).expect();
    pass(group, DOWN + HOLDS + 2).expectPhase(Phase.MASTER);
  }

  @Test
  void passed_isOver_dropsBeforeItResignsAndReleases() {
    GroupFixture group = pass(passed(), DOWN + HOLDS);
    group.tick(DOWN + HOLDS - 1).expect().expectPhase(Phase.MASTER);

    group.tick(DOWN + HOLDS).expect(new Drop(0), new Advertise(0, 0), new Release(), LOST);
    assertEquals(DOWN + HOLDS + DOWN, group.next());
  }

  @Test
  void passed_isOverDuringAStall_dropsWithoutAWordWhateverComesFirst() {
    passed().hear(DOWN + HOLDS, 1, LOW).expect(new Drop(0), new Release(), LOST);
    passed().tick(DOWN + HOLDS).expect(new Drop(0), new Release(), LOST);
    passed()
        .tell(DOWN + HOLDS, new Granted(2, ZERO + DOWN + 2 * HOLDS))
        .expect(new Drop(0), new Release(), new Release(), LOST);
  }

  @Test
  void renewal_refused_isAskedAgainUntilItIsOver() {
    GroupFixture group =
        pass(passed(), DOWN + HOLDS / 3).tick().expect(new Advertise(0, 100), new Ask(2));
    group.tell(DOWN + 10 * SECOND, new Refused(2)).expectSaw(Sight.GATE_REFUSED);
    pass(group, DOWN + 20 * SECOND).tick().expect(new Advertise(0, 100), new Ask(3));
    group.tell(DOWN + 29_500 * MS, new Refused(3));

    pass(group, DOWN + HOLDS).expectPhase(Phase.MASTER).tick();
    group.expect(new Drop(0), new Advertise(0, 0), new Release(), LOST);
  }

  @Test
  void renewal_hangs_dropsInTime() {
    GroupFixture group = pass(passed(), DOWN + HOLDS).expectPhase(Phase.MASTER).tick();

    group.expect(new Drop(0), new Advertise(0, 0), new Release(), LOST);
    group.tell(DOWN + HOLDS, new Granted(2, ZERO + DOWN + 2 * HOLDS)).expect(new Release());
  }

  @Test
  void renewal_olderAnswer_changesNothing() {
    GroupFixture group = pass(passed(), DOWN + HOLDS / 3).tick();
    GroupState before = group.state;

    group.tell(DOWN + HOLDS / 3, new Granted(1, ZERO + 90 * SECOND)).expect();
    group.tell(DOWN + HOLDS / 3, new Refused(1)).expect();
    assertEquals(before, group.state);
  }

  @Test
  void hear_higher_dropsAndReleases() {
    passed()
        .hear(DOWN + MS, 200, LOW)
        .expect(
            new Drop(0),
            new Advertise(0, 100),
            new Release(),
            new Changed(0, Phase.MASTER, Phase.BACKUP, Cause.HIGHER_PRIORITY));
  }

  @Test
  void stop_master_releasesLast() {
    passed()
        .tell(DOWN + MS, new Stop())
        .expect(
            new Drop(0),
            new Advertise(0, 0),
            new Release(),
            new Changed(0, Phase.MASTER, Phase.INITIALIZE, Cause.STOPPED));
  }

  @Test
  void handOver_master_releasesAndWaits() {
    GroupFixture group = passed();
    group
        .tell(DOWN + MS, new HandOver())
        .expect(
            new Drop(0),
            new Advertise(0, 0),
            new Release(),
            new Changed(0, Phase.MASTER, Phase.BACKUP, Cause.HANDED_OVER));

    assertEquals(DOWN + MS + 2 * DOWN, group.next());
    group.tick().expect(new Ask(2));
  }

  @Test
  void reclaim_livingMaster_isLeftAlone() {
    GroupFixture group = passed().tell(DOWN + MS, new HandOver()).hear(5 * SECOND, 50, LOW);
    group.tell(5 * SECOND, new Reclaim()).expect();

    assertEquals(Plan.NONE, group.state.plan());
    assertEquals(5 * SECOND + DOWN, group.next());
  }

  @Test
  void hear_lowerMaster_isLeftAlone() {
    GroupFixture group = started(exclusive(Routers.usual(255))).hear(SECOND, 1, LOW);

    assertEquals(SECOND + 3 * SECOND + SECOND / 256, group.next());
  }
}
