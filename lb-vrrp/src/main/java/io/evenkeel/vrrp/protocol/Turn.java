// Over 500 lines: what each event does to a group is one thing, and each method is short.
package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.GateState.Passage;
import io.evenkeel.vrrp.protocol.GroupAction.Advertise;
import io.evenkeel.vrrp.protocol.GroupAction.Ask;
import io.evenkeel.vrrp.protocol.GroupAction.Changed;
import io.evenkeel.vrrp.protocol.GroupAction.Drop;
import io.evenkeel.vrrp.protocol.GroupAction.Release;
import io.evenkeel.vrrp.protocol.GroupAction.Take;
import io.evenkeel.vrrp.protocol.GroupEvent.Fault;
import io.evenkeel.vrrp.protocol.GroupEvent.Granted;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.PriorityChanged;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of a {@link Group} while it is made: made from a state, told one event, ended. */
final class Turn {
  private final GroupConfig config;
  private final long nowNanos;
  private final Phase before;
  private final Member[] members;
  private final Cause[] causes;
  private final List<GroupAction> actions = new ArrayList<>();
  private Phase phase;
  private Plan plan;
  private long startNanos;
  private GateState gate;

  Turn(GroupConfig config, GroupState state, long nowNanos) {
    this.config = config;
    this.nowNanos = nowNanos;
    before = state.phase();
    phase = before;
    plan = state.plan();
    startNanos = state.startNanos();
    gate = state.gate();
    members = new Member[state.members().size()];
    causes = new Cause[members.length];
    for (int i = 0; i < members.length; i++) {
      members[i] =
          new Member(i, config.routers().get(i), state.members().get(i), nowNanos, actions);
    }
  }

  void tell(GroupEvent event) {
    // Before all else: another may have passed the gate already.
    if (phase == Phase.MASTER && gate.isPassed() && isDue(gate.untilNanos())) {
      leave(Phase.BACKUP, null, Cause.GATE_LOST);
    }
    if (event instanceof Heard heard) {
      hear(heard);
    } else if (event instanceof GroupEvent.Tick) {
      tick();
    } else if (event instanceof GroupEvent.Start) {
      start();
    } else if (event instanceof GroupEvent.Stop) {
      stop();
    } else if (event instanceof PriorityChanged changed) {
      changePriority(members[changed.member()], changed.effective());
    } else if (event instanceof GroupEvent.PrimaryChanged changed) {
      members[changed.member()].primary = changed.primary();
    } else if (event instanceof Fault fault) {
      fault(fault);
    } else if (event instanceof Granted granted) {
      grant(granted);
    } else if (event instanceof GroupEvent.Refused refused) {
      refuse(refused.attempt());
    } else if (event instanceof GroupEvent.HandOver) {
      handOver();
    } else if (event instanceof GroupEvent.Reclaim) {
      reclaim();
    } else {
      throw new IllegalArgumentException("event: " + event + " (expected: one that is known)");
    }
    if (phase == Phase.BACKUP) {
      takeIfPossible();
    }
  }

  GroupStep end() {
    if (phase != before) {
      for (Member member : members) {
        actions.add(new Changed(member.index, before, phase, causes[member.index]));
      }
    }
    List<RouterState> states;
    if (members.length == 1) {
      states = List.of(members[0].state(phase));
    } else {
      states = new ArrayList<>(members.length);
      for (Member member : members) {
        states.add(member.state(phase));
      }
    }
    return new GroupStep(new GroupState(states, plan, startNanos, gate), actions);
  }

  private void start() {
    if (phase != Phase.INITIALIZE) {
      return;
    }
    plan = Plan.NONE;
    startNanos = nowNanos + config.startDelayNanos();
    gate = gate.begin(nowNanos);
    boolean isFaulty = isAnyFaulty();
    phase = isFaulty ? Phase.FAULT : Phase.BACKUP;
    for (Member member : members) {
      listen(member, member.config.startsAsMaster());
      causes[member.index] =
          !isFaulty ? Cause.STARTED : member.isFaulty ? Cause.FAULT : Cause.GROUP;
    }
    if (!isFaulty) {
      wake();
    }
  }

