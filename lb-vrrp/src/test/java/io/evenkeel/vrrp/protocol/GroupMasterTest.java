package io.evenkeel.vrrp.protocol;

import static io.evenkeel.vrrp.protocol.GroupFixture.HIGH;
import static io.evenkeel.vrrp.protocol.GroupFixture.LOW;
import static io.evenkeel.vrrp.protocol.GroupFixture.MS;
import static io.evenkeel.vrrp.protocol.GroupFixture.OURS;
import static io.evenkeel.vrrp.protocol.GroupFixture.SECOND;
import static io.evenkeel.vrrp.protocol.GroupFixture.master;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Announce;
import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupAction.Drop;
import io.evenkeel.vrrp.protocol.GroupEvent.HandOver;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.PrimaryChanged;
import io.evenkeel.vrrp.protocol.GroupEvent.PriorityChanged;
import io.evenkeel.vrrp.protocol.GroupEvent.Reclaim;
import io.evenkeel.vrrp.protocol.GroupEvent.Stop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupMasterTest {
  private static final long DOWN = 3 * SECOND + 609_375_000;

  /** From when on a backup of priority 254 may have taken over, after an advertisement. */
  private static final long SILENT = 3 * SECOND + SECOND / 128;

  private static Changed toBackup(Cause cause) {
    return new Changed(0, Phase.MASTER, Phase.BACKUP, cause);
  }

  /** When it has last sent an advertisement. */
  private static long sent(GroupFixture group) {
    return group.timer() - SECOND;
  }

  @Test
  void tick_due_advertises() {
    GroupFixture group = master(Routers.usual(100));
    long due = group.next();

    group.tick(due - 1).expect();
    group.tick(due).expect(new Advertise(0, 100));
    assertEquals(due + SECOND, group.next());
    // A little late: the next one is on time again.
    group.tick(due + SECOND + 1).expect(new Advertise(0, 100));
    assertEquals(due + 2 * SECOND, group.next());
  }

  @Test
  void tick_anIntervalLate_doesNotCatchUp() {
    GroupFixture group = master(Routers.usual(100));
    long due = group.next();

    group.tick(due + SECOND).expect(new Advertise(0, 100));
    assertEquals(due + 2 * SECOND, group.next());
  }

  @Test
  void announce_configured_repeats() {
    GroupFixture group = master(Routers.of(100).announce(5500 * MS, 700 * MS).config());
    long since = sent(group);
    for (int s = 1; s <= 5; s++) {
      group.tick().expect(new Advertise(0, 100));
    }
    assertEquals(since + 5500 * MS, group.next());
    group.tick().expect(new Announce(0));
    group.tick().expect(new Advertise(0, 100));
    assertEquals(since + 6200 * MS, group.next());
    group.tick().expect(new Announce(0));
    assertEquals(since + 6900 * MS, group.next());
  }

  @Test
  void announce_everyAlone_beginsAfterIt() {
    GroupFixture group = master(Routers.of(100).announce(0, 700 * MS).config());

    assertEquals(sent(group) + 700 * MS, group.next());
    group.tick().expect(new Announce(0));
  }

  @Test
  void announce_againAlone_isOnce() {
    GroupFixture group = master(Routers.of(100).announce(700 * MS, 0).config());
    group.tick().expect(new Announce(0));

    assertEquals(null, group.member().announceNanos());
  }

  @ParameterizedTest
  @CsvSource({
    "101, 1, HIGHER_PRIORITY",
    "255, 1, HIGHER_PRIORITY",
    "100, 3, HIGHER_ADDRESS",
  })
  void hear_thatWins_dropsAndSaysSo(int priority, int address, Cause cause) {
    GroupFixture group = master(Routers.usual(100));
    long now = group.next() - 1;
    group.hear(now, priority, GroupFixture.address(address));

    group.expect(new Drop(0), new Advertise(0, 100), toBackup(cause));
    assertEquals(now + DOWN, group.next());
    group.tick(now + DOWN - 1).expectPhase(Phase.BACKUP);
    group.tick(now + DOWN).expectPhase(Phase.MASTER);
  }

  @ParameterizedTest
  @CsvSource({"99, 3", "100, 1", "100, 2", "1, 3"})
  void hear_thatLoses_answersAtOnceAndAnnouncesNowAndWhenItIsOver(int priority, int address) {
    GroupFixture group = master(Routers.usual(100));
    long now = group.next() - 400 * MS;

    group
        .hear(now, priority, GroupFixture.address(address))
        .expect(new Advertise(0, 100), new Announce(0))
        .expectSaw(Sight.LOWER_PRIORITY);
    assertEquals(now + SECOND, group.next());
    group.hear(now + 100 * MS, priority, GroupFixture.address(address));
    group.expect(new Advertise(0, 100));
    group.tick(now + 1100 * MS).expect(new Advertise(0, 100));
    long over = now + 100 * MS + SECOND + SECOND / 8;
    assertEquals(over, group.next());
    group.tick(over - 1).expect();
    group.tick(over).expect(new Announce(0));
    group.tick().expect(new Advertise(0, 100));
  }

  @Test
  void hear_thePreemptedOnce_isNoConflict() {
    GroupFixture group = GroupFixture.backup(Routers.usual(100)).hear(3 * SECOND, 99, LOW).tick();
    long since = sent(group);

    group.hear(since + MS, 99, LOW).expect(new Advertise(0, 100)).expectSaw();
    group
        .hear(since + SECOND, 99, LOW)
        .expect(new Advertise(0, 100), new Announce(0))
        .expectSaw(Sight.LOWER_PRIORITY);
  }

  @Test
  void hear_thePreemptedAfterTheNextAdvertisement_isAConflict() {
    GroupFixture group = GroupFixture.backup(Routers.usual(100)).hear(3 * SECOND, 99, LOW).tick();
    group.tick(sent(group) + SECOND);

    group.hear(group.timer() - 1, 99, LOW).expect(new Advertise(0, 100), new Announce(0));
  }

  @Test
  void hear_thePreemptedResigns_isNoConflict() {
    GroupFixture group = GroupFixture.backup(Routers.usual(100)).hear(3 * SECOND, 99, LOW).tick();

    group.hear(group.timer() - 1, 0, LOW).expect(new Advertise(0, 100));
  }

  @Test
  void hear_lowerNotAnswered_goesOn() {
    GroupFixture group = master(Routers.of(100).silentToLower().config());
    long due = group.next();

    group.hear(due - 1, 50, LOW).expect(new Announce(0));
    assertEquals(due, group.next());
  }

  @Test
  void hear_resigned_advertisesAndAnnouncesAtOnce() {
    GroupFixture group = master(Routers.usual(100));
    long now = group.next() - 1;

    group
        .hear(now, 0, HIGH)
        .expect(new Advertise(0, 100), new Announce(0))
        .expectSaw(Sight.RESIGNED);
    assertEquals(now + SECOND, group.next());
  }

  @Test
  void primaryChanged_equalPriority_decides() {
    GroupFixture group = master(Routers.usual(100));
    long now = group.next() - 1;
    group.tell(now, new PrimaryChanged(0, GroupFixture.address(200))).expect();

    group.hear(now, 100, HIGH).expectPhase(Phase.MASTER);
  }

  @Test
  void address_firstByteOver127_isHigher() {
    GroupFixture group = master(Routers.usual(100));
    group.tell(group.timer() - 1, new PrimaryChanged(0, GroupFixture.address(127)));

    group.hear(group.timer() - 1, 100, GroupFixture.address(128)).expectPhase(Phase.BACKUP);
  }

  @Test
  void owners_lowerAddress_yieldsAtOnceAndOwnsAgainWhenTheOtherIsGone() {
    GroupFixture group = master255();
    group
        .hear(MS, 255, HIGH)
        .expect(new Drop(0), new Advertise(0, 254), toBackup(Cause.HIGHER_PRIORITY))
        .expectSaw(Sight.TWO_OWNERS);
    assertEquals(254, group.member().priority());
    group.hear(SECOND, 255, HIGH).expectPhase(Phase.BACKUP);
    group.tick();

    group.expectPhase(Phase.MASTER);
    assertEquals(255, group.member().priority());
  }

  @Test
  void owners_otherGivesWay_ownsAgain() {
    GroupFixture group = master255().hear(MS, 255, HIGH);
    long due = group.next();
    group.hear(SECOND, 254, HIGH);

    assertEquals(255, group.member().priority());
    assertEquals(due, group.next());
  }

  @Test
  void owners_higherAddress_saysItTwiceAndYieldsIfItIsChallengedStill() {
    long patience = SECOND + SECOND / 8;
    GroupFixture group = master255();
    group
        .hear(MS, 255, LOW)
        .expect(new Advertise(0, 255), new Advertise(0, 255))
        .expectSaw(Sight.TWO_OWNERS);
    group.hear(MS + patience - 1, 255, LOW).expect().expectPhase(Phase.MASTER);
    group
        .hear(MS + patience, 255, LOW)
        .expect(new Drop(0), new Advertise(0, 254), toBackup(Cause.HIGHER_PRIORITY));
    assertEquals(254, group.member().priority());
  }

  @Test
  void owners_challengeEnds_announces() {
    GroupFixture group = master255().hear(MS, 255, LOW);

    group.tick(MS + SECOND).expect(new Advertise(0, 255));
    assertEquals(MS + SECOND + SECOND / 8, group.next());
    group.tick().expect(new Announce(0));
    group.hear(2 * SECOND, 255, LOW).expect(new Advertise(0, 255), new Advertise(0, 255));
  }

  private static GroupFixture master255() {
    return GroupFixture.backup(Routers.usual(255)).expectPhase(Phase.MASTER);
  }

  @ParameterizedTest
  @CsvSource({"200", "1"})
  void priorityChanged_master_saysItWithTheNextAdvertisement(int priority) {
    GroupFixture group = master(Routers.usual(100));
    long due = group.next();

    group.tell(due - 1, new PriorityChanged(0, priority)).expect();
    assertEquals(due, group.next());
    group.tick().expect(new Advertise(0, priority));
  }

  @Test
  void fault_master_dropsAndResigns() {
    GroupFixture group = master(Routers.usual(100));

    group
        .fault(group.next() - 1, true)
        .expect(
            new Drop(0),
            new Advertise(0, 0),
            new Changed(0, Phase.MASTER, Phase.FAULT, Cause.FAULT));
  }

  @Test
  void stop_master_dropsAndResigns() {
    GroupFixture group = master(Routers.usual(100));

    group
        .tell(group.next() - 1, new Stop())
        .expect(
            new Drop(0),
            new Advertise(0, 0),
            new Changed(0, Phase.MASTER, Phase.INITIALIZE, Cause.STOPPED));
    assertEquals(true, Group.nextNanos(group.config, group.state).isEmpty());
  }

  @Test
  void stall_noneHeard_advertisesAndAnnouncesAtOnceAndAgain() {
    GroupFixture group = master(Routers.of(100).announce(5 * SECOND, 0).config());
    group.tick(sent(group) + 5 * SECOND);
    long silent = sent(group) + SILENT;

    group.tick(silent).expect(new Advertise(0, 100), new Announce(0));
    assertEquals(silent + 5 * SECOND, group.member().announceNanos() - GroupFixture.ZERO);
  }

  @Test
  void stall_shorter_onlyAdvertises() {
    GroupFixture group = master(Routers.of(100).announce(5 * SECOND, 0).config());

    group.tick(sent(group) + SILENT - 1).expect(new Advertise(0, 100));
  }

  @Test
  void stall_higherHeard_yieldsBeforeItSendsAnything() {
    GroupFixture group = master(Routers.usual(100));

    group.hear(sent(group) + SILENT, 200, LOW);
    group.expect(new Drop(0), toBackup(Cause.HIGHER_PRIORITY));
  }

  @Test
  void stall_lowerHeardWithNopreempt_yields() {
    GroupFixture group = master(Routers.nopreempt(100));
    long now = sent(group) + SILENT;

    group.hear(now, 1, LOW).expect(new Drop(0), toBackup(Cause.STALLED));
    assertEquals(now + DOWN, group.next());
    group.hear(now + SECOND, 1, LOW).expectPhase(Phase.BACKUP);
  }

  @Test
  void stall_shorterLowerHeardWithNopreempt_staysMaster() {
    GroupFixture group = master(Routers.nopreempt(100));

    group.hear(sent(group) + SILENT - 1, 1, LOW);
    group.expect(new Advertise(0, 100), new Announce(0));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 3", "4, 3", "100, 3"})
  void stall_otherDownTimerAdverts_isSilentWhenOthersMayHaveTakenOver(int own, int intervals) {
    RouterConfig router =
        Routers.of(100).preemption(Preemption.FORBIDDEN).downTimerAdverts(own).config();
    long silent = intervals * SECOND + SECOND / 128;

    GroupFixture before = master(router);
    before.hear(sent(before) + silent - 1, 1, LOW).expectPhase(Phase.MASTER);
    GroupFixture after = master(router);
    after.hear(sent(after) + silent, 1, LOW).expect(new Drop(0), toBackup(Cause.STALLED));
  }

  @Test
  void stall_lowerHeardWithPreempt_sendsNothingBeforeTheTick() {
    GroupFixture group = master(Routers.usual(100));
    long now = sent(group) + SILENT;

    group.hear(now, 1, LOW).expect().expectPhase(Phase.MASTER);
    group.hear(now, 0, LOW).expect();
    group.tick(now).expect(new Advertise(0, 100), new Announce(0));
    // The conflict is over later, and then the hosts are told once more.
    group.tick(now + SECOND).tick(now + SECOND + SECOND / 8).expect(new Announce(0));
  }

  @Test
  void stall_lowerThenHigherHeard_yieldsBeforeItSendsAnything() {
    GroupFixture group = master(Routers.usual(100));
    long now = sent(group) + SILENT;

    group.hear(now, 1, LOW).expect();
    group.hear(now, 200, LOW).expect(new Drop(0), toBackup(Cause.HIGHER_PRIORITY));
  }

  @Test
  void stall_stopped_doesNotSayThatItResigns() {
    GroupFixture group = master(Routers.usual(100));

    group
        .tell(sent(group) + SILENT, new Stop())
        .expect(new Drop(0), new Changed(0, Phase.MASTER, Phase.INITIALIZE, Cause.STOPPED));
  }

  @Test
  void stall_ownersHeard_higherAddressSendsNothingBeforeTheTick() {
    GroupFixture group = master255();

    group.hear(sent(group) + SILENT, 255, LOW).expect().expectPhase(Phase.MASTER);
  }

  @Test
  void handOver_master_dropsResignsAndWaits() {
    GroupFixture group = master(Routers.usual(100));
    long now = group.next() - 1;
    group
        .tell(now, new HandOver())
        .expect(new Drop(0), new Advertise(0, 0), toBackup(Cause.HANDED_OVER));

    assertEquals(now + 2 * DOWN, group.next());
    group.tick(now + 2 * DOWN - 1).expectPhase(Phase.BACKUP);
    group.tick(now + 2 * DOWN).expectPhase(Phase.MASTER);
    assertEquals(Plan.NONE, group.state.plan());
  }

  @Test
  void handOver_ownersFaultComesAndGoes_lowerThatTookOverIsLeftAlone() {
    GroupFixture group = master255();
    group.tell(SECOND, new HandOver()).hear(2 * SECOND, 50, LOW);
    group.fault(3 * SECOND, true).fault(4 * SECOND, false).expectPhase(Phase.BACKUP);

    group.hear(5 * SECOND, 50, LOW).tick(4 * SECOND + DOWN).expectPhase(Phase.BACKUP);
    group.tick(5 * SECOND + 4 * SECOND).expectPhase(Phase.MASTER);
  }

  @Test
  void handOver_lowerTakesOver_isLeftAloneUntilItIsGone() {
    GroupFixture group = master(Routers.usual(100));
    long now = group.next() - 1;
    group.tell(now, new HandOver());
    for (int s = 1; s <= 20; s++) {
      group.hear(now + s * SECOND, 50, LOW).tick(now + s * SECOND).expect();
    }

    group.hear(now + 21 * SECOND, 0, LOW);
    assertEquals(now + 21 * SECOND + 609_375_000, group.next());
    group.tick().expectPhase(Phase.MASTER);
    // The hold is over: from now on it preempts.
    assertEquals(Plan.NONE, group.state.plan());
  }

  @Test
  void handOver_thenReclaim_isMasterAgain() {
    GroupFixture group = master(Routers.usual(100));
    long now = group.next() - 1;
    group.tell(now, new HandOver()).hear(now + SECOND, 50, HIGH);

    group.tell(now + SECOND + 1, new Reclaim()).expectPhase(Phase.MASTER);
  }

  @Test
  void handOver_backup_changesNothing() {
    GroupFixture group = GroupFixture.backup(Routers.usual(100));
    GroupState before = group.state;

    group.tell(MS, new HandOver()).expect();
    assertEquals(before, group.state);
  }

  @Test
  void reclaim_master_changesNothing() {
    GroupFixture group = master(Routers.usual(100));
    GroupState before = group.state;

    group.tell(group.next() - 1, new Reclaim()).expect();
    assertEquals(before, group.state);
  }

  @Test
  void hear_other_isRememberedForTheStatus() {
    GroupFixture group = master(Routers.usual(100));
    group.tell(group.next() - 1, new Heard(0, LOW, 50, SECOND));

    assertEquals(LOW, group.member().heard().address());
    assertEquals(OURS, group.member().primary());
  }
}
