package io.evenkeel.vrrp.protocol;

import java.util.List;

/**
 * All that a group remembers. Immutable.
 *
 * @param members in the order of {@link GroupConfig#routers}
 */
public record GroupState(List<RouterState> members) {
  /** Copies the list. */
  public GroupState {
    members = List.copyOf(members);
  }
}
