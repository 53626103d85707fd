package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupEvent.HandOver;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.Reclaim;
import io.evenkeel.vrrp.protocol.GroupEvent.Stop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Some nodes on a network that loses, delays, doubles and reorders, cuts them off one way or both
 * ways; they stand still, end, start again, are stopped, fail, hand over, change their priority,
 * and their clocks are fast or slow. All of it follows from the seed.
 *
 * <p>Storm and calm take turns. Calm, once it has lasted for the settling time: exactly one master,
 * the one that the rules name, and no transition, even when the fault of a backup comes and goes;
 * and if another has had the addresses during the calm, he has announced them since. A living
 * master is never preempted by one that must not. With an exclusive gate: at no moment of storm or
 * calm two that hold the addresses. With a gate of reachability: nobody takes over while a master
 * that was cut off from all still holds them.
 *
 * <p>In a sync group all members of a node have one priority, and addresses in one order: else two
 * groups may yield to each other for ever, in keepalived too.
 */
final class GroupSimulation {
  /** Of each clock against the world's, either way. */
  static final int DRIFT_PPM = 500;

  /** How long one is on its way, in a calm. */
  private static final long MESSAGE_NANOS = 50_000;

  private static final long SECOND = 1_000_000_000;

  /** What stands between a backup and the addresses. */
  enum Kind {
    PLAIN,
    SYNC,
    REACHABILITY,
    SYNC_REACHABILITY,
    LEASE,
    SYNC_LEASE,
    FENCE;

    boolean isSync() {
      return this == SYNC || this == SYNC_REACHABILITY || this == SYNC_LEASE;
    }

    boolean isReachability() {
      return this == REACHABILITY || this == SYNC_REACHABILITY;
    }

    boolean isLease() {
      return this == LEASE || this == SYNC_LEASE;
    }

    boolean isExclusive() {
      return isLease() || this == FENCE;
    }
  }

  final SimulatedTime time = new SimulatedTime();
  final SimulatedGate gate;
  private final long seed;
  private final Kind kind;
  private final long unitNanos;
  private final SplittableRandom random;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final boolean[][] isCut;
  private final long[] isolatedNanos;
  private long settleNanos;

  private double loss;
  private double twice;
  private long delayNanos;
  private double gateLoss;
  private long calmNanos;
  private boolean isCalm;
  private boolean isSettled;
  private boolean isHandingOver;

  /** Counts storms: what was planned for an earlier one is void. */
  private int storm;

  long sent;
  long takeovers;
  long settled;
  long conflicts;

  GroupSimulation(long seed, Kind kind, long unitNanos) {
    this.seed = seed;
    this.kind = kind;
    this.unitNanos = unitNanos;
    random = new SplittableRandom(seed);
    int count = 2 + Math.min(random.nextInt(4), random.nextInt(4));
    isCut = new boolean[count][count];
    isolatedNanos = new long[count];
    Arrays.fill(isolatedNanos, Long.MAX_VALUE);
    gate =
        kind == Kind.FENCE
            ? new SimulatedGate.Fence(this, random, count, unitNanos)
            : new SimulatedGate.Lease(this, random, count, unitNanos, drift());
    makeNodes(count);
  }