  private void stop() {
    if (phase != Phase.INITIALIZE) {
      leave(Phase.INITIALIZE, null, Cause.STOPPED);
    }
  }

  private void fault(Fault fault) {
    Member member = members[fault.member()];
    member.isFaulty = fault.isFaulty();
    if (phase == Phase.BACKUP || phase == Phase.MASTER) {
      if (member.isFaulty) {
        leave(Phase.FAULT, member, Cause.FAULT);
      }
    } else if (phase == Phase.FAULT && !isAnyFaulty()) {
      phase = Phase.BACKUP;
      for (Member each : members) {
        listen(each, false);
        causes[each.index] = each == member ? Cause.FAULT_CLEARED : Cause.GROUP;
      }
      wake();
    }
  }

  private boolean isAnyFaulty() {
    for (Member member : members) {
      if (member.isFaulty) {
        return true;
      }
    }
    return false;
  }

  /** A backup that knows nothing of the others yet. */
  private void listen(Member member, boolean startsAsMaster) {
    member.reset();
    member.ownAgain();
    long waitNanos = member.downNanos();
    // A gate may end the other host, and who has handed over leaves a living one alone: first it
    // has its chance to be heard.
    if (!config.isExclusive() && plan != Plan.HANDED_OVER) {
      if (member.isOwner()) {
        waitNanos = 0;
      } else if (startsAsMaster) {
        waitNanos = member.firstWaitNanos();
      }
    }
    member.timerNanos = nowNanos + waitNanos;
    member.earliestNanos = quietNanos(member.intervalNanos);
  }

  private void changePriority(Member member, int priority) {
    // What is tracked never moves an owner's.
    if (member.isOwner()) {
      return;
    }
    long beforeNanos = member.skewNanos();
    boolean ignoredIt = mayPreempt(member) && !member.isFollower();
    member.priority = priority;
    if (phase == Phase.BACKUP) {
      member.timerNanos += member.skewNanos() - beforeNanos;
      if (ignoredIt && member.isFollower()) {
        // Its last advertisement counts after all.
        member.follow();
        member.preemptNanos = null;
      }
    }
  }

  private void hear(Heard advert) {
    Member member = members[advert.member()];
    if (phase == Phase.BACKUP) {
      hearAsBackup(member, advert);
    } else if (phase == Phase.MASTER) {
      Cause cause = member.hearAsMaster(advert, mayPreempt(member));
      if (cause != null) {
        yieldTo(member, advert, cause);
      }
    }
  }

  private void hearAsBackup(Member member, Heard advert) {
    boolean isMaster = member.heard != null && member.heard.address().equals(advert.source());
    if (!isMaster
        && advert.priority() != Advertisement.RESIGNED
        && advert.priority() < member.priority
        && member.isFollower()
        && member.hearsMaster()) {
      // The parting word of one that has yielded to the master.
      return;
    }
    member.remember(advert);
    if (advert.priority() == Advertisement.RESIGNED) {
      member.see(Sight.RESIGNED, advert.source());
      member.timerNanos = nowNanos + member.skewNanos();
      // Another may be cut off, and keep its addresses for a while.
      if (isMaster) {
        member.earliestNanos = nowNanos;
      }
      return;
    }
    member.earliestNanos = quietNanos(advert.intervalNanos());
    if (advert.priority() < Advertisement.OWNER) {
      member.ownAgain();
    }
    if (advert.priority() >= member.priority) {
      member.preemptNanos = null;
      plan = plan == Plan.RECLAIM ? Plan.NONE : plan;
      follow(member);
    } else if (plan == Plan.RECLAIM) {
      member.isWilling = true;
    } else if (!mayPreempt(member) || member.isPreemptDelayed()) {
      follow(member);
    }
  }

  /** A gate may end the other host, and nobody does that to a living master. */
  private boolean mayPreempt(Member member) {
    return !config.isExclusive()
        && switch (plan) {
          case RECLAIM -> true;
          case HANDED_OVER -> false;
          case NONE -> member.isOwner() || member.config.preemption() == Preemption.ALLOWED;
        };
  }

