package io.evenkeel;

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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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
   * @param monitored every cell, the sorry server's included, and whose health it follows
   */
  record State(
      VirtualService service,
      Map<VirtualAddress, InetSocketAddress> addresses,
      Scheduler scheduler,
      Map<Endpoint, Destination> servers,
      @Nullable Destination sorryServer,
      Map<Destination, ServerMonitor.Key> monitored,
      Destinations destinations) {

    boolean hasServer() {
      for (int i = 0; i < destinations.size(); i++) {
        if (destinations.isEligible(i)) {
          return true;
        }
      }
      return false;
    }
  }

  private final Dispatcher dispatcher;
  private final @Nullable Changes changes;
  private final Consumer<Destination> onSuspend;
  private final LongSupplier nanoTime;
  private final LongAdder[] received = new LongAdder[Acceptance.values().length];

  /**
   * Cells of servers that were removed while connections were open or templates led there, as in
   * IPVS's trash.
   */
  private final Map<Endpoint, Destination> removed = new HashMap<>();

  /** A service is taken to have a server until it is said that it has none. */
  private boolean announcedServing = true;

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
            Map.of(),
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
      Predicate<RealServer> alive) {
    Map<VirtualAddress, InetSocketAddress> own = new LinkedHashMap<>();
    for (VirtualAddress address : wanted.addresses()) {
      own.put(address, Objects.requireNonNull(addresses.get(address.endpoint())));
    }
    Map<Endpoint, Destination> servers = new LinkedHashMap<>();
    Map<Destination, ServerMonitor.Key> monitored = new LinkedHashMap<>();
    Map<Destination, Integer> weights = new LinkedHashMap<>();
    for (RealServer server : wanted.realServers()) {
      Destination cell = cell(wanted, server.endpoint(), addresses);
      servers.put(server.endpoint(), cell);
      monitored.put(cell, new ServerMonitor.Key(server.endpoint(), server.check()));
      if (alive.test(server)) {
        weights.put(cell, server.weight());
      }
    }
    Destination sorryServer = null;
    Endpoint sorry = wanted.sorryServer();
    if (sorry != null) {
      sorryServer = sorryCell(wanted, sorry, addresses);
      monitored.put(sorryServer, new ServerMonitor.Key(sorry, null));
    }
    return new State(
        wanted,
        Collections.unmodifiableMap(own),
        scheduler,
        servers,
        sorryServer,
        monitored,
        now.destinations.with(weights));
  }

  /** What the service would be with other servers alive. */
  State next(Predicate<RealServer> alive) {
    Map<Destination, Integer> weights = new LinkedHashMap<>();
    for (RealServer server : now.service.realServers()) {
      Destination cell = now.servers.get(server.endpoint());
      if (cell != null && alive.test(server)) {
        weights.put(cell, server.weight());
      }
    }
    return new State(
        now.service,
        now.addresses,
        now.scheduler,
        now.servers,
        now.sorryServer,
        now.monitored,
        now.destinations.with(weights));
  }

  EffectiveService effective(State state) {
    return new EffectiveService(state.service, state.addresses, state.destinations, dispatcher);
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
        new Roster(next.service, next.servers, next.destinations, List.copyOf(removed.values())));
    if (previous != null && nextSelector != previous) {
      previous.end();
    }
    if (before != null && templates == null) {
      before.clear();
      dropped = before;
    }
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
    Set<Destination> notDown = cells(next.destinations);
    for (RealServer server : next.service.realServers()) {
      Destination cell = Objects.requireNonNull(next.servers.get(server.endpoint()));
      cell.thresholds(server.upperThreshold(), server.lowerThreshold());
      cell.weight(notDown.contains(cell) ? server.weight() : -1);
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

  /** Whether there is a server, when that is not what was said last. */
  Optional<Boolean> newsOfService() {
    boolean serves = now.hasServer();
    if (serves == announcedServing) {
      return Optional.empty();
    }
    announcedServing = serves;
    return Optional.of(serves);
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
