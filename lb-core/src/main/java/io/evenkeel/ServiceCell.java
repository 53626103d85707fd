package io.evenkeel;

import io.evenkeel.health.Rotation;
import io.evenkeel.health.ServerHealth;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.persistence.Changes;
import io.evenkeel.persistence.Templates;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Selector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One virtual service at work: its destinations, and the dispatcher that chooses among them. A
 * change is computed by {@link #next} without effect and takes effect by {@link #publish}. Written
 * on the control thread; {@link #now} may be read by any.
 */
final class ServiceCell {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /**
   * The service at one moment. Immutable, but for the live cells in it.
   *
   * @param rotation who of the servers gets connections
   */
  record State(
      VirtualService service,
      Map<VirtualAddress, InetSocketAddress> addresses,
      Scheduler scheduler,
      Map<Endpoint, Destination> servers,
      @Nullable Destination sorryServer,
      Rotation rotation,
      Destinations destinations) {

    /** Every cell, the sorry server's included, and the server that it stands for. */
    Map<Destination, RealServer> followed() {
      Map<Destination, RealServer> all = new LinkedHashMap<>();
      for (RealServer server : service.realServers()) {
        all.put(Objects.requireNonNull(servers.get(server.endpoint())), server);
      }
      if (sorryServer != null && service.sorryServer() != null) {
        all.put(sorryServer, service.sorryServer());
      }
      return all;
    }

    /** The cell of one of the service's servers, the sorry server included. */
    Destination destination(RealServer server) {
      Destination cell = servers.get(server.endpoint());
      return cell != null ? cell : Objects.requireNonNull(sorryServer);
    }
  }

  private final Dispatcher dispatcher;

  /** What was said of it last. */
  private Rotation told = Rotation.EMPTY;

  private final @Nullable Changes changes;
  private final Consumer<Destination> onSuspend;
  private final LongSupplier nanoTime;
  private final LongAdder[] received = new LongAdder[Acceptance.values().length];

  /**
   * Cells of servers that were removed while connections were open or templates led there, as in
   * IPVS's trash.
   */
  private final Map<Endpoint, Destination> removed = new HashMap<>();

  private volatile State now;
  private @Nullable Selector selector;

  /** Null while the service is not persistent; read by meters. */
  private volatile @Nullable Templates templates;

  private long loggedEvictions;

  /** A table that is used no more, but for a dispatch that began before. */
  private @Nullable Templates dropped;

  ServiceCell(
      VirtualService service,
      Scheduler scheduler,
      @Nullable Changes changes,
      Consumer<Destination> onSuspend,
      LongSupplier nanoTime) {
    this.dispatcher = new Dispatcher(service.key(), nanoTime);
    this.changes = changes;
    this.onSuspend = onSuspend;
    this.nanoTime = nanoTime;
    Arrays.setAll(received, i -> new LongAdder());
    this.now =
        new State(
            service.withoutServers(),
            Map.of(),
            scheduler,
            Map.of(),
            null,
            Rotation.EMPTY,
            Destinations.empty());
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  State now() {
    return now;
  }

  /** What the service would be. */
  State next(
      VirtualService wanted,
      Scheduler scheduler,
      Map<Endpoint, InetSocketAddress> addresses,
      Function<RealServer, ServerHealth> health) {
    Map<VirtualAddress, InetSocketAddress> own = new LinkedHashMap<>();
    for (VirtualAddress address : wanted.addresses()) {
      own.put(address, Objects.requireNonNull(addresses.get(address.endpoint())));
    }
    Map<Endpoint, Destination> servers = new LinkedHashMap<>();
    for (RealServer server : wanted.realServers()) {
      servers.put(server.endpoint(), cell(wanted, server.endpoint(), addresses));
    }
    RealServer sorry = wanted.sorryServer();
    return rotated(
        wanted,
        Collections.unmodifiableMap(own),
        scheduler,
        servers,
        sorry == null ? null : sorryCell(wanted, sorry.endpoint(), addresses),
        health);
  }

  /** What the service would be with something else held of its servers. */
  State next(Function<RealServer, ServerHealth> health) {
    return rotated(now.service, now.addresses, now.scheduler, now.servers, now.sorryServer, health);
  }

  private State rotated(
      VirtualService service,
      Map<VirtualAddress, InetSocketAddress> addresses,
      Scheduler scheduler,
      Map<Endpoint, Destination> servers,
      @Nullable Destination sorryServer,
      Function<RealServer, ServerHealth> health) {
    RealServer sorry = service.sorryServer();
    Rotation rotation =
        Rotation.of(
            service,
            service.realServers().stream().map(health).toList(),
            sorry != null && health.apply(sorry).isLive(),
            now.rotation.quorum());
    Map<Destination, Integer> weights = new LinkedHashMap<>();
    for (int i = 0; i < rotation.places().size(); i++) {
      int weight = rotation.places().get(i).weight();
      if (weight >= 0) {
        Endpoint endpoint = service.realServers().get(i).endpoint();
        weights.put(Objects.requireNonNull(servers.get(endpoint)), weight);
      }
    }
    return new State(
        service,
        addresses,
        scheduler,
        servers,
        sorryServer,
        rotation,
        now.destinations.with(weights));
  }

  EffectiveService effective(State state) {
    return new EffectiveService(
        state.service,
        state.addresses,
        state.destinations,
        state.rotation,
        state.sorryServer,
        dispatcher);
  }

  /** What would choose among the servers of a state, at the position of what chooses now. */
  Selector selectorFor(State next) {
    Selector current = selector;
    if (current == null) {
      // As in the kernel, a service has its scheduler before it has servers.
      current = next.scheduler.selector(Destinations.empty(), null);
    } else if (next.scheduler != now.scheduler) {
      return next.scheduler.selector(next.destinations, null);
    } else if (next.destinations == now.destinations) {
      return current;
    }
    return next.scheduler.selector(next.destinations, current);
  }

  void publish(State next, Selector nextSelector) {
    removed.values().removeIf(cell -> !isReferenced(cell));
    for (Destination cell : now.servers.values()) {
      if (next.servers.get(cell.endpoint()) != cell) {
        cell.weight(-1);
        if (isReferenced(cell)) {
          removed.put(cell.endpoint(), cell);
        }
      }
    }
    removed.keySet().removeAll(next.servers.keySet());
    if (selector != null) {
      warmUp(next);
    }
    describe(next);
    now = next;
    Selector previous = selector;
    if (nextSelector != previous) {
      nextSelector.begin();
    }
    selector = nextSelector;
    Templates before = templates;
    templates = templatesFor(next.service.persistence());
    dispatcher.choose(
        nextSelector,
        next.sorryServer,
        templates,
        new Roster(
            next.service,
            next.servers,
            next.destinations,
            next.rotation,
            List.copyOf(removed.values())));
    if (previous != null && nextSelector != previous) {
      previous.end();
    }
    if (before != null && templates == null) {
      before.clear();
      dropped = before;
    }
  }

  Rotation told() {
    return told;
  }

  void told(Rotation said) {
    told = said;
  }

  @Nullable Templates templates() {
    return templates;
  }

  /** Takes over a template that another node or a file told of; by any thread. */
  Acceptance accept(
      InetAddress client, Endpoint server, long timeoutNanos, long leftNanos, long nowNanos) {
    Templates current = templates;
    Destination destination = now.servers.get(server);
    Acceptance result;
    if (current == null) {
      result = Acceptance.NOT_PERSISTENT;
    } else if (destination == null) {
      result = Acceptance.UNKNOWN_SERVER;
    } else if (!current.isClient(client)) {
      result = Acceptance.OTHER_PREFIX;
    } else if (leftNanos <= 0) {
      result = Acceptance.EXPIRED;
    } else {
      result =
          current.accept(client, destination, timeoutNanos, leftNanos, nowNanos)
              ? Acceptance.ACCEPTED
              : Acceptance.KEPT;
    }
    received[result.ordinal()].increment();
    return result;
  }

  /** Writes its templates, if it is persistent; by any thread. */
  void saveTemplates(TemplateFileWriter writer, long nowNanos) {
    Templates current = templates;
    if (current != null) {
      writer.service(dispatcher.service());
      current.forEach(
          nowNanos,
          (client, template, leftNanos) ->
              writer.template(
                  client, template.destination().endpoint(), template.timeoutNanos(), leftNanos));
    }
  }

  /** How many templates that were told had such an end. */
  long received(Acceptance result) {
    return received[result.ordinal()].sum();
  }

  /** Forgets expired templates, and says so when some had to go before their time. */
  void sweep(long nowNanos) {
    if (dropped != null) {
      dropped.clear();
      dropped = null;
    }
    Templates current = templates;
    if (current == null) {
      return;
    }
    current.sweep(nowNanos);
    long evictions = current.evictions();
    if (evictions != loggedEvictions) {
      LOG.warn(
          "{}: more clients than templates, {} were forgotten and may get another server:"
              + " allow more (maxTemplates), or a shorter timeout",
          dispatcher.service(),
          evictions - loggedEvictions);
      loggedEvictions = evictions;
    }
  }

  static boolean isReferenced(Destination cell) {
    return cell.open() > 0 || cell.templates() > 0;
  }

  /** Who comes into the list of a service that runs was added, or has recovered. */
  private void warmUp(State next) {
    if (next.destinations == now.destinations) {
      return;
    }
    Set<Destination> before = cells(now.destinations);
    for (Destination cell : cells(next.destinations)) {
      if (!before.contains(cell)) {
        cell.warmUp(nanoTime.getAsLong());
      }
    }
  }

  private static Set<Destination> cells(Destinations destinations) {
    Set<Destination> cells = new HashSet<>();
    for (int i = 0; i < destinations.size(); i++) {
      cells.add(destinations.get(i));
    }
    return cells;
  }

  /** Tells the cells what is said of their servers. */
  private static void describe(State next) {
    for (int i = 0; i < next.rotation.places().size(); i++) {
      RealServer server = next.service.realServers().get(i);
      Destination cell = Objects.requireNonNull(next.servers.get(server.endpoint()));
      cell.thresholds(server.upperThreshold(), server.lowerThreshold());
      cell.weight(next.rotation.places().get(i).templateWeight());
    }
  }

  private @Nullable Templates templatesFor(@Nullable PersistenceSpec spec) {
    if (spec == null) {
      loggedEvictions = 0;
      return null;
    }
    Templates current = templates;
    if (current == null) {
      return new Templates(spec, nanoTime, changes);
    }
    current.configure(spec);
    return current;
  }

  private Destination cell(
      VirtualService wanted, Endpoint endpoint, Map<Endpoint, InetSocketAddress> addresses) {
    Destination known = now.servers.getOrDefault(endpoint, removed.get(endpoint));
    InetSocketAddress address = addresses.get(endpoint);
    if (address == null) {
      throw new IllegalStateException("not resolved: " + endpoint);
    }
    return known != null && known.address().equals(address)
        ? known
        : new Destination(wanted.key(), endpoint, address, onSuspend);
  }

  private Destination sorryCell(
      VirtualService wanted, Endpoint endpoint, Map<Endpoint, InetSocketAddress> addresses) {
    Destination known = now.sorryServer;
    return known != null && known.endpoint().equals(endpoint)
        ? known
        : new Destination(
            wanted.key(), endpoint, Objects.requireNonNull(addresses.get(endpoint)), onSuspend);
  }
}