  private void follow(Member member) {
    member.follow();
    if (gate.passage() == Passage.ASKED) {
      giveBack();
    }
  }

  private void yieldTo(Member member, Heard advert, Cause cause) {
    leave(Phase.BACKUP, member, cause);
    member.remember(advert);
    member.earliestNanos = quietNanos(advert.intervalNanos());
    member.follow();
  }

  private void tick() {
    if (phase == Phase.BACKUP) {
      wake();
    } else if (phase == Phase.MASTER) {
      keep();
    }
  }

  /** Who wants to be master now. */
  private void wake() {
    for (Member member : members) {
      if (isDue(member.timerNanos) || (member.preemptNanos != null && isDue(member.preemptNanos))) {
        member.isWilling = true;
      }
    }
    if (areAllWilling()) {
      return;
    }
    for (Member member : members) {
      if (isDue(member.timerNanos)) {
        member.timerNanos = nowNanos + member.downNanos();
        member.see(Sight.GROUP_WAITS, member.primary);
      }
    }
  }

  private boolean areAllWilling() {
    for (Member member : members) {
      if (!member.isWilling) {
        return false;
      }
    }
    return true;
  }

  private void takeIfPossible() {
    if (!areAllWilling() || !isDue(startNanos) || !isQuietOrHeard()) {
      return;
    }
    if (!config.isExclusive()) {
      take();
    } else if (gate.passage() == Passage.CLOSED && isDue(gate.askNanos())) {
      ask();
    }
  }

  /**
   * Whether of each member no master has been heard for long enough, or a living one is, that will
   * hear this one too; the last of the living ones at this moment.
   */
  private boolean isQuietOrHeard() {
    boolean isQuiet = true;
    boolean isHeardNow = false;
    for (Member member : members) {
      boolean isMemberQuiet = isDue(member.earliestNanos);
      if (!isMemberQuiet && !member.hearsMaster()) {
        return false;
      }
      isQuiet &= isMemberQuiet;
      isHeardNow |= member.heard != null && member.heard.atNanos() == nowNanos;
    }
    return isQuiet || isHeardNow;
  }

  private void take() {
    for (Member member : members) {
      causes[member.index] = whyTaken(member);
    }
    phase = Phase.MASTER;
    plan = Plan.NONE;
    for (Member member : members) {
      InetAddress preempted =
          member.heard != null && isPreemption(causes[member.index])
              ? member.heard.address()
              : null;
      member.reset();
      member.preempted = preempted;
      member.ownAgain();
      member.advertise();
    }
    for (Member member : members) {
      actions.add(new Take(member.index));
    }
    for (Member member : members) {
      member.announceTwice();
    }
  }

  private Cause whyTaken(Member member) {
    if (member.heard == null) {
      return member.isOwner() ? Cause.OWNER : Cause.MASTER_DOWN;
    }
    if (plan == Plan.RECLAIM) {
      return Cause.RECLAIMED;
    }
    if (member.heard.priority() == Advertisement.RESIGNED) {
      return Cause.MASTER_RESIGNED;
    }
    boolean isAlive = nowNanos - member.heard.atNanos() < member.downNanos();
    return isAlive && member.heard.priority() < member.priority
        ? Cause.PREEMPTED
        : Cause.MASTER_DOWN;
  }

  private static boolean isPreemption(Cause cause) {
    return cause == Cause.PREEMPTED || cause == Cause.RECLAIMED;
  }

  /** What a master does when it is time. */
  private void keep() {
    for (Member member : members) {
      member.keep();
    }
    if (gate.passage() == Passage.PASSED && isDue(gate.askNanos())) {
      ask();
    }
  }

  private void ask() {
    gate = gate.ask();
    actions.add(new Ask(gate.attempt()));
  }

  private void giveBack() {
    actions.add(new Release());
    gate = gate.close(nowNanos);
  }

