package io.evenkeel.vrrp.protocol;

import static io.evenkeel.vrrp.protocol.GroupFixture.HIGH;
import static io.evenkeel.vrrp.protocol.GroupFixture.LOW;
import static io.evenkeel.vrrp.protocol.GroupFixture.MS;
import static io.evenkeel.vrrp.protocol.GroupFixture.OURS;
import static io.evenkeel.vrrp.protocol.GroupFixture.SECOND;
import static io.evenkeel.vrrp.protocol.GroupFixture.backup;
import static io.evenkeel.vrrp.protocol.GroupFixture.group;
import static io.evenkeel.vrrp.protocol.GroupFixture.started;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Announce;
import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupAction.Take;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.PriorityChanged;
import io.evenkeel.vrrp.protocol.GroupEvent.Reclaim;
import io.evenkeel.vrrp.protocol.GroupEvent.Start;
import io.evenkeel.vrrp.protocol.GroupEvent.Stop;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupBackupTest {
  /** Three intervals of 1 s, and the skew time of priority 100: 156/256 of it. */
  private static final long DOWN = 3 * SECOND + 609_375_000;

  private static final long SKEW = 609_375_000;

  @Test
  void start_usual_isBackupForTheMasterDownInterval() {
    GroupFixture group = started(group(Routers.usual(100)));

    group.expect(new Changed(0, Phase.INITIALIZE, Phase.BACKUP, Cause.STARTED));
    assertEquals(DOWN, group.next());
    group.tick(DOWN - 1).expect().expectPhase(Phase.BACKUP);
    group
        .tick(DOWN)
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.MASTER_DOWN));
    assertEquals(DOWN + SECOND, group.next());
  }

  @Test
  void start_late_takesOverAllTheSame() {
    backup(Routers.usual(100)).tick(DOWN + 1).expectPhase(Phase.MASTER);
  }

  @ParameterizedTest
  @CsvSource({
    "V2, 1000, 3, 100, 3609375000",
    "V3, 1000, 3, 100, 3609375000",
    "V2, 2000, 3, 100, 6609375000",
    "V3, 2000, 3, 100, 7218750000",
    "V3, 10, 3, 254, 30078125",
    "V3, 10, 3, 1, 39960937",
    "V2, 255000, 100, 1, 25500996093750",
    "V3, 40950, 100, 1, 4135790039062",
    "V3, 1000, 1, 254, 1007812500",
  })
  void start_timing_isMasterAtTheEdge(
      Version version, long intervalMs, int adverts, int priority, long downNanos) {
    RouterConfig router =
        Routers.of(priority)
            .version(version)
            .interval(intervalMs * MS)
            .downTimerAdverts(adverts)
            .config();

    GroupFixture group = backup(router);

    assertEquals(downNanos, group.next());
    group.tick(downNanos - 1).expectPhase(Phase.BACKUP);
    group.tick(downNanos).expectPhase(Phase.MASTER);
  }

  @Test
  void start_asMaster_waitsAnIntervalAndTheShortestSkewTime() {
    long first = SECOND + SECOND / 256;
    GroupFixture group = backup(Routers.of(100).startsAsMaster().config());

    assertEquals(first, group.next());
    group.tick(first - 1).expectPhase(Phase.BACKUP);
    group.tick(first).expectPhase(Phase.MASTER);
  }

  @Test
  void start_asMasterWithLivingMaster_keepsHim() {
    backup(Routers.of(100).startsAsMaster().config())
        .hear(SECOND, 100, LOW)
        .tick(2 * SECOND)
        .expectPhase(Phase.BACKUP);
  }

  @Test
  void start_owner_isMasterAtOnce() {
    backup(Routers.nopreempt(255))
        .expect(
            new Advertise(0, 255),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.INITIALIZE, Phase.MASTER, Cause.OWNER));
  }

  @Test
  void start_delayed_isMasterNotBefore() {
    GroupConfig config = new GroupConfig(List.of(Routers.usual(255)), 10 * SECOND, 0, false);
    GroupFixture group = started(config);

    assertEquals(10 * SECOND, group.next());
    group.tick(10 * SECOND - 1).expectPhase(Phase.BACKUP);
    group.tick(10 * SECOND).expectPhase(Phase.MASTER);
  }

  @Test
  void start_twice_changesNothing() {
    GroupFixture group = backup(Routers.usual(100));
    GroupState before = group.state;

    group.tell(SECOND, new Start()).expect();

    assertEquals(before, group.state);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 101, 255})
  void hear_notLower_timerStartsAgain(int priority) {
    // Of the same priority whatever its address.
    GroupFixture group = backup(Routers.usual(100)).hear(3 * SECOND, priority, LOW).expect();

    assertEquals(3 * SECOND + DOWN, group.next());
    group.tick(3 * SECOND + DOWN - 1).expectPhase(Phase.BACKUP);
    group
        .tick(3 * SECOND + DOWN)
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.MASTER_DOWN));
  }

  @Test
  void hear_lower_timerRunsOn() {
    GroupFixture group = backup(Routers.usual(100)).hear(3 * SECOND, 99, HIGH).expect();

    assertEquals(DOWN, group.next());
    group
        .tick(DOWN)
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.PREEMPTED));
  }

  @Test
  void hear_lowerWithNopreempt_timerStartsAgain() {
    GroupFixture group = backup(Routers.nopreempt(100)).hear(3 * SECOND, 1, LOW);

    assertEquals(3 * SECOND + DOWN, group.next());
  }

  @Test
  void hear_resigned_isMasterAfterTheSkewTime() {
    GroupFixture group = backup(Routers.nopreempt(100)).hear(SECOND, 200, HIGH);
    group.hear(2 * SECOND, 0, HIGH).expectSaw(Sight.RESIGNED);

    assertEquals(2 * SECOND + SKEW, group.next());
    group.tick(2 * SECOND + SKEW - 1).expectPhase(Phase.BACKUP);
    group
        .tick(2 * SECOND + SKEW)
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.MASTER_RESIGNED));
  }

  @Test
  void hear_otherIntervalV3_goesByTheMastersUntilItIsMaster() {
    GroupFixture group = backup(Routers.usual(100));
    group.tell(0, new Heard(0, HIGH, 200, 10 * MS));

    long down = 30 * MS + 10 * MS * 156 / 256;
    assertEquals(down, group.next());
    group.tick().expectPhase(Phase.MASTER);
    assertEquals(down + SECOND, group.next());
  }

  @Test
  void hear_otherIntervalV3Ignored_isNotLearnt() {
    GroupFixture group = backup(Routers.usual(100));
    group.tell(0, new Heard(0, HIGH, 50, 10 * SECOND));
    group.hear(MS, 0, HIGH);

    assertEquals(MS + SKEW, group.next());
  }

  @Test
  void hear_otherIntervalV2_goesByItsOwn() {
    GroupFixture group = backup(Routers.of(100).version(Version.V2).config());
    group.tell(0, new Heard(0, HIGH, 200, 5 * SECOND));

    assertEquals(DOWN, group.next());
  }

  @Test
  void preemptDelay_lowerMaster_isPreemptedWhenItIsOver() {
    GroupFixture group = backup(Routers.of(100).preemptDelay(10 * SECOND).config());
    for (int s = 1; s <= 10; s++) {
      group.hear(s * SECOND, 50, LOW).expect();
    }

    assertEquals(11 * SECOND, group.next());
    group.tick(11 * SECOND - 1).expectPhase(Phase.BACKUP);
    group
        .tick(11 * SECOND)
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.PREEMPTED));
  }

  @Test
  void preemptDelay_lowerMasterDies_isReplacedBefore() {
    GroupFixture group = backup(Routers.of(100).preemptDelay(10 * SECOND).config());
    group.hear(SECOND, 50, LOW);

    assertEquals(SECOND + DOWN, group.next());
    group.tick().expectPhase(Phase.MASTER);
  }

  @Test
  void preemptDelay_masterNotLower_isCancelled() {
    GroupFixture group = backup(Routers.of(100).preemptDelay(10 * SECOND).config());
    group.hear(SECOND, 50, LOW);
    for (int s = 2; s <= 11; s++) {
      group.hear(s * SECOND, 100, LOW);
    }

    group.tick(11 * SECOND).expectPhase(Phase.BACKUP);
    group.hear(12 * SECOND, 50, LOW);
    group.hear(15 * SECOND, 50, LOW).hear(18 * SECOND, 50, LOW).hear(21 * SECOND, 50, LOW);
    assertEquals(22 * SECOND, group.next());
  }

  @Test
  void preemptDelay_lowerYieldsToTheMaster_doesNotBegin() {
    GroupFixture group = backup(Routers.of(100).preemptDelay(SECOND / 2).config());
    group.hear(SECOND, 200, HIGH).hear(SECOND + MS, 50, LOW);
    assertEquals(SECOND + DOWN, group.next());

    group.hear(2 * SECOND + 1, 50, LOW);
    assertEquals(2 * SECOND + 1 + SECOND / 2, group.next());
  }

  @Test
  void preemptDelay_oneResigns_goesOn() {
    GroupFixture group = backup(Routers.of(100).preemptDelay(2 * SECOND).config());
    group.hear(SECOND, 50, LOW).hear(SECOND + 2, 0, LOW).hear(SECOND + 3, 60, HIGH);

    assertEquals(3 * SECOND, group.next());
  }

  @Test
  void preemptDelay_over_lowerIsIgnoredFromThen() {
    GroupFixture group = backup(Routers.of(100).preemptDelay(SECOND).config());
    group.hear(SECOND, 50, LOW).hear(2 * SECOND, 50, LOW).expectPhase(Phase.BACKUP);

    assertEquals(SECOND + DOWN, group.timer());
    assertEquals(2 * SECOND, group.next());
    group.tick(2 * SECOND).expectPhase(Phase.MASTER);
  }

  @ParameterizedTest
  @CsvSource({"100, 200", "200, 100"})
  void priorityChanged_backup_timerMovesByTheDifferenceOfTheSkewTimes(int from, int to) {
    GroupFixture group = backup(Routers.usual(from));
    long before = group.next();

    group.tell(SECOND, new PriorityChanged(0, to)).expect();

    assertEquals(before + (from - to) * SECOND / 256, group.next());
    group.tick().expectPhase(Phase.MASTER);
    assertEquals(to, group.member().priority());
  }

  @Test
  void priorityChanged_toThatOfTheMaster_followsHim() {
    GroupFixture group = backup(Routers.usual(100)).hear(3 * SECOND, 50, LOW);
    group.tell(DOWN - 1, new PriorityChanged(0, 50));

    assertEquals(3 * SECOND + 3 * SECOND + SECOND * 206 / 256, group.next());
  }

  @Test
  void priorityChanged_belowTheMaster_cancelsThePreemptDelay() {
    GroupFixture group = backup(Routers.of(100).preemptDelay(10 * SECOND).config());
    group.hear(9 * SECOND, 50, LOW).hear(18 * SECOND, 50, LOW);
    group.tell(19 * SECOND - 1, new PriorityChanged(0, 49));

    group.tick(19 * SECOND).expectPhase(Phase.BACKUP);
    assertEquals(18 * SECOND + 3 * SECOND + SECOND * 207 / 256, group.next());
  }

  @Test
  void priorityChanged_aboveTheMasterThatResigned_staysInHaste() {
    GroupFixture group = backup(Routers.usual(100)).hear(SECOND, 0, LOW);
    group.tell(SECOND, new PriorityChanged(0, 200));

    assertEquals(SECOND + SECOND * 56 / 256, group.next());
  }

  @Test
  void priorityChanged_owner_changesNothing() {
    backup(Routers.usual(255))
        .tell(MS, new PriorityChanged(0, 100))
        .tick()
        .expect(new Advertise(0, 255));
  }

  @Test
  void priorityChanged_beforeTheStart_isRemembered() {
    GroupFixture group = new GroupFixture(group(Routers.usual(100)));
    group.tell(0, new PriorityChanged(0, 200)).expect();
    group.tell(0, new Start());

    assertEquals(3 * SECOND + SECOND * 56 / 256, group.next());
  }

  @Test
  void fault_backup_isFaultUntilItIsClearedAndThenBackupAnew() {
    GroupFixture group = backup(Routers.of(100).startsAsMaster().config());
    group
        .fault(MS, true)
        .expect(new Changed(0, Phase.BACKUP, Phase.FAULT, Cause.FAULT))
        .expectPhase(Phase.FAULT);
    assertEquals(true, Group.nextNanos(group.config, group.state).isEmpty());
    group.hear(2 * MS, 0, LOW).tick(10 * SECOND).expect().expectPhase(Phase.FAULT);
    group
        .fault(20 * SECOND, false)
        .expect(new Changed(0, Phase.FAULT, Phase.BACKUP, Cause.FAULT_CLEARED));
    assertEquals(20 * SECOND + DOWN, group.next());
  }

  @Test
  void fault_beforeTheStart_startsInFault() {
    GroupFixture group = new GroupFixture(group(Routers.usual(100))).fault(0, true).expect();

    group.tell(0, new Start()).expect(new Changed(0, Phase.INITIALIZE, Phase.FAULT, Cause.FAULT));
  }

  @Test
  void fault_ownersCleared_isMasterAtOnce() {
    backup(Routers.usual(255))
        .fault(MS, true)
        .fault(2 * MS, false)
        .expect(
            new Advertise(0, 255),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.FAULT, Phase.MASTER, Cause.OWNER));
  }

  @Test
  void stop_backup_endsWithoutAWord() {
    GroupFixture group = backup(Routers.usual(100)).hear(MS, 200, HIGH);

    group
        .tell(SECOND, new Stop())
        .expect(new Changed(0, Phase.BACKUP, Phase.INITIALIZE, Cause.STOPPED));
    group.tick(10 * SECOND).hear(11 * SECOND, 0, HIGH).tick(20 * SECOND).expect();
    group.tell(20 * SECOND, new Stop()).expect().expectPhase(Phase.INITIALIZE);
  }

  @Test
  void reclaim_lowerMaster_isMasterNowWithNopreempt() {
    backup(Routers.nopreempt(100))
        .hear(MS, 99, HIGH)
        .tell(2 * MS, new Reclaim())
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.RECLAIMED));
  }

  @Test
  void reclaim_nobodyHeardYet_isMasterWhenALowerOneIsHeard() {
    GroupFixture group = backup(Routers.nopreempt(100)).tell(MS, new Reclaim()).expect();

    assertEquals(DOWN, group.next());
    group.tick(SECOND).expectPhase(Phase.BACKUP);
    group
        .hear(SECOND, 99, HIGH)
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.RECLAIMED));
  }

  @Test
  void reclaim_nobodyHeardYet_isBackupOfOneThatWins() {
    GroupFixture group = backup(Routers.nopreempt(100)).tell(MS, new Reclaim()).expect();
    group.hear(SECOND, 100, HIGH);

    assertEquals(Plan.NONE, group.state.plan());
    assertEquals(SECOND + DOWN, group.next());
  }

  @Test
  void reclaim_nobodyThere_isMasterAfterTheMasterDownInterval() {
    backup(Routers.nopreempt(100))
        .tell(MS, new Reclaim())
        .tick(DOWN)
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.MASTER_DOWN));
  }

  @Test
  void reclaim_masterThatWins_changesNothing() {
    backup(Routers.nopreempt(100))
        .hear(MS, 100, HIGH)
        .tell(2 * MS, new Reclaim())
        .expect()
        .hear(3 * MS, 99, LOW)
        .tick(DOWN)
        .expectPhase(Phase.BACKUP);
  }

  @Test
  void heard_address_isRememberedForTheStatus() {
    GroupFixture group = backup(Routers.usual(100)).hear(SECOND, 200, HIGH);

    assertEquals(HIGH, group.member().heard().address());
    assertEquals(200, group.member().heard().priority());
    assertEquals(OURS, group.member().primary());
  }
}
