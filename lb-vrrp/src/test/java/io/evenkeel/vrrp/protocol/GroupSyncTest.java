package io.evenkeel.vrrp.protocol;

import static io.evenkeel.vrrp.protocol.GroupFixture.HIGH;
import static io.evenkeel.vrrp.protocol.GroupFixture.LOW;
import static io.evenkeel.vrrp.protocol.GroupFixture.MS;
import static io.evenkeel.vrrp.protocol.GroupFixture.SECOND;
import static io.evenkeel.vrrp.protocol.GroupFixture.ZERO;
import static io.evenkeel.vrrp.protocol.GroupFixture.backup;
import static io.evenkeel.vrrp.protocol.GroupFixture.exclusive;
import static io.evenkeel.vrrp.protocol.GroupFixture.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Announce;
import io.evenkeel.vrrp.protocol.GroupAction.Ask;
import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupAction.Drop;
import io.evenkeel.vrrp.protocol.GroupAction.Release;
import io.evenkeel.vrrp.protocol.GroupAction.Take;
import io.evenkeel.vrrp.protocol.GroupEvent.Fault;
import io.evenkeel.vrrp.protocol.GroupEvent.Granted;
import io.evenkeel.vrrp.protocol.GroupEvent.HandOver;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.Reclaim;
import io.evenkeel.vrrp.protocol.GroupEvent.Start;
import io.evenkeel.vrrp.protocol.GroupEvent.Stop;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupSyncTest {
  /** Of priority 100, and of priority 200. */
  private static final long DOWN_100 = 3 * SECOND + 609_375_000;

  private static final long DOWN_200 = 3 * SECOND + 218_750_000;

  private static GroupFixture two() {
    return backup(Routers.usual(200), Routers.usual(100));
  }

  private static GroupFixture twoMasters() {
    return two().tick(DOWN_200).tick(DOWN_100).expectPhase(Phase.MASTER);
  }

  private static Changed changed(int member, Phase from, Phase to, Cause cause) {
    return new Changed(member, from, to, cause);
  }

  @Test
  void timer_oneIsDue_waitsForTheOtherAndAllTakeInOneStep() {
    GroupFixture group = two();
    assertEquals(DOWN_200, group.next());
    group.tick(DOWN_200).expect().expectSaw(Sight.GROUP_WAITS).expectPhase(Phase.BACKUP);

    assertEquals(DOWN_100, group.next());
    group.tick(DOWN_100 - 1).expectPhase(Phase.BACKUP);
    group
        .tick(DOWN_100)
        .expect(
            new Advertise(0, 200),
            new Advertise(1, 100),
            new Take(0),
            new Take(1),
            new Announce(0),
            new Announce(1),
            changed(0, Phase.BACKUP, Phase.MASTER, Cause.MASTER_DOWN),
            changed(1, Phase.BACKUP, Phase.MASTER, Cause.MASTER_DOWN));
  }

  @Test
  void timer_otherHearsItsMaster_waitsAWholeMasterDownInterval() {
    GroupFixture group = two().hear(3 * SECOND, 1, 150, HIGH).tick(DOWN_200);
    for (int s = 4; s <= 6; s++) {
      group.hear(s * SECOND, 1, 150, HIGH);
    }

    assertEquals(2 * DOWN_200, group.next());
    group.tick().expect().expectSaw(Sight.GROUP_WAITS);
    group.hear(7 * SECOND, 1, 0, HIGH).tick().expectPhase(Phase.MASTER);
  }

  @Test
  void timer_willingOneHearsItsMaster_wantsNoLonger() {
    GroupFixture group = two().tick(DOWN_200).hear(DOWN_200 + MS, 0, 250, HIGH);
    group.tick(DOWN_100).expectSaw(Sight.GROUP_WAITS).expectPhase(Phase.BACKUP);
  }

  @Test
  void hear_oneYields_allLeaveAndTheOthersResign() {
    GroupFixture group = twoMasters();
    group
        .hear(4 * SECOND, 1, 101, LOW)
        .expect(
            new Drop(0),
            new Drop(1),
            new Advertise(0, 0),
            new Advertise(1, 100),
            changed(0, Phase.MASTER, Phase.BACKUP, Cause.GROUP),
            changed(1, Phase.MASTER, Phase.BACKUP, Cause.HIGHER_PRIORITY));
  }

  @Test
  void fault_one_allAreFaultUntilNoneIs() {
    GroupFixture group = twoMasters();
    group
        .tell(4 * SECOND, new Fault(1, true))
        .expect(
            new Drop(0),
            new Drop(1),
            new Advertise(0, 0),
            new Advertise(1, 0),
            changed(0, Phase.MASTER, Phase.FAULT, Cause.GROUP),
            changed(1, Phase.MASTER, Phase.FAULT, Cause.FAULT));
    group.tell(5 * SECOND, new Fault(0, true)).tell(6 * SECOND, new Fault(1, false)).expect();
    group
        .tell(7 * SECOND, new Fault(0, false))
        .expect(
            changed(0, Phase.FAULT, Phase.BACKUP, Cause.FAULT_CLEARED),
            changed(1, Phase.FAULT, Phase.BACKUP, Cause.GROUP));
    assertEquals(7 * SECOND + DOWN_200, group.next());
  }

  @Test
  void start_oneFaulty_allAreFault() {
    GroupFixture group =
        new GroupFixture(GroupFixture.group(Routers.usual(100), Routers.usual(100)));
    group.tell(0, new Fault(1, true));

    group
        .tell(0, new Start())
        .expect(
            changed(0, Phase.INITIALIZE, Phase.FAULT, Cause.GROUP),
            changed(1, Phase.INITIALIZE, Phase.FAULT, Cause.FAULT));
  }

  @Test
  void stop_masters_allLeave() {
    twoMasters()
        .tell(4 * SECOND, new Stop())
        .expect(
            new Drop(0),
            new Drop(1),
            new Advertise(0, 0),
            new Advertise(1, 0),
            changed(0, Phase.MASTER, Phase.INITIALIZE, Cause.STOPPED),
            changed(1, Phase.MASTER, Phase.INITIALIZE, Cause.STOPPED));
  }

  @Test
  void handOver_masters_allWait() {
    GroupFixture group = twoMasters().tell(4 * SECOND, new HandOver()).expectPhase(Phase.BACKUP);

    assertEquals(4 * SECOND + 2 * DOWN_200, group.next());
  }

  @Test
  void reclaim_notAllWin_changesNothing() {
    two()
        .hear(SECOND, 0, 150, LOW)
        .hear(SECOND, 1, 150, LOW)
        .tell(2 * SECOND, new Reclaim())
        .expect()
        .expectPhase(Phase.BACKUP);
  }

  @Test
  void reclaim_allWin_allTake() {
    two()
        .hear(SECOND, 0, 50, LOW)
        .hear(SECOND, 1, 50, LOW)
        .tell(2 * SECOND, new Reclaim())
        .expectPhase(Phase.MASTER);
  }

  @Test
  void gate_allWant_isAskedOnceForAll() {
    GroupFixture group = started(exclusive(Routers.usual(200), Routers.usual(100)));
    group.tick(DOWN_200).expect();
    group.tick(DOWN_100).expect(new Ask(1));
    group.hear(4 * SECOND, 1, 1, LOW).expect(new Release());

    group.tell(5 * SECOND, new Granted(1, ZERO + 90 * SECOND)).expectPhase(Phase.BACKUP);
  }

  @Test
  void takeDelay_bothHearTheirMaster_arePreemptedWhenTheLastIsHeard() {
    GroupConfig config =
        new GroupConfig(List.of(Routers.usual(200), Routers.usual(100)), 0, 60 * SECOND, false);
    GroupFixture group = started(config).tick(DOWN_200).tick(DOWN_100).expectPhase(Phase.BACKUP);

    group.hear(4 * SECOND, 0, 50, LOW).expectPhase(Phase.BACKUP);
    group.hear(5 * SECOND + 1, 1, 50, LOW).expectPhase(Phase.BACKUP);
    group.hear(5 * SECOND + 2, 0, 50, LOW).expectPhase(Phase.MASTER);
  }

  @Test
  void takeDelay_oneHearsAndOneIsSilent_arePreemptedWhenItIsHeard() {
    GroupConfig config =
        new GroupConfig(List.of(Routers.usual(200), Routers.usual(100)), 0, 10 * SECOND, false);
    GroupFixture group = started(config);
    for (int s = 1; s <= 10; s++) {
      group.hear(s * SECOND, 0, 50, LOW).tick(s * SECOND).expectPhase(Phase.BACKUP);
    }

    group.tick(11 * SECOND).expectPhase(Phase.BACKUP);
    group.hear(11 * SECOND + 1, 0, 50, LOW).expectPhase(Phase.MASTER);
  }

  @Test
  void initial_otherNumberOfAddresses_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Group.initial(GroupFixture.group(Routers.usual(1)), List.of()));
  }

  @Test
  void hear_member_isTheOneNamed() {
    GroupFixture group = two();
    group.tell(SECOND, new Heard(1, HIGH, 200, 2 * SECOND));

    assertEquals(null, group.state.members().get(0).heard());
    assertEquals(2 * SECOND, group.state.members().get(1).intervalNanos());
  }
}