  private void grant(Granted granted) {
    boolean isAwaited = granted.attempt() == gate.attempt();
    boolean isOver = granted.untilNanos() - nowNanos <= 0;
    boolean isLate = gate.passage() == Passage.ASKED && isAwaited && isOver;
    if (gate.passage() == Passage.CLOSED || isLate) {
      actions.add(new Release());
    }
    if (isAwaited && isOver) {
      refuse(granted.attempt());
    } else if (isAwaited && gate.passage() == Passage.ASKED) {
      gate = gate.pass(granted.untilNanos(), nowNanos);
      take();
    } else if (isAwaited && gate.passage() == Passage.RENEWING) {
      gate = gate.pass(granted.untilNanos(), nowNanos);
    }
  }

  private void refuse(long attempt) {
    if (attempt != gate.attempt()) {
      return;
    }
    if (gate.passage() == Passage.ASKED) {
      members[0].see(Sight.GATE_REFUSED, members[0].primary);
      long waitNanos = 0;
      for (Member member : members) {
        waitNanos = Math.max(waitNanos, member.downNanos());
      }
      gate = gate.refuse(nowNanos + waitNanos);
    } else if (gate.passage() == Passage.RENEWING) {
      members[0].see(Sight.GATE_REFUSED, members[0].primary);
      long leftNanos = gate.untilNanos() - nowNanos;
      gate = gate.refuse(nowNanos + Math.max(leftNanos / 2, members[0].intervalNanos));
    }
  }

  private void handOver() {
    if (phase != Phase.MASTER) {
      return;
    }
    leave(Phase.BACKUP, null, Cause.HANDED_OVER);
    plan = Plan.HANDED_OVER;
    for (Member member : members) {
      // The other may have missed that this one resigned, and its skew time is longer.
      member.timerNanos += member.downNanos();
    }
  }

  private void reclaim() {
    plan = Plan.NONE;
    if (phase != Phase.BACKUP || config.isExclusive()) {
      return;
    }
    for (Member member : members) {
      if (!member.beatsHeard()) {
        return;
      }
    }
    plan = Plan.RECLAIM;
    for (Member member : members) {
      // Who has heard nobody yet does not know whom it would take over from.
      member.isWilling |= member.heard != null;
    }
  }

  /**
   * Master or backup no longer. The addresses go before the others are told: they may take over
   * after a skew time, at an interval of 10 ms no more than 78 µs.
   *
   * @param first who makes all leave; null: all of them do
   * @param cause its cause
   */
  private void leave(Phase to, @Nullable Member first, Cause cause) {
    if (phase == Phase.MASTER) {
      for (Member member : members) {
        actions.add(new Drop(member.index));
      }
      for (Member member : members) {
        // A parting word to who stays master: it may not know that there were two, and the hosts
        // are to be told again. To the others it is priority 0.
        boolean isAnothers = to == Phase.BACKUP && member == first;
        int priority = isAnothers ? member.priority : Advertisement.RESIGNED;
        // After a silence another may be master for long; who follows it must not be misled.
        if (!member.isSilent()) {
          actions.add(new Advertise(member.index, priority));
        }
      }
    }
    if (gate.passage() != Passage.CLOSED) {
      giveBack();
    }
    phase = to;
    plan = plan == Plan.RECLAIM ? Plan.NONE : plan;
    for (Member member : members) {
      causes[member.index] = first == null || member == first ? cause : Cause.GROUP;
      member.reset();
      if (to != Phase.BACKUP) {
        member.ownAgain();
      }
      member.timerNanos = nowNanos + member.downNanos();
      member.earliestNanos = quietNanos(member.intervalNanos);
    }
  }

  /**
   * When a master of which nothing is heard from now on has its addresses no longer. It may have
   * been cut off just before its next advertisement, and only then the take delay begins.
   */
  private long quietNanos(long intervalNanos) {
    return config.takeDelayNanos() == 0
        ? nowNanos
        : nowNanos + intervalNanos + config.takeDelayNanos();
  }

  private boolean isDue(long atNanos) {
    return nowNanos - atNanos >= 0;
  }
}
