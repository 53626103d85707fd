package io.evenkeel;

import io.evenkeel.health.Rotation;
import io.evenkeel.health.ServerHealth;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.FailureAction;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has what is held of servers take effect: at once for a destination, so that nobody is sent there
 * any more, and once for each burst of changes for the lists that are chosen from, however many
 * servers change. Used on the control thread.
 */
final class Transitions implements MonitorListener {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /** How long one that gets connections although it is down is left alone after a failed one. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ScheduledExecutorService control;
  private final LongSupplier nanoTime;
  private final Planes planes;
  private final Chronicle chronicle;
  private final Runnable onProven;
  private final Passives passives;

  private Map<ServiceKey, ServiceCell> cells = Map.of();
  private Map<Destination, Follower> followers = Map.of();
  private final Map<ServerMonitor, List<Follower>> byMonitor = new HashMap<>();

  /** Which destinations have changed since their lists were made. */
  private final Map<ServiceCell, Set<Destination>> changed = new LinkedHashMap<>();

  private final Set<Destination> resting = new HashSet<>();
  private final Set<Destination> fallen = new LinkedHashSet<>();
  private boolean publishing;

  Transitions(
      ScheduledExecutorService control,
      LongSupplier nanoTime,
      Planes planes,
      Chronicle chronicle,
      Runnable onProven) {
    this.control = control;
    this.nanoTime = nanoTime;
    this.planes = planes;
    this.chronicle = chronicle;
    this.onProven = onProven;
    this.passives = new Passives(control, nanoTime, this::isFit, this::judged);
  }

  /** Follows the servers of other services from now on, all of which are published. */
  void follow(Map<ServiceKey, ServiceCell> next, Monitors monitors) {
    cells = next;
    byMonitor.clear();
    Map<Destination, Follower> all = new LinkedHashMap<>();
    for (ServiceCell cell : next.values()) {
      cell.now()
          .followed()
          .forEach(
              (destination, server) -> {
                Follower follower = follower(destination, server, monitors.of(server));
                all.put(destination, follower);
                for (ServerMonitor monitor : follower.monitors()) {
                  byMonitor.computeIfAbsent(monitor, m -> new ArrayList<>()).add(follower);
                }
              });
    }
    followers = all;
    resting.retainAll(all.keySet());
    fallen.retainAll(all.keySet());
    changed.keySet().retainAll(next.values());
    next.values().forEach(cell -> admit(cell.now(), cell.now().followed().keySet()));
  }

  private Follower follower(
      Destination destination, RealServer server, List<ServerMonitor> monitors) {
    Follower known = followers.get(destination);
    if (known == null) {
      return new Follower(destination, server, monitors);
    }
    known.follow(server, monitors);
    return known;
  }

  /** Says what has become of all since the last time. */
  void tell() {
    followers.values().forEach(follower -> chronicle.tell(follower, follower.current()));
    cells.values().forEach(chronicle::tell);
    passives.follow(cells.values());
  }

  @Nullable Follower follower(Destination destination) {
    return followers.get(destination);
  }

  boolean isEjected(@Nullable Destination destination) {
    Follower follower = destination == null ? null : followers.get(destination);
    return follower != null && follower.current().ejected();
  }

  Iterable<Follower> followers() {
    return followers.values();
  }

  @Override
  public void changed(ServerMonitor monitor) {
    byMonitor.getOrDefault(monitor, List.of()).forEach(this::step);
  }

  @Override
  public void passed(ServerMonitor monitor) {
    for (Follower follower : byMonitor.getOrDefault(monitor, List.of())) {
      ServiceCell cell = cells.get(follower.destination().service());
      if (cell != null) {
        passives.passed(follower.destination(), cell);
      }
    }
  }

  @Override
  public void proven() {
    onProven.run();
  }

  private void judged(PassiveHealth.Verdict verdict) {
    Destination destination = verdict.destination();
    Follower follower = followers.get(destination);
    ServiceCell cell = cells.get(destination.service());
    if (follower == null || cell == null) {
      destination.eject(false);
      return;
    }
    follower.eject(verdict.ejected() ? verdict.reason() : null);
    change(destination);
    chronicle.tell(follower, follower.current());
    if (verdict.ejected()) {
      destination.eject(!cell.now().rotation().panic());
      chronicle.tell(follower, Event.Kind.SERVER_EJECTED, "ejected: " + verdict.reason());
    } else {
      destination.warmUp(nanoTime.getAsLong());
      chronicle.tell(follower, Event.Kind.SERVER_RETURNED, "returned: " + verdict.reason());
    }
  }

  /** A connection to a server failed. */
  void connectFailed(Destination destination) {
    Follower follower = followers.get(destination);
    if (follower == null) {
      return;
    }
    ServiceCell cell = cells.get(destination.service());
    boolean unfit = follower.health().state() == ServerState.DOWN;
    if (cell != null && (unfit || cell.now().rotation().panic()) && resting.add(destination)) {
      control.schedule(
          () -> {
            resting.remove(destination);
            change(destination);
          },
          REST_NANOS,
          TimeUnit.NANOSECONDS);
    }
    follower.monitors().forEach(ServerMonitor::connectFailed);
  }

