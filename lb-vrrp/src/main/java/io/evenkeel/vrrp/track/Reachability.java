package io.evenkeel.vrrp.track;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whether a majority of some others can be reached, the gateway for instance: what keeps a host
 * that is cut off from everything from being master. To lose the majority is a fault. A master that
 * is cut off has dropped its addresses after {@link #loseTime}, and a backup that waits for {@link
 * #takeTime} takes them over later than that.
 *
 * <p>It stops an isolated host and nothing more: when only the way between two hosts is cut and
 * both still reach the gateway, both are master. Against that helps an {@link
 * io.evenkeel.vrrp.ExclusiveGate} alone.
 *
 * <p>All probes are sent at an interval, as long as somebody watches; what hangs delays nothing
 * else. Until the first round has been won it is a fault. Immutable, and like every tracker it may
 * be given to several routers.
 */
public final class Reachability implements Tracker {
  private final Tracked tracked;
  private final ReachabilityRule rule;

  private Reachability(Tracked tracked, ReachabilityRule rule) {
    this.tracked = tracked;
    this.rule = rule;
  }

  /**
   * A gate.
   *
   * @param name in log and status
   * @param probes one or more; more than half of them must be answered, of two both
   * @param rule when they are sent
   * @return the gate
   * @throws IllegalArgumentException if there is no probe
   */
  public static Reachability of(String name, List<Probe> probes, ReachabilityRule rule) {
    if (probes.isEmpty()) {
      throw new IllegalArgumentException("probes: [] (expected: one or more)");
    }
    return new Reachability(
        new Tracked(new ReachabilitySource(name, List.copyOf(probes), rule)), rule);
  }

  /**
   * T_lose: how long after the majority is out of reach it is a fault, at most.
   *
   * @return the rule's
   */
  public Duration loseTime() {
    return rule.loseTime();
  }

  /**
   * T_take: how long after the next advertisement of the master that it has heard was due a backup
   * waits before it becomes one.
   *
   * @return the rule's, over {@link #loseTime}
   */
  public Duration takeTime() {
    return rule.takeTime();
  }

  @Override
  public String name() {
    return tracked.name();
  }

  @Override
  public Contribution initial() {
    return tracked.initial();
  }

  @Override
  public AutoCloseable watch(Consumer<? super Contribution> consumer) {
    return tracked.watch(consumer);
  }

  @Override
  public String toString() {
    return tracked.name();
  }
}
