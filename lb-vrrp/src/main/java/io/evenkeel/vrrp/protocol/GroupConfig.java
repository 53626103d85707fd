package io.evenkeel.vrrp.protocol;

import java.util.List;

/**
 * Routers that move together. A router by itself is a group of one. Immutable.
 *
 * @param routers one or more
 * @param startDelayNanos how long after its start no member becomes master, 0 or more
 * @param takeDelayNanos how long a member waits at least before it becomes master, 0 or more:
 *     longer than a master that is cut off keeps its addresses. It counts from when the next
 *     advertisement of a master that did not resign was due: an interval of that master after the
 *     last one heard, or an own interval after it began to listen. Each advertisement that was lost
 *     before the cut shortens it by an interval. A master that is heard at that moment is preempted
 *     without
 * @param isExclusive whether a gate must be passed before they become master, and kept. They leave
 *     a living master alone then, whatever its priority, {@link RouterConfig#preemption} and {@link
 *     GroupEvent.Reclaim} say, since passing the gate may mean its end
 */
public record GroupConfig(
    List<RouterConfig> routers, long startDelayNanos, long takeDelayNanos, boolean isExclusive) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there is no router, or a delay is negative
   */
  public GroupConfig {
    routers = List.copyOf(routers);
    RouterConfig.require(!routers.isEmpty(), "routers", routers.size(), "one or more");
    RouterConfig.require(startDelayNanos >= 0, "startDelayNanos", startDelayNanos, "0 or more");
    RouterConfig.require(takeDelayNanos >= 0, "takeDelayNanos", takeDelayNanos, "0 or more");
  }
}
