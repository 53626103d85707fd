package io.evenkeel.vrrp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.vrrp.protocol.GroupAction.Saw;
import io.evenkeel.vrrp.protocol.GroupEvent.Fault;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.Start;
import io.evenkeel.vrrp.protocol.GroupEvent.Tick;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A group that is told events at chosen times. Times are in ms of the test. */
final class GroupFixture {
  static final long MS = 1_000_000;
  static final long SECOND = 1000 * MS;
  static final InetAddress LOW = address(1);
  static final InetAddress OURS = address(2);
  static final InetAddress HIGH = address(3);

  /** Near the end of what a long can hold: times are compared by subtraction. */
  static final long ZERO = nearTheEnd();

  final GroupConfig config;
  GroupState state;
  private List<GroupAction> actions = List.of();

  GroupFixture(GroupConfig config) {
    this.config = config;
    state = Group.initial(config, config.routers().stream().map(router -> OURS).toList());
  }

  private static long nearTheEnd() {
    return Long.MAX_VALUE - 2 * SECOND;
  }

  static GroupFixture started(GroupConfig config) {
    GroupFixture fixture = new GroupFixture(config);
    fixture.tell(0, new Start());
    return fixture;
  }

  static GroupFixture backup(RouterConfig... routers) {
    return started(group(routers));
  }

  /** A master since the returned fixture's {@link #timer()} minus one interval. */
  static GroupFixture master(RouterConfig... routers) {
    GroupFixture fixture = backup(routers);
    fixture.tick();
    fixture.expectPhase(Phase.MASTER);
    return fixture;
  }

  static GroupConfig group(RouterConfig... routers) {
    return new GroupConfig(Arrays.asList(routers), 0, 0, false);
  }

  static GroupConfig exclusive(RouterConfig... routers) {
    return new GroupConfig(Arrays.asList(routers), 0, 0, true);
  }

  static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) last});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** Tells an event so many ns after the start. */
  GroupFixture tell(long nanos, GroupEvent event) {
    GroupStep step = Group.step(config, state, event, ZERO + nanos);
    state = step.state();
    actions = step.actions();
    return this;
  }

  GroupFixture hear(long nanos, int priority, InetAddress source) {
    return hear(nanos, 0, priority, source);
  }

  GroupFixture hear(long nanos, int member, int priority, InetAddress source) {
    return tell(nanos, new Heard(member, source, priority, SECOND));
  }

  GroupFixture fault(long nanos, boolean isFaulty) {
    return tell(nanos, new Fault(0, isFaulty));
  }

  GroupFixture tick(long nanos) {
    return tell(nanos, new Tick());
  }

  /** Time passes until the next tick is due. */
  GroupFixture tick() {
    return tick(next());
  }

  /** When the next tick is due, in ns after the start. */
  long next() {
    return Group.nextNanos(config, state).orElseThrow() - ZERO;
  }

  RouterState member() {
    return state.members().get(0);
  }

  /** When the member's timer is due, in ns after the start. */
  long timer() {
    return member().timerNanos() - ZERO;
  }

  GroupFixture expectPhase(Phase phase) {
    for (RouterState member : state.members()) {
      assertEquals(phase, member.phase());
    }
    return this;
  }

  /** What the last event made, without what was merely seen. */
  GroupFixture expect(GroupAction... expected) {
    List<GroupAction> done = new ArrayList<>(actions);
    done.removeIf(Saw.class::isInstance);
    assertEquals(Arrays.asList(expected), done);
    return this;
  }

  GroupFixture expectSaw(Sight... expected) {
    List<Sight> sights =
        actions.stream().filter(Saw.class::isInstance).map(a -> ((Saw) a).sight()).toList();
    assertEquals(Arrays.asList(expected), sights);
    return this;
  }
}
