package io.evenkeel.vrrp.protocol;

import java.util.List;

/**
 * All that a group remembers. Immutable.
 *
 * @param members in the order of {@link GroupConfig#routers}
 * @param plan what an operator has asked of it
 * @param startNanos monotonic time before which no member becomes master ({@link
 *     GroupConfig#startDelayNanos})
 * @param gate the exclusive gate
 */
public record GroupState(List<RouterState> members, Plan plan, long startNanos, GateState gate) {
  /** Copies the list. */
  public GroupState {
    members = List.copyOf(members);
  }

  /**
   * What its members are: all of them the same.
   *
   * @return their phase
   */
  public Phase phase() {
    return members.get(0).phase();
  }
}