  private void makeNodes(int count) {
    Version version = unitNanos % SECOND == 0 && random.nextInt(3) == 0 ? Version.V2 : Version.V3;
    int preempting = random.nextInt(4);
    boolean mixed = version == Version.V3 && random.nextInt(4) == 0;
    long delayed = random.nextInt(3) == 0 ? unitNanos * random.nextInt(1, 10) : 0;
    long longestNanos = 0;
    long takeDelayNanos = kind.isReachability() ? loseNanos() + unitNanos / 2 : 0;
    int priority = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || random.nextInt(4) != 0) {
        priority = random.nextInt(8) == 0 ? 255 : random.nextInt(1, 255);
      }
      long intervalNanos = mixed && random.nextBoolean() ? unitNanos / 2 : unitNanos;
      intervalNanos = Math.max(intervalNanos, 10_000_000);
      longestNanos = Math.max(longestNanos, intervalNanos);
      boolean isAllowed = preempting < 2 || (preempting == 2 && random.nextBoolean());
      long preemptDelayNanos = random.nextBoolean() ? delayed : 0;
      boolean mayBegin = priority == Advertisement.OWNER || (isAllowed && preemptDelayNanos == 0);
      RouterConfig router =
          new RouterConfig(
              version,
              priority,
              mayBegin && random.nextInt(4) == 0,
              intervalNanos,
              3,
              isAllowed ? Preemption.ALLOWED : Preemption.FORBIDDEN,
              preemptDelayNanos,
              random.nextInt(4) != 0,
              random.nextInt(2) * 5L * unitNanos,
              random.nextInt(2) * 60L * unitNanos);
      List<RouterConfig> routers = kind.isSync() ? List.of(router, router) : List.of(router);
      GroupConfig config = new GroupConfig(routers, 0, takeDelayNanos, kind.isExclusive());
      // Now and then a clock that overflows soon.
      long clockNanos = random.nextBoolean() ? Long.MAX_VALUE - 100 * unitNanos : random.nextLong();
      nodes.add(new SimulatedNode(this, i, config, new SimulatedClock(clockNanos, drift())));
    }
    // The skew time is at most the interval, and of version 2 one second.
    settleNanos =
        3 * longestNanos + Math.max(longestNanos, version == Version.V2 ? SECOND : 0) + delayed;
    if (unitNanos < SECOND) {
      settleNanos += longestNanos;
    }
    settleNanos += takeDelayNanos == 0 ? 0 : takeDelayNanos + 2 * longestNanos;
    settleNanos *= kind.isSync() ? 2 : 1;
    // A lease to expire, a call that hangs, a host to start again, and all of it once more.
    settleNanos += kind.isExclusive() ? 100 * unitNanos : 0;
  }

  private long drift() {
    return random.nextInt(-DRIFT_PPM, DRIFT_PPM + 1);
  }

  /** How long after it was cut off a node notices it. */
  private long loseNanos() {
    return 4 * unitNanos;
  }

  void run(long lengthNanos) {
    for (SimulatedNode node : nodes) {
      time.at(random.nextLong(unitNanos), at -> node.start());
    }
    time.at(unitNanos, at -> storm());
    try {
      while (time.nowNanos() < lengthNanos) {
        time.next();
      }
    } catch (RuntimeException e) {
      throw new AssertionError(e + "; " + this, e);
    }
  }

  private void storm() {
    storm++;
    isCalm = false;
    isSettled = false;
    isHandingOver = false;
    boolean isGentle = kind.isReachability();
    loss = !isGentle && random.nextBoolean() ? random.nextDouble() / 2 : 0;
    twice = random.nextBoolean() ? 0.3 : 0;
    delayNanos =
        random.nextBoolean() ? random.nextLong(1, isGentle ? unitNanos : 3 * unitNanos) : 1;
    gateLoss = random.nextBoolean() ? random.nextDouble() : 0;
    long lengthNanos = unitNanos * random.nextInt(1, 25);
    int count = random.nextInt(1, 8);
    for (int i = 0; i < count; i++) {
      later(random.nextLong(lengthNanos), isGentle ? this::isolate : this::disturb);
    }
    later(lengthNanos, this::calm);
  }

  private void later(long nanos, Runnable what) {
    int now = storm;
    time.at(
        time.nowNanos() + nanos,
        at -> {
          if (storm == now) {
            what.run();
          }
        });
  }

  private SimulatedNode anyNode() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private void disturb() {
    SimulatedNode node = anyNode();
    int other = random.nextInt(nodes.size());
    switch (random.nextInt(10)) {
      case 0 -> isCut[node.index][other] = true;
      case 1 -> partition(random.nextInt(1 << nodes.size()));
      case 2 -> die(node);
      case 3 -> {
        node.stall();
        later(random.nextLong(20 * unitNanos), node::resume);
      }
      case 4 -> {
        // Again and again a little: a timer may be due, and what it waits for may have come.
        node.stall();
        later(random.nextLong(5 * unitNanos), node::resume);
      }
      case 5 -> {
        int member = random.nextInt(node.config.routers().size());
        node.fault(member, true);
        later(random.nextLong(20 * unitNanos), () -> node.fault(member, false));
      }
      case 6 -> node.changePriority(random.nextInt(1, 255));
      case 7 -> {
        isHandingOver = true;
        node.tell(new HandOver());
      }
      case 8 -> node.tell(new Reclaim());
      default -> {
        node.tell(new Stop());
        later(random.nextLong(10 * unitNanos), () -> restart(node));
      }
    }
  }

  private void isolate() {
    SimulatedNode node = anyNode();
    if (random.nextInt(4) == 0) {
      die(node);
    } else if (isolatedNanos[node.index] == Long.MAX_VALUE) {
      partition(1 << node.index);
      isolatedNanos[node.index] = time.nowNanos();
      later(random.nextLong(loseNanos()), () -> node.fault(0, true));
    }
  }

  private void die(SimulatedNode node) {
    // A lease ends the addresses by itself; a host that is fenced takes them along.
    node.die(kind.isLease());
    later(random.nextLong(20 * unitNanos), () -> restart(node));
  }

  private void restart(SimulatedNode node) {
    if (!node.isAlive) {
      node.start();
    } else {
      node.tell(new GroupEvent.Start());
    }
    if (isolatedNanos[node.index] != Long.MAX_VALUE) {
      node.fault(0, true);
    }
  }

  private void partition(int group) {
    for (int i = 0; i < nodes.size(); i++) {
      for (int j = 0; j < nodes.size(); j++) {
        isCut[i][j] |= (group >> i & 1) != (group >> j & 1);
      }
    }
  }

  private void calm() {
    storm++;
    long inFlightNanos = delayNanos;
    isCalm = true;
    calmNanos = time.nowNanos() + inFlightNanos;
    loss = 0;
    twice = 0;
    delayNanos = 1;
    gateLoss = 0;
    for (boolean[] row : isCut) {
      Arrays.fill(row, false);
    }
    for (SimulatedNode node : nodes) {
      isolatedNanos[node.index] = Long.MAX_VALUE;
      node.resume();
      if (random.nextInt(5) != 0) {
        restart(node);
      }
      if (random.nextInt(5) != 0) {
        for (int member = 0; member < node.config.routers().size(); member++) {
          node.fault(member, false);
        }
      }
    }
    long waitNanos = inFlightNanos + settleNanos * (isHandingOver ? 2 : 1);
    later(waitNanos, this::settle);
    later(waitNanos + unitNanos * random.nextInt(1, 60), this::storm);
  }

  private void settle() {
    isSettled = true;
    settled++;
    nodes.forEach(node -> node.isFlapping = false);
    SimulatedNode master = null;
    boolean isAnyAble = false;
    for (SimulatedNode node : nodes) {
      isAnyAble |= node.isAble();
      if (node.isMaster()) {
        check(master == null, "two masters");
        master = node;
      }
    }
    check(!isAnyAble || master != null, "no master");
    for (SimulatedNode node : nodes) {
      check(
          !node.isAble() || !node.preempts(node.state) || node.priority() <= master.priority(),
          "another is to be master");
      check(
          node == master
              || node.droppedNanos <= calmNanos
              || node.droppedNanos <= master.announcedNanos + MESSAGE_NANOS,
          "another has had the addresses since they were announced");
      if (node != master && random.nextInt(4) == 0) {
        later(random.nextLong(10 * unitNanos), () -> flap(node));
      }
    }
  }

  /** To a backup a fault comes and goes; but an owner may take over when it is gone. */
  private void flap(SimulatedNode node) {
    boolean isOwner = node.priority() == Advertisement.OWNER;
    if (node.isAlive
        && node.state.phase() == Phase.BACKUP
        && (!isOwner || node.state.plan() == Plan.HANDED_OVER)) {
      node.isFlapping = true;
      int member = random.nextInt(node.config.routers().size());
      node.fault(member, true);
      later(random.nextLong(10 * unitNanos), () -> node.fault(member, false));
    }
  }

  void send(SimulatedNode from, Heard advert) {
    sent++;
    for (int i = 0; i < nodes.size(); i++) {
      SimulatedNode to = nodes.get(i);
      if (to != from && to.isAlive && !isCut[from.index][i]) {
        deliver(to, advert);
        if (twice > 0 && random.nextDouble() < twice) {
          deliver(to, advert);
        }
      }
    }
  }

  private void deliver(SimulatedNode to, Heard advert) {
    if (loss == 0 || random.nextDouble() >= loss) {
      long passesNanos = delayNanos > 1 ? random.nextLong(delayNanos) : MESSAGE_NANOS;
      time.at(time.nowNanos() + passesNanos, at -> to.tell(advert));
    }
  }

  boolean reachesGate(SimulatedNode node) {
    return gateLoss == 0 || random.nextDouble() >= gateLoss;
  }

  void fence(SimulatedNode by) {
    for (SimulatedNode node : nodes) {
      if (node != by && node.isAlive) {
        check(!isHeard(node), "a living master is fenced");
        node.die(false);
        int process = node.process;
        time.at(
            time.nowNanos() + unitNanos * random.nextInt(3, 30),
            at -> {
              if (!node.isAlive && node.process == process) {
                node.start();
              }
            });
      }
    }
  }

  void changed(SimulatedNode node, Changed changed) {
    check(
        !isSettled || (node.isFlapping && changed.to() != Phase.MASTER),
        "a transition: node " + node.index + " " + changed);
  }

  /** Whether a storm is over for so long that everybody has heard its master. */
  private boolean isHeard(SimulatedNode master) {
    return isCalm
        && master.isMaster()
        && master.heldSinceNanos < calmNanos
        && time.nowNanos() > calmNanos + unitNanos + unitNanos / 100;
  }

  void taken(SimulatedNode by, GroupState before) {
    takeovers++;
    for (SimulatedNode node : nodes) {
      check(
          node == by || by.preempts(before) || !isHeard(node),
          "a living master is preempted, by node " + by.index);
    }
    for (SimulatedNode node : nodes) {
      if (node != by && node.holds()) {
        conflicts++;
        check(!kind.isExclusive(), "two hold the addresses");
        long cutNanos = isolatedNanos[node.index];
        check(
            cutNanos == Long.MAX_VALUE
                || node.heldSinceNanos + 2 * unitNanos > cutNanos
                || cutNanos + unitNanos > time.nowNanos(),
            "one that was cut off holds the addresses, and another takes them");
      }
    }
  }

  void check(boolean holds, String violation) {
    if (!holds) {
      throw new AssertionError(violation + "; " + this);
    }
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder("new GroupSimulation(")
            .append(seed + "L, Kind." + kind + ", " + unitNanos + "L) at " + time.nowNanos());
    for (SimulatedNode node : nodes) {
      text.append("\n  " + node.index + " alive " + node.isAlive + " stalled " + node.isStalled);
      text.append(" holds " + node.holds() + " clock " + node.clock);
      text.append(" local " + node.clock.local(time.nowNanos()));
      text.append("\n    " + node.config + "\n    " + node.state);
    }
    return text.toString();
  }
}
