package io.evenkeel.vrrp.protocol;

import static io.evenkeel.vrrp.protocol.GroupFixture.HIGH;
import static io.evenkeel.vrrp.protocol.GroupFixture.LOW;
import static io.evenkeel.vrrp.protocol.GroupFixture.SECOND;
import static io.evenkeel.vrrp.protocol.GroupFixture.started;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Announce;
import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupAction.Take;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A backup that waits until a master that is cut off has its addresses no longer. */
class GroupTakeDelayTest {
  /** Three intervals of 1 s, and the skew time of priority 100: 156/256 of it. */
  private static final long DOWN = 3 * SECOND + 609_375_000;

  private static final long SKEW = 609_375_000;

  @Test
  void takeDelay_masterSilent_isMasterWhenItIsOver() {
    GroupConfig config = new GroupConfig(List.of(Routers.usual(100)), 0, 10 * SECOND, false);
    GroupFixture group = started(config).hear(SECOND, 200, HIGH);

    assertEquals(SECOND + DOWN, group.next());
    group.tick().expectPhase(Phase.BACKUP);
    assertEquals(12 * SECOND, group.next());
    group.tick(12 * SECOND - 1).expectPhase(Phase.BACKUP);
    group.tick(12 * SECOND).expectPhase(Phase.MASTER);
  }

  @Test
  void takeDelay_masterOfAnotherInterval_waitsForItsNextAdvertisement() {
    GroupConfig config = new GroupConfig(List.of(Routers.usual(100)), 0, 60 * SECOND, false);
    GroupFixture group = started(config).tell(SECOND, new Heard(0, HIGH, 200, 5 * SECOND));

    group.tick(66 * SECOND - 1).expectPhase(Phase.BACKUP);
    group.tick(66 * SECOND).expectPhase(Phase.MASTER);
  }

  @Test
  void takeDelay_start_waitsForAnAdvertisementThatIsDueAnIntervalLater() {
    GroupConfig config = new GroupConfig(List.of(Routers.usual(255)), 0, 10 * SECOND, false);

    assertEquals(11 * SECOND, started(config).next());
  }

  @Test
  void takeDelay_yielded_countsFromThen() {
    GroupConfig config = new GroupConfig(List.of(Routers.usual(100)), 0, 10 * SECOND, false);
    GroupFixture group = started(config).tick(DOWN).tick(11 * SECOND).expectPhase(Phase.MASTER);
    group.tell(11 * SECOND + 1, new Heard(0, HIGH, 200, 2 * SECOND));
    group.tick(20 * SECOND).expectPhase(Phase.BACKUP);

    assertEquals(23 * SECOND + 1, group.next());
  }

  @Test
  void takeDelay_masterResigned_isMasterAfterTheSkewTime() {
    GroupConfig config = new GroupConfig(List.of(Routers.usual(100)), 0, 10 * SECOND, false);
    GroupFixture group = started(config).hear(SECOND, 200, HIGH).hear(2 * SECOND, 0, HIGH);

    assertEquals(2 * SECOND + SKEW, group.next());
    group.tick().expectPhase(Phase.MASTER);
  }

  @Test
  void takeDelay_anotherResigned_waitsForTheMasterThatIsSilent() {
    GroupConfig config = new GroupConfig(List.of(Routers.usual(100)), 0, 10 * SECOND, false);
    GroupFixture group = started(config).hear(SECOND, 200, HIGH).hear(2 * SECOND, 0, LOW);

    group.tick(2 * SECOND + SKEW).expectPhase(Phase.BACKUP);
    assertEquals(12 * SECOND, group.next());
  }

  @Test
  void takeDelay_lowerMasterLives_isPreemptedWhenItIsHeard() {
    GroupConfig config = new GroupConfig(List.of(Routers.usual(100)), 0, 10 * SECOND, false);
    GroupFixture group = started(config);
    for (int s = 1; s <= 3; s++) {
      group.hear(s * SECOND, 50, LOW);
    }
    group.tick(DOWN).expectPhase(Phase.BACKUP);
    group
        .hear(4 * SECOND, 50, LOW)
        .expect(
            new Advertise(0, 100),
            new Take(0),
            new Announce(0),
            new Changed(0, Phase.BACKUP, Phase.MASTER, Cause.PREEMPTED));
  }
}
