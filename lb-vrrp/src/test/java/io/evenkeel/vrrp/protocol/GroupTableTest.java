package io.evenkeel.vrrp.protocol;

import static io.evenkeel.vrrp.protocol.GroupFixture.HIGH;
import static io.evenkeel.vrrp.protocol.GroupFixture.LOW;
import static io.evenkeel.vrrp.protocol.GroupFixture.SECOND;
import static io.evenkeel.vrrp.protocol.GroupFixture.ZERO;
import static io.evenkeel.vrrp.protocol.GroupFixture.backup;
import static io.evenkeel.vrrp.protocol.GroupFixture.exclusive;
import static io.evenkeel.vrrp.protocol.GroupFixture.group;
import static io.evenkeel.vrrp.protocol.GroupFixture.master;
import static io.evenkeel.vrrp.protocol.GroupFixture.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.protocol.GroupEvent.Fault;
import io.evenkeel.vrrp.protocol.GroupEvent.Granted;
import io.evenkeel.vrrp.protocol.GroupEvent.HandOver;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.PrimaryChanged;
import io.evenkeel.vrrp.protocol.GroupEvent.PriorityChanged;
import io.evenkeel.vrrp.protocol.GroupEvent.Reclaim;
import io.evenkeel.vrrp.protocol.GroupEvent.Refused;
import io.evenkeel.vrrp.protocol.GroupEvent.Start;
import io.evenkeel.vrrp.protocol.GroupEvent.Stop;
import io.evenkeel.vrrp.protocol.GroupEvent.Tick;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every event in every phase, and every action at least once. */
class GroupTableTest {
  /** Before a timer of the fixtures is due: the master's is at 4.609 s, the backup's at 6.609 s. */
  private static final long NOW = 4 * SECOND;

  private static Map<String, GroupEvent> events() {
    Map<String, GroupEvent> events = new LinkedHashMap<>();
    events.put("start", new Start());
    events.put("stop", new Stop());
    events.put("tick", new Tick());
    events.put("hear 0", new Heard(0, HIGH, 0, SECOND));
    events.put("hear 99", new Heard(0, HIGH, 99, SECOND));
    events.put("hear 100 low", new Heard(0, LOW, 100, SECOND));
    events.put("hear 100 high", new Heard(0, HIGH, 100, SECOND));
    events.put("hear 101", new Heard(0, LOW, 101, SECOND));
    events.put("priority", new PriorityChanged(0, 50));
    events.put("primary", new PrimaryChanged(0, HIGH));
    events.put("fault", new Fault(0, true));
    events.put("no fault", new Fault(0, false));
    events.put("granted", new Granted(7, ZERO + 2 * NOW));
    events.put("refused", new Refused(7));
    events.put("hand over", new HandOver());
    events.put("reclaim", new Reclaim());
    return events;
  }

  private static GroupFixture in(Phase phase) {
    return switch (phase) {
      case INITIALIZE -> new GroupFixture(group(Routers.usual(100)));
      case BACKUP -> backup(Routers.usual(100)).hear(NOW - SECOND, 200, HIGH);
      case MASTER -> master(Routers.usual(100));
      case FAULT -> backup(Routers.usual(100)).fault(SECOND, true);
    };
  }

