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
import io.evenkeel.persistence.Changes;
import io.evenkeel.persistence.Templates;
import io.evenkeel.pool.Destination;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Selector;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a director: what is configured, who is alive, and what follows from the two for
 * dispatchers and data planes. Every method but {@link #cells} and {@link #eventLoops} runs on the
 * control thread.
 */
final class Controller {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /** How often expired templates are forgotten where no traffic does it. */
  private static final long SWEEP_SECONDS = 1;

  private final ScheduledExecutorService control;
  private final PlaneContext context;
  private final Planes planes;
  private final NamedSchedulers schedulers;
  private final LongSupplier nanoTime;
  private final EventQueue events;
  private final @Nullable Changes templateChanges;
  private final DirectorMeters meters;

  private boolean started;
  private Configuration configuration = Configuration.empty();
  private final Map<ServerMonitor.Key, ServerMonitor> monitors = new HashMap<>();
  private final Drains drains;

  /** Who follows each monitor; made anew with the configuration. */
  private final Map<ServerMonitor.Key, List<Destination>> followers = new HashMap<>();

  /** Replaced as a whole, so that any thread may read it. */
  private volatile Map<ServiceKey, ServiceCell> cells = Map.of();

  Controller(
      ScheduledExecutorService control,
      PlaneContext context,
      Planes planes,
      Map<String, Scheduler> schedulers,
      EventQueue events,
      @Nullable Changes templateChanges,
      LongSupplier nanoTime) {
    this.control = control;
    this.context = context;
    this.planes = planes;
    this.schedulers = new NamedSchedulers(schedulers);
    this.nanoTime = nanoTime;
    this.events = events;
    this.templateChanges = templateChanges;
    this.drains = new Drains(control, this::drainEnded);
    this.meters = new DirectorMeters(context.meterRegistry());
    control.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
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

  List<CompletableFuture<List<ConnectionStatus>>> connections() {
    return planes.connections();
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
      schedulers.problem(service).ifPresent(problems::add);
      for (RealServer server : service.realServers()) {
        CheckSpec check = server.check();
        if (check != null && !(check.probe() instanceof HealthCheck)) {
          problems.add(
              "check: " + check.probe() + " (expected: an " + HealthCheck.class.getName() + ")");
        }
      }
    }
    problems.addAll(planes.validate(next.services()));
    return problems;
  }

  /** Makes a valid configuration the current one, or throws and leaves all as it was. */
  List<Change> apply(Configuration next, Map<Endpoint, InetSocketAddress> addresses) {
    Map<ServerMonitor.Key, Health> inherited = inherited(next);
    Map<ServiceKey, ServiceCell> nextCells = new LinkedHashMap<>();
    Map<ServiceCell, ServiceCell.State> nextStates = new LinkedHashMap<>();
    for (VirtualService service : next.services()) {
      ServiceCell cell = cells.get(service.key());
      Scheduler scheduler = schedulers.of(service, cell);
      if (cell == null) {
        cell = new ServiceCell(service, scheduler, templateChanges, this::suspended, nanoTime);
      }
      nextCells.put(service.key(), cell);
      nextStates.put(
          cell, cell.next(service, scheduler, addresses, server -> !isDown(server, inherited)));
    }
    // Before the planes: a user's own scheduler may throw, and a plane cannot always go back.
    Map<ServiceCell, Selector> selectors = new LinkedHashMap<>();
    nextStates.forEach((cell, state) -> selectors.put(cell, selectorFor(cell, state)));
    carry(nextStates, selectors);

    final List<Change> changes = configuration.diff(next);
    Map<ServiceKey, ServiceCell> gone = new HashMap<>(cells);
    gone.keySet().removeAll(nextCells.keySet());
    gone.values().forEach(cell -> cell.dispatcher().chooseNobody());

    final Set<Destination> removed = destinations(cells.values());
    final Map<Destination, ServerState> statesBefore = states();
    renewMonitors(nextStates.values(), inherited);
    selectors.forEach(
        (cell, selector) -> cell.publish(Objects.requireNonNull(nextStates.get(cell)), selector));
    cells = nextCells;
    configuration = next;
    renewCells();
    removed.removeAll(destinations(nextCells.values()));
    planes.removed(removed);
    for (Change change : changes) {
      emit(Event.Kind.CONFIGURED, change.service(), change.server(), change.text());
    }
    announceDifferences(statesBefore);
    nextCells.values().forEach(this::announceService);
    if (!started) {
      started = true;
      emit(Event.Kind.STARTED, null, null, "director started, virtual services: " + cells.size());
    }
    return changes;
  }

  private static Set<Destination> destinations(Collection<ServiceCell> cells) {
    Set<Destination> all = new HashSet<>();
    cells.forEach(cell -> all.addAll(cell.now().monitored().keySet()));
    return all;
  }

  /** Has the planes carry what would be; if that fails, they get back what is. */
  private void carry(
      Map<ServiceCell, ServiceCell.State> nextStates, Map<ServiceCell, Selector> selectors) {
    List<EffectiveService> services = new ArrayList<>();
    nextStates.forEach(
        (cell, state) -> {
          services.add(cell.effective(state));
          // A plane may dispatch for a new service before it has said that it carries it.
          if (cells.get(state.service().key()) != cell) {
            cell.publish(state, Objects.requireNonNull(selectors.get(cell)));
          }
        });
    try {
      planes.carry(services);
    } catch (RuntimeException e) {
      planes.offer(effectiveNow());
      throw e;
    }
  }

  private static Selector selectorFor(ServiceCell cell, ServiceCell.State state) {
    try {
      return cell.selectorFor(state);
    } catch (RuntimeException | Error e) {
      throw new InvalidConfigurationException(
          "scheduler: " + state.service().scheduler() + " failed: " + e, e);
    }
  }

  /** The cell of a server, if there is one. */
  @Nullable Destination destination(ServiceKey service, Endpoint server) {
    ServiceCell cell = cells.get(service);
    return cell == null ? null : cell.now().servers().get(server);
  }

  CompletableFuture<Drained> drained(Destination destination, Duration deadline) {
    return drains.add(destination, deadline);
  }

  private void drainEnded(Drained drained) {
    emit(
        Event.Kind.DRAINED,
        drained.service(),
        drained.server(),
        drained.service()
            + ": server "
            + drained.server()
            + " drained, connections left: "
            + drained.connectionsLeft());
  }

  /** Ends everything; returns how many connections were cut off. */
  int close(Duration grace) {
    monitors.values().forEach(ServerMonitor::stop);
    int cut = planes.close(grace);
    // Not before: who waits in a plane for its connection to a server may need another server.
    cells.values().forEach(cell -> cell.dispatcher().chooseNobody());
    drains.endAll();
    if (started) {
      emit(Event.Kind.STOPPED, null, null, "director stopped, connections cut off: " + cut);
    }
    meters.keepOnly(Set.of());
    return cut;
  }

  private void emit(
      Event.Kind kind, @Nullable ServiceKey service, @Nullable Endpoint server, String text) {
    switch (kind) {
      case SERVER_DOWN, SERVER_SUSPECT, SERVICE_DOWN -> LOG.warn("{}", text);
      default -> LOG.info("{}", text);
    }
    events.add(new Event(kind, Instant.now(), service, server, text));
  }

  private void sweep() {
    try {
      cells.values().forEach(cell -> cell.sweep(nanoTime.getAsLong()));
    } catch (RuntimeException e) {
      LOG.error("expired templates were not all forgotten", e);
    }
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

  /** Another check of a service's server begins with the verdict of the one before. */
  private Map<ServerMonitor.Key, Health> inherited(Configuration next) {
    Map<ServerMonitor.Key, Health> inherited = new HashMap<>();
    for (VirtualService service : next.services()) {
      for (RealServer server : service.realServers()) {
        Destination known = destination(service.key(), server.endpoint());
        ServerMonitor before = known == null ? null : monitorOf(known);
        if (before != null && before.key().spec() != null && server.check() != null) {
          inherited.putIfAbsent(
              new ServerMonitor.Key(server.endpoint(), server.check()), before.health());
        }
      }
    }
    return inherited;
  }

  private boolean isDown(RealServer server, Map<ServerMonitor.Key, Health> inherited) {
    ServerMonitor.Key key = new ServerMonitor.Key(server.endpoint(), server.check());
    ServerMonitor monitor = monitors.get(key);
    Health health = monitor != null ? monitor.health() : inherited.get(key);
    return health != null && health.state() == ServerState.DOWN;
  }

  /** What is held of every server. */
  private Map<Destination, ServerState> states() {
    Map<Destination, ServerState> states = new HashMap<>();
    followers.forEach(
        (key, destinations) -> {
          ServerState state = Objects.requireNonNull(monitors.get(key)).health().state();
          destinations.forEach(destination -> states.put(destination, state));
        });
    return states;
  }

  /** A server may be in another state because its check is another, or its service is new. */
  private void announceDifferences(Map<Destination, ServerState> before) {
    for (ServiceCell cell : cells.values()) {
      cell.now()
          .monitored()
          .forEach(
              (destination, key) -> {
                Health health = Objects.requireNonNull(monitors.get(key)).health();
                if (health.state() != before.getOrDefault(destination, ServerState.UP)) {
                  announceServer(destination, health);
                }
              });
    }
  }

  /** A server changed state: every service that has it follows. Does not throw. */
  private void stateChanged(ServerMonitor monitor) {
    Health health = monitor.health();
    for (Destination destination : followers.getOrDefault(monitor.key(), List.of())) {
      ServiceCell cell = cells.get(destination.service());
      if (cell != null) {
        follow(cell, destination, health);
      }
    }
    planes.offer(effectiveNow());
  }

  private void follow(ServiceCell cell, Destination destination, Health health) {
    if (health.state() == ServerState.UP) {
      destination.warmUp(nanoTime.getAsLong());
    }
    destination.suspend(health.state() != ServerState.UP);
    ServiceCell.State next = cell.next(server -> !isDown(server, Map.of()));
    try {
      cell.publish(next, selectorFor(cell, next));
    } catch (InvalidConfigurationException e) {
      LOG.error("{}: goes on with the servers that it had", destination.service(), e);
    }
    announceServer(destination, health);
    announceService(cell);
  }

  private void announceServer(Destination destination, Health health) {
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
  }

  private void announceService(ServiceCell cell) {
    cell.newsOfService()
        .ifPresent(
            serves -> {
              ServiceKey key = cell.now().service().key();
              Endpoint sorry = cell.now().service().sorryServer();
              if (serves) {
                emit(Event.Kind.SERVICE_UP, key, null, key + ": has a server again");
              } else {
                String instead =
                    sorry == null
                        ? "connections are closed"
                        : "the sorry server " + sorry + " answers";
                emit(Event.Kind.SERVICE_DOWN, key, null, key + ": no server left, " + instead);
              }
            });
  }

  private List<EffectiveService> effectiveNow() {
    return cells.values().stream().map(cell -> cell.effective(cell.now())).toList();
  }

  private void renewMonitors(
      Collection<ServiceCell.State> states, Map<ServerMonitor.Key, Health> inherited) {
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
                          k,
                          address,
                          inherited.getOrDefault(k, Health.initial(k.spec(), System.nanoTime())),
                          context.eventLoopGroup().next(),
                          control,
                          this::stateChanged);
                  monitor.start();
                  return monitor;
                }));
  }

  /** New cells may stand for servers that are suspect already. */
  private void renewCells() {
    Set<Object> metered = new HashSet<>();
    for (ServiceCell cell : cells.values()) {
      metered.add(cell.dispatcher());
      Templates templates = cell.templates();
      if (templates != null) {
        metered.add(templates);
      }
      metered.addAll(cell.now().monitored().keySet());
    }
    meters.keepOnly(metered);
    for (ServiceCell cell : cells.values()) {
      meters.add(cell.dispatcher());
      Templates templates = cell.templates();
      if (templates != null) {
        meters.add(cell, templates);
      }
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
