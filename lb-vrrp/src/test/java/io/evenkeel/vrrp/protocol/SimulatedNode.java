package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Announce;
import io.evenkeel.vrrp.protocol.GroupAction.Ask;
import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupAction.Drop;
import io.evenkeel.vrrp.protocol.GroupAction.Release;
import io.evenkeel.vrrp.protocol.GroupAction.Take;
import io.evenkeel.vrrp.protocol.GroupEvent.Fault;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.PriorityChanged;
import io.evenkeel.vrrp.protocol.GroupEvent.Start;
import io.evenkeel.vrrp.protocol.GroupEvent.Tick;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/** A host that runs a group: its process may stand still, end, and begin anew. */
final class SimulatedNode {
  private static final Tick TICK = new Tick();
  private static final long NEVER = Long.MAX_VALUE;

  final int index;
  final InetAddress address;
  final GroupConfig config;
  final SimulatedClock clock;
  private final GroupSimulation world;
  private final SimulatedTime time;
  private final Heard[][] adverts;
  private final List<GroupEvent> arrived = new ArrayList<>();
  private final SimulatedTime.Happening ticking = this::onTick;

  GroupState state;

  /** Counts the processes that it has run; what is meant for an earlier one is void. */
  int process;

  boolean isAlive;
  boolean isStalled;
  boolean isFlapping;
  boolean hasAddresses;
  long heldSinceNanos;
  long droppedNanos;
  long announcedNanos;

  /** Until when the kernel keeps the addresses, by the world's time. */
  private long lifetimeNanos = NEVER;

  private long tickNanos = NEVER;

  SimulatedNode(GroupSimulation world, int index, GroupConfig config, SimulatedClock clock) {
    this.world = world;
    this.time = world.time;
    this.index = index;
    this.config = config;
    this.clock = clock;
    address = GroupFixture.address(index + 1);
    adverts = new Heard[config.routers().size()][Advertisement.OWNER + 1];
    for (int member = 0; member < adverts.length; member++) {
      for (int priority = 0; priority <= Advertisement.OWNER; priority++) {
        long intervalNanos = config.routers().get(member).intervalNanos();
        adverts[member][priority] = new Heard(member, address, priority, intervalNanos);
      }
    }
    state = stopped();
  }

  private GroupState stopped() {
    return Group.initial(config, Collections.nCopies(config.routers().size(), address));
  }

  void start() {
    process++;
    isAlive = true;
    isStalled = false;
    // What an earlier process has left behind.
    hasAddresses = false;
    state = stopped();
    tell(new Start());
  }

  /** The process ends without a word. */
  void die(boolean keepsAddresses) {
    isAlive = false;
    isStalled = false;
    arrived.clear();
    tickNanos = NEVER;
    hasAddresses &= keepsAddresses;
  }

  void stall() {
    isStalled |= isAlive;
  }

  /** First what has arrived, then the timers. */
  void resume() {
    if (isStalled) {
      isStalled = false;
      for (GroupEvent event : arrived) {
        step(event);
      }
      arrived.clear();
      step(TICK);
    }
  }

  void tell(GroupEvent event) {
    if (!isAlive) {
      return;
    }
    if (isStalled) {
      arrived.add(event);
    } else {
      step(event);
    }
  }

  void changePriority(int priority) {
    for (int member = 0; member < adverts.length; member++) {
      tell(new PriorityChanged(member, priority));
    }
  }

  void fault(int member, boolean isFaulty) {
    tell(new Fault(member, isFaulty));
  }

  boolean isFaulty() {
    return state.members().stream().anyMatch(RouterState::isFaulty);
  }

  boolean isMaster() {
    return isAlive && state.phase() == Phase.MASTER;
  }

  /** Whether it could be master. */
  boolean isAble() {
    return isMaster() || (isAlive && state.phase() == Phase.BACKUP);
  }

  int priority() {
    int own = config.routers().get(0).priority();
    return own == Advertisement.OWNER ? own : state.members().get(0).priority();
  }

  boolean preempts(GroupState state) {
    RouterConfig router = config.routers().get(0);
    return !config.isExclusive()
        && switch (state.plan()) {
          case RECLAIM -> true;
          case HANDED_OVER -> false;
          case NONE ->
              router.preemption() == Preemption.ALLOWED || router.priority() == Advertisement.OWNER;
        };
  }

  /** Whether hosts that ask for the virtual addresses hear of this one. */
  boolean holds() {
    return hasAddresses && time.nowNanos() < lifetimeNanos;
  }

  private void onTick(long atNanos) {
    if (atNanos == tickNanos) {
      tickNanos = NEVER;
      if (isAlive && !isStalled) {
        OptionalLong next = Group.nextNanos(config, state);
        if (next.isPresent() && clock.local(atNanos) - next.getAsLong() >= 0) {
          step(TICK);
        } else {
          schedule(next);
        }
      }
    }
  }

  private void step(GroupEvent event) {
    GroupState before = state;
    GroupStep step = Group.step(config, state, event, clock.local(time.nowNanos()));
    state = step.state();
    List<GroupAction> actions = step.actions();
    int taken = 0;
    for (int i = 0; i < actions.size(); i++) {
      GroupAction action = actions.get(i);
      if (action instanceof Advertise advertise) {
        world.send(this, adverts[advertise.member()][advertise.priority()]);
      } else if (action instanceof Take) {
        taken++;
        hasAddresses = true;
        heldSinceNanos = time.nowNanos();
      } else if (action instanceof Drop) {
        hasAddresses = false;
        droppedNanos = time.nowNanos();
      } else if (action instanceof Announce) {
        announcedNanos = time.nowNanos();
      } else if (action instanceof Ask ask) {
        world.gate.ask(this, ask.attempt());
      } else if (action instanceof Release) {
        world.gate.release(this);
      } else if (action instanceof Changed changed) {
        world.changed(this, changed);
      }
    }
    if (state.gate().isPassed()) {
      long leftNanos = state.gate().untilNanos() - clock.local(time.nowNanos());
      lifetimeNanos =
          leftNanos > Long.MAX_VALUE / 2 ? NEVER : clock.world(state.gate().untilNanos());
    }
    if (taken > 0) {
      world.check(taken == adverts.length, "some members take without the others");
      world.taken(this, before);
    }
    schedule(Group.nextNanos(config, state));
  }

  private void schedule(OptionalLong next) {
    if (next.isPresent()) {
      long atNanos = Math.max(clock.world(next.getAsLong()), time.nowNanos());
      if (atNanos < tickNanos) {
        tickNanos = atNanos;
        time.at(atNanos, ticking);
      }
    }
  }
}
