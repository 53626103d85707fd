package io.evenkeel;

import io.evenkeel.health.Health;
import io.evenkeel.health.ServerHealth;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One monitor for each check of each endpoint, however many services have it. Used on the control
 * thread.
 */
final class Monitors {
  /** The golden ratio: multiples of it, less their whole part, fill 0..1 evenly at any count. */
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private final ScheduledExecutorService control;
  private final EventLoopGroup eventLoops;
  private final LongSupplier nanoTime;
  private final MonitorListener listener;
  private final Map<ServerMonitor.Key, ServerMonitor> monitors = new HashMap<>();

  /** Not the same in every process: many of them may check the same servers. */
  private double phase = ThreadLocalRandom.current().nextDouble();

  Monitors(
      ScheduledExecutorService control,
      EventLoopGroup eventLoops,
      LongSupplier nanoTime,
      MonitorListener listener) {
    this.control = control;
    this.eventLoops = eventLoops;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  /** Whose verdicts a server follows. */
  static List<ServerMonitor.Key> keys(RealServer server) {
    if (server.checks().isEmpty()) {
      return List.of(new ServerMonitor.Key(server.endpoint(), null));
    }
    return server.checks().stream()
        .map(spec -> new ServerMonitor.Key(server.endpoint(), spec))
        .toList();
  }

  /** The monitors of a server, which must be among the wanted ones. */
  List<ServerMonitor> of(RealServer server) {
    return keys(server).stream().map(key -> Objects.requireNonNull(monitors.get(key))).toList();
  }

  /**
   * What is held of a server.
   *
   * @param inherited what monitors that are to come begin with
   */
  ServerHealth health(
      RealServer server, boolean ejected, Map<ServerMonitor.Key, Health> inherited) {
    List<Health> checks = new ArrayList<>();
    for (ServerMonitor.Key key : keys(server)) {
      ServerMonitor monitor = monitors.get(key);
      Health heir = inherited.get(key);
      if (monitor != null) {
        checks.add(monitor.health());
      } else {
        checks.add(heir != null ? heir : Health.initial(key.spec(), nanoTime.getAsLong()));
      }
    }
    return ServerHealth.of(server, checks, ejected);
  }

  /**
   * What the new checks of a server begin with: all that is known from one that is the same but for
   * its timing, else the verdict of the others.
   *
   * @param before the server as it was, with checks
   * @param after as it will be
   */
  void inherit(RealServer before, RealServer after, Map<ServerMonitor.Key, Health> inherited) {
    if (before.checks().isEmpty()) {
      return;
    }
    List<ServerMonitor> known = of(before);
    Health worst = known.get(0).health();
    for (ServerMonitor monitor : known) {
      worst = worse(worst, monitor.health());
    }
    for (CheckSpec spec : after.checks()) {
      ServerMonitor.Key key = new ServerMonitor.Key(after.endpoint(), spec);
      if (!monitors.containsKey(key)) {
        Health verdict = worst.verdict();
        inherited.putIfAbsent(
            key,
            known.stream()
                .filter(monitor -> isTimedOtherwise(monitor.key().spec(), spec))
                .map(ServerMonitor::health)
                .findFirst()
                .orElse(verdict));
      }
    }
  }

  private static boolean isTimedOtherwise(@Nullable CheckSpec old, CheckSpec spec) {
    return old != null && old.probe().equals(spec.probe()) && old.place().equals(spec.place());
  }

  private static Health worse(Health one, Health other) {
    ServerState state = other.state();
    return state.compareTo(one.state()) > 0 ? other : one;
  }

  /** Ends the monitors that are not wanted any more, and begins those that are new. */
  void renew(
      List<RealServer> servers,
      Map<Endpoint, InetSocketAddress> addresses,
      Map<ServerMonitor.Key, Health> inherited) {
    Map<ServerMonitor.Key, ServerMonitor> wanted = new HashMap<>();
    for (RealServer server : servers) {
      for (ServerMonitor.Key key : keys(server)) {
        ServerMonitor known = monitors.get(key);
        if (known != null) {
          wanted.put(key, known);
        } else {
          wanted.computeIfAbsent(key, k -> begin(k, where(k, addresses), inherited.get(k)));
        }
      }
    }
    monitors.keySet().removeAll(wanted.keySet());
    stop();
    monitors.putAll(wanted);
  }

  /** Ends all. */
  void stop() {
    monitors.values().forEach(ServerMonitor::stop);
    monitors.clear();
  }

  /** Whether every monitor has had a verdict. */
  boolean areProven() {
    return monitors.values().stream().allMatch(monitor -> monitor.health().proven());
  }

  private ServerMonitor begin(
      ServerMonitor.Key key, ServerMonitor.Where where, @Nullable Health inherited) {
    Health first = inherited != null ? inherited : Health.initial(key.spec(), nanoTime.getAsLong());
    ServerMonitor monitor =
        new ServerMonitor(key, where, first, eventLoops.next(), control, nanoTime, listener);
    if (key.spec() != null) {
      phase = (phase + GOLDEN) % 1;
      monitor.start(phase);
    }
    return monitor;
  }

  private static ServerMonitor.Where where(
      ServerMonitor.Key key, Map<Endpoint, InetSocketAddress> addresses) {
    CheckSpec spec = key.spec();
    Endpoint to = spec == null ? key.endpoint() : spec.place().of(key.endpoint());
    Endpoint from = spec == null ? null : spec.place().from();
    return new ServerMonitor.Where(
        Objects.requireNonNull(addresses.get(to)), from == null ? null : addresses.get(from));
  }
}
