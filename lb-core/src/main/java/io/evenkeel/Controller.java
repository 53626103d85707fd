package io.evenkeel;

import io.evenkeel.health.Health;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.Change;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Configuration;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.evenkeel.schedule.Scheduler;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a director: what is configured, who is alive, and what follows from the two for
 * dispatchers and data planes. Every method but {@link #cells} runs on the control thread.
 */
final class Controller {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);
  private static final Duration PLANE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration DRAIN_POLL = Duration.ofMillis(10);

  /** A destination that is waited for. */
  private record Drain(
      Destination destination, long deadlineNanos, CompletableFuture<Drained> result) {}

  private final ScheduledExecutorService control;
  private final PlaneContext context;
  private final List<DataPlane> planes;
  private final Map<String, Scheduler> schedulers;
  private final EventQueue events;
  private final DirectorMeters meters;

  private Configuration configuration = Configuration.empty();
  private final Map<ServerMonitor.Key, ServerMonitor> monitors = new HashMap<>();
  private final Set<Drain> drains = new HashSet<>();

  /** Who follows each monitor; made anew with the configuration. */
  private final Map<ServerMonitor.Key, List<Destination>> followers = new HashMap<>();

  /** Replaced as a whole, so that any thread may read it. */
  private volatile Map<ServiceKey, ServiceCell> cells = Map.of();

  Controller(
      ScheduledExecutorService control,
      PlaneContext context,
      List<DataPlane> planes,
      Map<String, Scheduler> schedulers,
      EventQueue events) {
    this.control = control;
    this.context = context;
    this.planes = planes;
    this.schedulers = schedulers;
    this.events = events;
    this.meters = new DirectorMeters(context.meterRegistry());
  }

  Map<ServiceKey, ServiceCell> cells() {
    return cells;
  }

  Configuration configuration() {
    return configuration;
  }

  EventLoopGroup eventLoops() {
    return context.eventLoopGroup();
  }

  List<ServerStatus> status() {
    List<ServerStatus> all = new ArrayList<>();
    for (ServiceCell cell : cells.values()) {
      for (RealServer server : cell.now().service().realServers()) {
        Destination destination = cell.now().servers().get(server.endpoint());
        ServerMonitor monitor =
            monitors.get(new ServerMonitor.Key(server.endpoint(), server.check()));
        if (destination != null && monitor != null) {
          all.add(status(destination, server.weight(), monitor.health()));
        }
      }
    }
    return all;
  }

  private static ServerStatus status(Destination destination, int weight, Health health) {
    return new ServerStatus(
        destination.service(),
        destination.endpoint(),
        weight,
        health.state(),
        health.reason(),
        destination.active(),
        destination.inactive(),
        destination.connections(),
        destination.bytesFromClient(),
        destination.bytesToClient());
  }

  /** What speaks against a configuration, names apart. */
  List<String> problems(Configuration next) {
    List<String> problems = new ArrayList<>();
    for (VirtualService service : next.services()) {
      if (!schedulers.containsKey(service.scheduler())) {
        Set<String> known = new TreeSet<>(schedulers.keySet());
        problems.add(
            "scheduler: "
                + service.scheduler()
                + " (expected: one of "
                + String.join(", ", known)
                + ")");
      }
      for (RealServer server : service.realServers()) {
        CheckSpec check = server.check();
        if (check != null && !(check.probe() instanceof HealthCheck)) {
          problems.add(
              "check: " + check.probe() + " (expected: an " + HealthCheck.class.getName() + ")");
        }
      }
    }
    for (DataPlane plane : planes) {
      problems.addAll(plane.validate(next.services()));
    }
    return problems;
  }

  /** Makes a valid configuration the current one, or throws and leaves all as it was. */
  List<Change> apply(Configuration next, Map<Endpoint, InetSocketAddress> addresses) {
    Map<ServiceKey, ServiceCell> nextCells = new LinkedHashMap<>();
    Map<ServiceCell, ServiceCell.State> nextStates = new LinkedHashMap<>();
    for (VirtualService service : next.services()) {
      Scheduler scheduler = Objects.requireNonNull(schedulers.get(service.scheduler()));
      InetSocketAddress address = Objects.requireNonNull(addresses.get(service.key().endpoint()));
      ServiceCell cell = cells.get(service.key());
      if (cell == null) {
        cell = new ServiceCell(service, address, scheduler, this::suspended);
      }
      nextCells.put(service.key(), cell);
      nextStates.put(cell, cell.next(service, scheduler, addresses, server -> !isDown(server)));
    }
    carry(nextStates);

    final List<Change> changes = configuration.diff(next);
    Map<ServiceKey, ServiceCell> gone = new HashMap<>(cells);
    gone.keySet().removeAll(nextCells.keySet());
    gone.values().forEach(cell -> cell.dispatcher().chooseNobody());
    Map<ServiceKey, Boolean> served = new HashMap<>();
    cells.forEach((key, cell) -> served.put(key, cell.now().hasServer()));

    renewMonitors(nextStates.values());
    nextStates.forEach(ServiceCell::publish);
    cells = nextCells;
    configuration = next;
    renewCells();
    for (Change change : changes) {
      emit(Event.Kind.CONFIGURED, change.service(), change.server(), change.text());
    }
    nextCells.forEach((key, cell) -> announceService(cell, served.getOrDefault(key, true)));
    return changes;
  }

  /** Completes when nothing is open to these any more, or at the deadline. */
  CompletableFuture<Drained> drained(ServiceKey key, Endpoint server, Duration deadline) {
    ServiceCell cell = cells.get(key);
    Destination destination = cell == null ? null : cell.now().servers().get(server);
    CompletableFuture<Drained> result = new CompletableFuture<>();
    if (destination == null) {
      result.complete(new Drained(key, server, 0));
    } else {
      Drain drain = new Drain(destination, System.nanoTime() + deadline.toNanos(), result);
      drains.add(drain);
      pollDrain(drain);
    }
    return result;
  }

  private void pollDrain(Drain drain) {
    if (drain.destination.open() == 0 || System.nanoTime() - drain.deadlineNanos >= 0) {
      drains.remove(drain);
      endDrain(drain);
    } else {
      control.schedule(() -> pollDrain(drain), DRAIN_POLL.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void endDrain(Drain drain) {
    ServiceKey service = drain.destination.service();
    Endpoint server = drain.destination.endpoint();
    long left = drain.destination.open();
    emit(
        Event.Kind.DRAINED,
        service,
        server,
        service + ": server " + server + " drained, connections left: " + left);
    drain.result.complete(new Drained(service, server, left));
  }

  /** Ends everything; returns how many connections were cut off. */
  int close(Duration grace) {
    monitors.values().forEach(ServerMonitor::stop);
    int cut = 0;
    List<CompletableFuture<Integer>> closing = new ArrayList<>();
    for (DataPlane plane : planes) {
      closing.add(plane.close(grace).toCompletableFuture());
    }
    for (CompletableFuture<Integer> plane : closing) {
      try {
        cut += await(plane, grace.plus(PLANE_TIMEOUT));
      } catch (IllegalStateException e) {
        LOG.warn("a data plane did not close: {}", e.getMessage());
      }
    }
    cells.values().forEach(cell -> cell.dispatcher().chooseNobody());
    drains.forEach(this::endDrain);
    drains.clear();
    meters.keepOnly(Set.of());
    return cut;
  }

  void emit(Event.Kind kind, @Nullable ServiceKey service, @Nullable Endpoint server, String text) {
    switch (kind) {
      case SERVER_DOWN, SERVER_SUSPECT, SERVICE_DOWN -> LOG.warn("{}", text);
      default -> LOG.info("{}", text);
    }
    events.add(new Event(kind, Instant.now(), service, server, text));
  }

  /** Called by whoever saw the connection fail. */
  private void suspended(Destination destination) {
    control.execute(
        () -> {
          ServerMonitor monitor = monitorOf(destination);
          if (monitor != null) {
            monitor.connectFailed();
          }
        });
  }

  private @Nullable ServerMonitor monitorOf(Destination destination) {
    ServiceCell cell = cells.get(destination.service());
    return cell == null ? null : monitors.get(cell.now().monitored().get(destination));
  }

  private boolean isDown(RealServer server) {
    ServerMonitor monitor = monitors.get(new ServerMonitor.Key(server.endpoint(), server.check()));
    return monitor != null && monitor.isDown();
  }

  /** A server changed state: every service that has it follows. */
  private void stateChanged(ServerMonitor monitor) {
    Health health = monitor.health();
    for (Destination destination : followers.getOrDefault(monitor.key(), List.of())) {
      ServiceCell cell = cells.get(destination.service());
      if (cell != null) {
        follow(cell, destination, health);
      }
    }
    carryWhatIs();
  }

  private void follow(ServiceCell cell, Destination destination, Health health) {
    boolean served = cell.now().hasServer();
    destination.suspend(health.state() != ServerState.UP);
    cell.publish(cell.next(server -> !isDown(server)));
    Event.Kind kind =
        switch (health.state()) {
          case UP -> Event.Kind.SERVER_UP;
          case SUSPECT -> Event.Kind.SERVER_SUSPECT;
          case DOWN -> Event.Kind.SERVER_DOWN;
        };
    emit(
        kind,
        destination.service(),
        destination.endpoint(),
        destination.service()
            + ": server "
            + destination.endpoint()
            + " "
            + health.state()
            + ": "
            + health.reason());
    announceService(cell, served);
  }

  private void announceService(ServiceCell cell, boolean served) {
    VirtualService service = cell.now().service();
    boolean serves = cell.now().hasServer();
    if (served && !serves) {
      String instead =
          service.sorryServer() == null
              ? "connections are closed"
              : "the sorry server " + service.sorryServer() + " answers";
      emit(
          Event.Kind.SERVICE_DOWN,
          service.key(),
          null,
          service.key() + ": no server left, " + instead);
    } else if (!served && serves) {
      emit(Event.Kind.SERVICE_UP, service.key(), null, service.key() + ": has a server again");
    }
  }

  /** Hands planes what would be; if one refuses, all get back what is. */
  private void carry(Map<ServiceCell, ServiceCell.State> nextStates) {
    List<EffectiveService> services = new ArrayList<>();
    nextStates.forEach((cell, state) -> services.add(cell.effective(state)));
    for (DataPlane plane : planes) {
      try {
        await(plane.apply(services).toCompletableFuture(), PLANE_TIMEOUT);
      } catch (IllegalStateException e) {
        carryWhatIs();
        throw new InvalidConfigurationException(
            String.valueOf(e.getMessage()), e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private void carryWhatIs() {
    List<EffectiveService> services =
        cells.values().stream().map(cell -> cell.effective(cell.now())).toList();
    for (DataPlane plane : planes) {
      plane
          .apply(services)
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  LOG.warn("a data plane does not carry all services: {}", failure.getMessage());
                }
              });
    }
  }

  private static <T> T await(CompletableFuture<T> future, Duration timeout) {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IllegalStateException(cause == null ? e.toString() : cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IllegalStateException("not done within " + timeout, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void renewMonitors(Collection<ServiceCell.State> states) {
    Map<ServerMonitor.Key, InetSocketAddress> wanted = new LinkedHashMap<>();
    followers.clear();
    for (ServiceCell.State state : states) {
      state
          .monitored()
          .forEach(
              (cell, key) -> {
                wanted.put(key, cell.address());
                followers.computeIfAbsent(key, k -> new ArrayList<>()).add(cell);
              });
    }
    monitors
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !wanted.containsKey(entry.getKey());
              if (gone) {
                entry.getValue().stop();
              }
              return gone;
            });
    wanted.forEach(
        (key, address) ->
            monitors.computeIfAbsent(
                key,
                k -> {
                  ServerMonitor monitor =
                      new ServerMonitor(
                          k, address, context.eventLoopGroup().next(), control, this::stateChanged);
                  monitor.start();
                  return monitor;
                }));
  }

  /** New cells may stand for servers that are suspect already. */
  private void renewCells() {
    Set<Object> metered = new HashSet<>();
    for (ServiceCell cell : cells.values()) {
      metered.add(cell.dispatcher());
      metered.addAll(cell.now().monitored().keySet());
    }
    meters.keepOnly(metered);
    for (ServiceCell cell : cells.values()) {
      meters.add(cell.dispatcher());
      cell.now()
          .monitored()
          .forEach(
              (destination, key) -> {
                ServerMonitor monitor = Objects.requireNonNull(monitors.get(key));
                destination.suspend(monitor.health().state() != ServerState.UP);
                meters.add(destination, monitor);
              });
    }
  }
}