  /** The actions in short, and the phase afterwards. */
  private static String inShort(GroupStep step) {
    StringJoiner text = new StringJoiner(" ");
    for (GroupAction action : step.actions()) {
      text.add(
          action instanceof GroupAction.Advertise advertise
              ? "Advertise" + advertise.priority()
              : action.getClass().getSimpleName());
    }
    return text.add(step.state().phase().name()).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "INITIALIZE, start, Changed BACKUP",
    "INITIALIZE, stop, INITIALIZE",
    "INITIALIZE, tick, INITIALIZE",
    "INITIALIZE, hear 0, INITIALIZE",
    "INITIALIZE, hear 99, INITIALIZE",
    "INITIALIZE, hear 100 low, INITIALIZE",
    "INITIALIZE, hear 100 high, INITIALIZE",
    "INITIALIZE, hear 101, INITIALIZE",
    "INITIALIZE, priority, INITIALIZE",
    "INITIALIZE, primary, INITIALIZE",
    "INITIALIZE, fault, INITIALIZE",
    "INITIALIZE, no fault, INITIALIZE",
    "INITIALIZE, granted, Release INITIALIZE",
    "INITIALIZE, refused, INITIALIZE",
    "INITIALIZE, hand over, INITIALIZE",
    "INITIALIZE, reclaim, INITIALIZE",
    "BACKUP, start, BACKUP",
    "BACKUP, stop, Changed INITIALIZE",
    "BACKUP, tick, BACKUP",
    "BACKUP, hear 0, Saw BACKUP",
    "BACKUP, hear 99, BACKUP",
    "BACKUP, hear 100 low, BACKUP",
    "BACKUP, hear 100 high, BACKUP",
    "BACKUP, hear 101, BACKUP",
    "BACKUP, priority, BACKUP",
    "BACKUP, primary, BACKUP",
    "BACKUP, fault, Changed FAULT",
    "BACKUP, no fault, BACKUP",
    "BACKUP, granted, Release BACKUP",
    "BACKUP, refused, BACKUP",
    "BACKUP, hand over, BACKUP",
    "BACKUP, reclaim, BACKUP",
    "MASTER, start, MASTER",
    "MASTER, stop, Drop Advertise0 Changed INITIALIZE",
    "MASTER, tick, MASTER",
    "MASTER, hear 0, Saw Advertise100 Announce MASTER",
    "MASTER, hear 99, Advertise100 Saw Announce MASTER",
    "MASTER, hear 100 low, Advertise100 Saw Announce MASTER",
    "MASTER, hear 100 high, Drop Advertise100 Changed BACKUP",
    "MASTER, hear 101, Drop Advertise100 Changed BACKUP",
    "MASTER, priority, MASTER",
    "MASTER, primary, MASTER",
    "MASTER, fault, Drop Advertise0 Changed FAULT",
    "MASTER, no fault, MASTER",
    "MASTER, granted, Release MASTER",
    "MASTER, refused, MASTER",
    "MASTER, hand over, Drop Advertise0 Changed BACKUP",
    "MASTER, reclaim, MASTER",
    "FAULT, start, FAULT",
    "FAULT, stop, Changed INITIALIZE",
    "FAULT, tick, FAULT",
    "FAULT, hear 0, FAULT",
    "FAULT, hear 99, FAULT",
    "FAULT, hear 100 low, FAULT",
    "FAULT, hear 100 high, FAULT",
    "FAULT, hear 101, FAULT",
    "FAULT, priority, FAULT",
    "FAULT, primary, FAULT",
    "FAULT, fault, FAULT",
    "FAULT, no fault, Changed BACKUP",
    "FAULT, granted, Release FAULT",
    "FAULT, refused, FAULT",
    "FAULT, hand over, FAULT",
    "FAULT, reclaim, FAULT",
  })
  void step_phaseAndEvent_isAsTheTableSays(Phase phase, String event, String expected) {
    GroupFixture before = in(phase);

    GroupStep step = Group.step(before.config, before.state, events().get(event), ZERO + NOW);

    assertEquals(expected, inShort(step));
  }

  @ParameterizedTest
  @CsvSource({
    "BACKUP, 6609375000, Advertise100 Take Announce Changed MASTER",
    "MASTER, 4609375000, Advertise100 MASTER",
  })
  void tick_due_isAsTheTableSays(Phase phase, long dueNanos, String expected) {
    GroupFixture before = in(phase);

    GroupStep early = Group.step(before.config, before.state, new Tick(), ZERO + dueNanos - 1);
    GroupStep due = Group.step(before.config, before.state, new Tick(), ZERO + dueNanos);

    assertEquals(phase.name(), inShort(early));
    assertEquals(expected, inShort(due));
  }

  @Test
  void events_permitted_areAllInTheTable() {
    Set<Class<?>> told = new HashSet<>();
    events().values().forEach(event -> told.add(event.getClass()));

    assertEquals(Set.of(GroupEvent.class.getPermittedSubclasses()), told);
  }

  @Test
  void actions_permitted_areAllMadeByTheScenario() {
    Set<Class<?>> made = new HashSet<>();
    GroupFixture group = started(exclusive(Routers.usual(100)));
    GroupState state = group.state;
    List<GroupEvent> events =
        Arrays.asList(
            new Tick(),
            new Granted(1, ZERO + 99 * SECOND),
            new Heard(0, HIGH, 1, SECOND),
            new Stop());
    for (GroupEvent event : events) {
      GroupStep step = Group.step(group.config, state, event, ZERO + NOW);
      state = step.state();
      step.actions().forEach(action -> made.add(action.getClass()));
    }

    assertEquals(Set.of(GroupAction.class.getPermittedSubclasses()), made);
  }

  @Test
  void nextNanos_everyPhase_isEmptyOnlyWhereTimeChangesNothing() {
    for (Phase phase : Phase.values()) {
      GroupFixture fixture = in(phase);
      boolean isRunning = phase == Phase.BACKUP || phase == Phase.MASTER;
      assertEquals(
          isRunning, Group.nextNanos(fixture.config, fixture.state).isPresent(), phase::name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "V3, 0, 1000000000, 3, 0, 0, 0, 'priority: 0 (expected: 1..255)'",
    "V3, 256, 1000000000, 3, 0, 0, 0, 'priority: 256 (expected: 1..255)'",
    "V3, 1, 9999999, 3, 0, 0, 0, 'interval: PT0.009999999S (expected: PT0.01S..PT40.95S, a multiple of PT0.01S)'",
    "V3, 1, 40960000000, 3, 0, 0, 0, 'interval: PT40.96S (expected: PT0.01S..PT40.95S, a multiple of PT0.01S)'",
    "V2, 1, 500000000, 3, 0, 0, 0, 'interval: PT0.5S (expected: PT1S..PT4M15S, a multiple of PT1S)'",
    "V2, 1, 256000000000, 3, 0, 0, 0, 'interval: PT4M16S (expected: PT1S..PT4M15S, a multiple of PT1S)'",
    "V2, 1, 0, 3, 0, 0, 0, 'interval: PT0S (expected: PT1S..PT4M15S, a multiple of PT1S)'",
    "V3, 1, 1000000000, 0, 0, 0, 0, 'downTimerAdverts: 0 (expected: 1..100)'",
    "V3, 1, 1000000000, 101, 0, 0, 0, 'downTimerAdverts: 101 (expected: 1..100)'",
    "V3, 1, 1000000000, 3, -1, 0, 0, 'preemptDelayNanos: -1 (expected: 0 or more)'",
    "V3, 1, 1000000000, 3, 0, -1, 0, 'announceAgainNanos: -1 (expected: 0 or more)'",
    "V3, 1, 1000000000, 3, 0, 0, -1, 'announceEveryNanos: -1 (expected: 0 or more)'",
  })
  void routerConfig_outOfRange_isRefused(
      Version version,
      int priority,
      long interval,
      int adverts,
      long delay,
      long again,
      long every,
      String message) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new RouterConfig(
                    version,
                    priority,
                    false,
                    interval,
                    adverts,
                    Preemption.ALLOWED,
                    delay,
                    true,
                    again,
                    every));

    assertEquals(message, e.getMessage());
  }

  @Test
  void routerConfig_startsAsMasterThoughItMustWait_isRefused() {
    Routers router = Routers.of(254).startsAsMaster();
    for (Runnable wrong :
        List.<Runnable>of(
            () -> router.preemption(Preemption.FORBIDDEN), () -> router.preemptDelay(1))) {
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, wrong::run);
      assertEquals(
          "startsAsMaster: true (expected: false, without preemption or with a preempt delay)",
          e.getMessage());
    }
  }

  @Test
  void routerConfig_ownerStartsAsMaster_isTaken() {
    Routers owner = Routers.of(255).startsAsMaster();

    assertTrue(owner.preemption(Preemption.FORBIDDEN).preemptDelay(1).config().startsAsMaster());
  }

  @Test
  void groupConfig_outOfRange_isRefused() {
    List<RouterConfig> routers = List.of(Routers.usual(1));
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new GroupConfig(List.of(), 0, 0, false),
            () -> new GroupConfig(routers, -1, 0, false),
            () -> new GroupConfig(routers, 0, -1, false))) {
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, wrong::run);
      assertTrue(e.getMessage().contains("(expected: "), e.getMessage());
    }
    assertFalse(new GroupConfig(routers, 0, 0, false).isExclusive());
  }
}
