package io.evenkeel;

import io.evenkeel.health.Health;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.hook.EventQueue;
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
  private final Chronicle chronicle;
  private final Transitions transitions;
  private final Monitors monitors;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final @Nullable Changes templateChanges;
  private final DirectorMeters meters;

  private boolean started;
  private Configuration configuration = Configuration.empty();
  private final Drains drains;

  /** Replaced as a whole, so that any thread may read it. */
  private volatile Map<ServiceKey, ServiceCell> cells = Map.of();

  Controller(
      ScheduledExecutorService control,
      PlaneContext context,
      Planes planes,
      Map<String, Scheduler> schedulers,
      EventQueue<EventListener, Event> events,
      @Nullable Changes templateChanges,
      LongSupplier nanoTime) {
    this.control = control;
    this.context = context;
    this.planes = planes;
    this.schedulers = new NamedSchedulers(schedulers);
    this.nanoTime = nanoTime;
    this.chronicle = new Chronicle(events);
    this.transitions =
        new Transitions(control, nanoTime, planes, chronicle, this::announceReadiness);
    this.monitors = new Monitors(control, context.eventLoopGroup(), System::nanoTime, transitions);
    this.templateChanges = templateChanges;
    this.drains =
        new Drains(control, this::drainEnded, destination -> planes.cut(Set.of(destination)));
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

  /** Completes when every server has had its first verdict. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  List<ServerStatus> status() {
    // What is shown is in effect.
    transitions.publish();
    List<ServerStatus> all = new ArrayList<>();
    for (ServiceCell cell : cells.values()) {
      ServiceCell.State now = cell.now();
      List<RealServer> servers = now.service().realServers();
      for (int i = 0; i < servers.size(); i++) {
        Follower follower = transitions.follower(now.destination(servers.get(i)));
        if (follower != null) {
          all.add(follower.status(now.rotation().places().get(i)));
        }
      }
    }
    return all;
  }

  /** What happened to a server last, the oldest first; empty if there is none. */
  List<Event> history(ServiceKey service, Endpoint server) {
    transitions.publish();
    Destination destination = destination(service, server);
    Follower follower = destination == null ? null : transitions.follower(destination);
    return follower == null ? List.of() : List.copyOf(follower.history());
  }

  List<CompletableFuture<List<ConnectionStatus>>> connections() {
    return planes.connections();
  }

  /** What speaks against a configuration, names apart. */
  List<String> problems(Configuration next) {
    List<String> problems = new ArrayList<>();
    for (VirtualService service : next.services()) {
      schedulers.problem(service).ifPresent(problems::add);
      for (RealServer server : service.realServers()) {
        checkProbes(server, problems);
      }
      if (service.sorryServer() != null) {
        checkProbes(service.sorryServer(), problems);
      }
    }
    problems.addAll(planes.validate(next.services()));
    return problems;
  }

  private static void checkProbes(RealServer server, List<String> problems) {
    for (CheckSpec check : server.checks()) {
      if (!(check.probe() instanceof HealthCheck)) {
        problems.add(
            "check: " + check.probe() + " (expected: an " + HealthCheck.class.getName() + ")");
      }
    }
  }

  /** Makes a valid configuration the current one, or throws and leaves all as it was. */
  List<Change> apply(Configuration next, Map<Endpoint, InetSocketAddress> addresses) {
    // Planes may take long to carry it, and what has been said waits for this.
    transitions.publish();
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
          cell,
          cell.next(
              service,
              scheduler,
              addresses,
              server ->
                  monitors.health(
                      server,
                      transitions.isEjected(destination(service.key(), server.endpoint())),
                      inherited)));
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
    monitors.renew(servers(next), addresses, inherited);
    selectors.forEach(
        (cell, selector) -> cell.publish(Objects.requireNonNull(nextStates.get(cell)), selector));
    cells = nextCells;
    configuration = next;
    transitions.follow(nextCells, monitors);
    renewMeters();
    removed.removeAll(destinations(nextCells.values()));
    planes.removed(removed);
    for (Change change : changes) {
      chronicle.tell(Event.Kind.CONFIGURED, change.service(), change.server(), change.text());
    }
    transitions.tell();
    if (!started) {
      started = true;
      chronicle.tell(
          Event.Kind.STARTED, null, null, "director started, virtual services: " + cells.size());
    }
    announceReadiness();
    return changes;
  }

  private static List<RealServer> servers(Configuration configuration) {
    List<RealServer> all = new ArrayList<>();
    for (VirtualService service : configuration.services()) {
      all.addAll(service.realServers());
      if (service.sorryServer() != null) {
        all.add(service.sorryServer());
      }
    }
    return all;
  }

  private void announceReadiness() {
    if (started && !ready.isDone() && monitors.areProven()) {
      // Not before the last verdict is in effect.
      transitions.publish();
      // Who hears of it finds it so.
      ready.complete(null);
      chronicle.tell(Event.Kind.READY, null, null, "every server has had its first verdict");
    }
  }

  private static Set<Destination> destinations(Collection<ServiceCell> cells) {
    Set<Destination> all = new HashSet<>();
    cells.forEach(cell -> all.addAll(cell.now().followed().keySet()));
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

  CompletableFuture<Drained> drained(Destination destination, Duration deadline, boolean cut) {
    return drains.add(destination, deadline, cut);
  }

  private void drainEnded(Drained drained) {
    chronicle.tell(
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
    // Planes may take long to close, and what has been said waits for this.
    transitions.publish();
    monitors.stop();
    ready.completeExceptionally(
        new IllegalStateException("director: CLOSED before every server had a verdict"));
    int cut = planes.close(grace);
    // Not before: who waits in a plane for its connection to a server may need another server.
    cells.values().forEach(cell -> cell.dispatcher().chooseNobody());
    drains.endAll();
    if (started) {
      chronicle.tell(
          Event.Kind.STOPPED, null, null, "director stopped, connections cut off: " + cut);
    }
    meters.keepOnly(Set.of());
    return cut;
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
    control.execute(() -> transitions.connectFailed(destination));
  }

  /** Another check of a service's server begins with what is known of it. */
  private Map<ServerMonitor.Key, Health> inherited(Configuration next) {
    Map<ServerMonitor.Key, Health> inherited = new HashMap<>();
    for (VirtualService service : next.services()) {
      for (RealServer server : service.realServers()) {
        configuration
            .service(service.key())
            .flatMap(known -> known.realServer(server.endpoint()))
            .ifPresent(before -> monitors.inherit(before, server, inherited));
      }
    }
    return inherited;
  }

  private List<EffectiveService> effectiveNow() {
    return cells.values().stream().map(cell -> cell.effective(cell.now())).toList();
  }

  private void renewMeters() {
    Set<Object> metered = new HashSet<>();
    for (ServiceCell cell : cells.values()) {
      metered.add(cell);
      Templates templates = cell.templates();
      if (templates != null) {
        metered.add(templates);
      }
      metered.addAll(cell.now().followed().keySet());
    }
    meters.keepOnly(metered);
    for (ServiceCell cell : cells.values()) {
      meters.add(cell);
      Templates templates = cell.templates();
      if (templates != null) {
        meters.add(cell, templates);
      }
    }
    transitions.followers().forEach(meters::add);
  }
}
