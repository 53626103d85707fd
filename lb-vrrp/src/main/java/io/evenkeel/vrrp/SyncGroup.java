package io.evenkeel.vrrp;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Routers that move together, such as those of the outside and the inside of a firewall: a member
 * becomes master only when all others would, and if one ends being master, all do. Thread-safe.
 */
public final class SyncGroup implements AutoCloseable {
  private static final Duration LISTENER_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final List<VirtualRouter> routers;
  private final Lifecycle lifecycle;

  private SyncGroup(
      String name, List<VirtualRouter> routers, GroupSettings settings, RouterListeners listeners) {
    this.name = name;
    this.routers = routers;
    lifecycle =
        new Lifecycle(
            name, routers.stream().map(VirtualRouter::board).toList(), settings, listeners);
  }

  /**
   * Begins a group.
   *
   * @param name for log and scripts
   * @return to be completed
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /**
   * Its name.
   *
   * @return as it was built
   */
  public String name() {
    return name;
  }

  /**
   * Its members.
   *
   * @return in the order in which they were given
   */
  public List<VirtualRouter> routers() {
    return routers;
  }

  /**
   * Begins all members.
   *
   * @throws IOException if one cannot; none has begun then
   * @throws IllegalStateException if it runs
   */
  public void start() throws IOException {
    lifecycle.start();
  }

  /** Ends all members, as {@link VirtualRouter#close}. */
  @Override
  public void close() {
    lifecycle.close();
  }

  /**
   * A planned switch-over of all members, as {@link VirtualRouter#handOver}.
   *
   * @return completes when another host is master
   */
  public CompletableFuture<Void> handOver() {
    return lifecycle.ask(LiveGroup::handOver);
  }

  /**
   * A planned hand-back of all members, as {@link VirtualRouter#reclaim}.
   *
   * @return completes when this host is master
   */
  public CompletableFuture<Void> reclaim() {
    return lifecycle.ask(LiveGroup::reclaim);
  }

  @Override
  public String toString() {
    return name + " " + routers;
  }

  /** Describes a group. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final List<VirtualRouter> routers = new ArrayList<>();
    private final List<VrrpListener> listeners = new ArrayList<>();
    private GroupSettings settings = GroupSettings.DEFAULT;

    private Builder(String name) {
      this.name = name;
    }

    /**
     * A member.
     *
     * @param router that has not run, is in no group, and has no gate or start delay
     * @return this
     */
    public Builder router(VirtualRouter router) {
      routers.add(router);
      return this;
    }

    /**
     * As {@link VirtualRouter.Builder#startDelay}, of all members.
     *
     * @param delay 0..1000 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder startDelay(Duration delay) {
      settings = settings.startDelay(delay);
      return this;
    }

    /**
     * As {@link VirtualRouter.Builder#gate}, passed once for all members.
     *
     * @param gate which
     * @param timeout of a call, 1 ms..1 h
     * @return this
     * @throws IllegalArgumentException if the time-out is out of range
     */
    public Builder gate(ExclusiveGate gate, Duration timeout) {
      settings = settings.gate(gate, timeout);
      return this;
    }

    /**
     * Hears what the group does, under its name and after its members' listeners were told; may be
     * repeated. Each may take 5 s for an event.
     *
     * @param listener which
     * @return this
     */
    public Builder listener(VrrpListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Makes the group. It does not run yet.
     *
     * @return the group
     * @throws IllegalArgumentException if it has no member, one twice, or one that cannot be one;
     *     none has become a member then
     */
    public SyncGroup build() {
      if (routers.isEmpty()) {
        throw new IllegalArgumentException("group " + name + ": no router (expected: one or more)");
      }
      if (new HashSet<>(routers).size() < routers.size()) {
        throw new IllegalArgumentException("group " + name + ": one twice (expected: once)");
      }
      routers.forEach(VirtualRouter::requireFree);
      SyncGroup group =
          new SyncGroup(
              name,
              List.copyOf(routers),
              settings,
              new RouterListeners(name, listeners, LISTENER_TIMEOUT));
      routers.forEach(router -> router.join(group.lifecycle));
      return group;
    }
  }
}
