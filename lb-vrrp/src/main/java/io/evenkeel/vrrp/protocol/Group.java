package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.GateState.Passage;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Who is master (RFC 9568, 6.4; RFC 3768, 6.4), for routers that move together. A router by itself
 * is a group of one. Pure: what has happened and the time come in, what is to be done comes out.
 *
 * <p>A member becomes master only when all want to; whatever makes one leave makes all leave.
 */
public final class Group {
  private Group() {}

  /**
   * A group that does not run yet.
   *
   * @param config its members
   * @param primaries the addresses that they send from, in the order of the members
   * @return before {@link GroupEvent.Start}
   * @throws IllegalArgumentException if there are more or fewer addresses than members
   */
  public static GroupState initial(GroupConfig config, List<InetAddress> primaries) {
    int size = config.routers().size();
    if (primaries.size() != size) {
      throw new IllegalArgumentException(
          "primaries: " + primaries.size() + " (expected: " + size + ", one for each router)");
    }
    List<RouterState> members = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      RouterConfig router = config.routers().get(i);
      members.add(
          new RouterState(
              Phase.INITIALIZE,
              router.priority(),
              primaries.get(i),
              false,
              null,
              router.intervalNanos(),
              0,
              0,
              false,
              null,
              null,
              null,
              null));
    }
    return new GroupState(members, Plan.NONE, 0, new GateState(Passage.CLOSED, 0, 0, 0));
  }

  /**
   * What an event makes of a group.
   *
   * @param config its members
   * @param state before
   * @param event what has happened
   * @param nowNanos monotonic time, not before the last event's
   * @return the state afterwards, and what is to be done
   */
  public static GroupStep step(
      GroupConfig config, GroupState state, GroupEvent event, long nowNanos) {
    Turn turn = new Turn(config, state, nowNanos);
    turn.tell(event);
    return turn.end();
  }

  /**
   * When the next {@link GroupEvent.Tick} is due.
   *
   * @param config its members
   * @param state of the group
   * @return monotonic time; empty: never, unless something else happens before
   */
  public static OptionalLong nextNanos(GroupConfig config, GroupState state) {
    return switch (state.phase()) {
      case INITIALIZE, FAULT -> OptionalLong.empty();
      case BACKUP -> nextAsBackup(config, state);
      case MASTER -> OptionalLong.of(nextAsMaster(state));
    };
  }

  private static OptionalLong nextAsBackup(GroupConfig config, GroupState state) {
    long next = state.members().get(0).timerNanos();
    long possible = state.startNanos();
    boolean allWilling = true;
    for (RouterState member : state.members()) {
      next = earlier(next, member.timerNanos());
      if (member.isWilling()) {
        possible = later(possible, member.earliestNanos());
      } else {
        allWilling = false;
        if (member.preemptNanos() != null) {
          next = earlier(next, member.preemptNanos());
        }
      }
    }
    if (!allWilling) {
      return OptionalLong.of(next);
    }
    if (!config.isExclusive()) {
      return OptionalLong.of(possible);
    }
    return state.gate().passage() == Passage.ASKED
        ? OptionalLong.empty()
        : OptionalLong.of(later(possible, state.gate().askNanos()));
  }

  private static long nextAsMaster(GroupState state) {
    long next = state.members().get(0).timerNanos();
    for (RouterState member : state.members()) {
      next = earlier(next, member.timerNanos());
      if (member.announceNanos() != null) {
        next = earlier(next, member.announceNanos());
      }
      if (member.conflict() != null) {
        next = earlier(next, member.conflict().overNanos());
      }
    }
    GateState gate = state.gate();
    if (gate.isPassed()) {
      next = earlier(next, gate.untilNanos());
      if (gate.passage() == Passage.PASSED) {
        next = earlier(next, gate.askNanos());
      }
    }
    return next;
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }

  private static long later(long a, long b) {
    return a - b < 0 ? b : a;
  }
}
