package io.evenkeel.vrrp.protocol;

import java.util.List;

/**
 * Routers that move together. A router by itself is a group of one. Immutable.
 *
 * @param routers one or more
 * @param startDelayNanos how long after its start no member becomes master, 0 or more
 * @param takeDelayNanos how long after it has last heard a master that did not resign a member
 *     becomes master at the earliest, 0 or more: longer than a master that is cut off keeps its
 *     addresses
 * @param isExclusive whether a gate must be passed before they become master, and kept
 */
public record GroupConfig(
    List<RouterConfig> routers, long startDelayNanos, long takeDelayNanos, boolean isExclusive) {
  /** Copies the list. */
  public GroupConfig {
    routers = List.copyOf(routers);
  }
}