  private void step(Follower follower) {
    Destination destination = follower.destination();
    ServiceCell cell = cells.get(destination.service());
    if (cell == null) {
      return;
    }
    ServerHealth before = follower.health();
    ServerHealth now = follower.current();
    if (now.state() == ServerState.UP && before.state() != ServerState.UP) {
      destination.warmUp(nanoTime.getAsLong());
    }
    if (!cell.now().rotation().panic() || now.admin() != AdminState.READY) {
      barNewClients(cell, destination, follower.server(), now);
    }
    if (now.state() == ServerState.DOWN && before.state() != ServerState.DOWN) {
      fallen.add(destination);
    }
    change(destination);
    chronicle.tell(follower, now);
  }

  /** At once, before the list knows; who may keep the clients that are tied to it does. */
  private static void barNewClients(
      ServiceCell cell, Destination destination, RealServer server, ServerHealth now) {
    FailureAction action =
        server.onFailure() == null
            ? cell.now().service().isolation().onFailure()
            : server.onFailure();
    boolean inhibited = now.state() == ServerState.DOWN && action == FailureAction.INHIBIT;
    if (now.admin() == AdminState.MAINTENANCE || (now.state() != ServerState.UP && !inhibited)) {
      destination.suspend(true);
    } else if (inhibited || now.admin() == AdminState.DRAIN) {
      destination.inhibit(true);
    }
    if (now.state() == ServerState.UP && now.ejected()) {
      // While it was down and inhibited, it kept the clients that are tied to it.
      destination.eject(true);
    }
  }

  /** Has its list made anew; what is said from now on is heard after that. */
  private void change(Destination destination) {
    ServiceCell cell = cells.get(destination.service());
    if (cell == null || !followers.containsKey(destination)) {
      return;
    }
    changed.computeIfAbsent(cell, c -> new HashSet<>()).add(destination);
    chronicle.hold();
    if (!publishing) {
      publishing = true;
      // Behind the results that wait already, so that they are one burst.
      control.execute(this::publish);
    }
  }

  /** Makes the lists whose servers have changed, if there are any. */
  void publish() {
    if (!publishing) {
      return;
    }
    publishing = false;
    try {
      publishChanged();
    } finally {
      chronicle.release();
    }
  }

  private void publishChanged() {
    // Where fewer are fit than before, fewer may stay ejected.
    List.copyOf(changed.keySet()).forEach(passives::look);
    Map<ServiceCell, Set<Destination>> todo = new LinkedHashMap<>(changed);
    changed.clear();
    todo.forEach(this::publish);
    planes.offer(cells.values().stream().map(cell -> cell.effective(cell.now())).toList());
    planes.cut(toBeCut());
    fallen.clear();
  }

  private void publish(ServiceCell cell, Set<Destination> destinations) {
    ServiceCell.State next = cell.next(server -> health(cell.now().destination(server)));
    // Panic opens the places of all, and its end closes those of who has not changed since.
    boolean all = next.rotation().panic() != cell.now().rotation().panic();
    try {
      cell.publish(next, cell.selectorFor(next));
    } catch (RuntimeException | Error e) {
      LOG.error(
          "{}: goes on with the servers that it had, its scheduler failed",
          cell.now().service().key(),
          e);
    }
    admit(next, all ? next.followed().keySet() : destinations);
    if (all && !next.rotation().panic()) {
      fallenIn(next);
    }
    chronicle.tell(cell);
  }

  private ServerHealth health(Destination destination) {
    Follower follower = followers.get(destination);
    if (follower == null) {
      throw new IllegalStateException("not followed: " + destination);
    }
    return follower.current();
  }

  /** Whether it gets new clients unless it is ejected. */
  private boolean isFit(Destination destination) {
    Follower follower = followers.get(destination);
    ServerHealth health = follower == null ? null : follower.current();
    return health != null
        && health.state() == ServerState.UP
        && health.admin() == AdminState.READY
        && health.weight() > 0;
  }

  /** Lets those through that have an open place, and nobody else. */
  private void admit(ServiceCell.State state, Set<Destination> destinations) {
    List<RealServer> servers = state.service().realServers();
    boolean bound =
        !state.rotation().panic()
            && state.servers().values().stream()
                .anyMatch(d -> isFit(d) && !health(d).ejected() && !d.isOnTrial());
    state.servers().values().forEach(d -> d.boundTrial(bound));
    for (int i = 0; i < servers.size(); i++) {
      Destination destination = state.destination(servers.get(i));
      if (destinations.contains(destination)) {
        Rotation.Place place = state.rotation().places().get(i);
        boolean open = place.open();
        destination.inhibit(place.weight() == 0);
        ServerHealth health = health(destination);
        destination.eject(!open && health.ejected());
        destination.suspend(
            resting.contains(destination) || (!open && health.state() != ServerState.UP));
      }
    }
    Destination sorry = state.sorryServer();
    if (sorry != null && destinations.contains(sorry)) {
      sorry.suspend(!health(sorry).isLive());
    }
  }

  /** Who went down while there was panic was not let go of. */
  private void fallenIn(ServiceCell.State state) {
    for (Destination destination : state.followed().keySet()) {
      if (health(destination).state() == ServerState.DOWN) {
        fallen.add(destination);
      }
    }
  }

  /** Those that went down, where the service wants it and does not panic. */
  private Set<Destination> toBeCut() {
    Set<Destination> cut = new LinkedHashSet<>();
    for (Destination destination : fallen) {
      ServiceCell cell = cells.get(destination.service());
      if (cell != null
          && cell.now().service().isolation().closeConnections()
          && !cell.now().rotation().panic()
          && health(destination).state() == ServerState.DOWN) {
        cut.add(destination);
      }
    }
    return cut;
  }
}
