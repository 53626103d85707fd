package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.NetworkEvent;
import io.evenkeel.kernel.net.NetworkEvent.AddressRemoved;
import io.evenkeel.vrrp.protocol.Advertisement;
import io.evenkeel.vrrp.protocol.Cause;
import io.evenkeel.vrrp.protocol.GroupEvent.Fault;
import io.evenkeel.vrrp.protocol.GroupEvent.Heard;
import io.evenkeel.vrrp.protocol.GroupEvent.PrimaryChanged;
import io.evenkeel.vrrp.protocol.GroupEvent.PriorityChanged;
import io.evenkeel.vrrp.protocol.Packet;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Received;
import io.evenkeel.vrrp.protocol.Received.Accepted;
import io.evenkeel.vrrp.protocol.Received.Rejected;
import io.evenkeel.vrrp.protocol.Sight;
import io.evenkeel.vrrp.track.Contribution;
import io.evenkeel.vrrp.track.EffectivePriority;
import io.evenkeel.vrrp.track.Tracker;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One router of a group while it runs: what it hears, has and depends on. Of the timing thread, but
 * for {@link #open} and {@link #close}, before and after.
 */
final class LiveRouter {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualRouter.class);

  private static final long FIRST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long MOST_PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** Before the device's own address is known; lower than any. */
  static final InetAddress NO_ADDRESS = VirtualAddress.address("none", "0.0.0.0");

  private final Board board;
  private final Settings settings;
  private final LiveGroup group;
  private final int index;
  private final Host host;
  private final Consumer<NetworkEvent> listener = this::networkChanged;
  private final Map<Tracker, Contribution> contributions = new LinkedHashMap<>();
  private final List<AutoCloseable> closing = new ArrayList<>();

  /** Null while the device is not there. */
  private @Nullable Port port;

  /** The number of the device that the port is on. */
  private int deviceIndex;

  private @Nullable InetAddress source;

  /** Why the addresses cannot be had; null: they can, or it was not tried. */
  private @Nullable String refusal;

  /** When what could not be had is tried again; null: there is nothing. */
  private @Nullable Long retryNanos;

  private long patienceNanos;
  private @Nullable String sendFailure;
  private @Nullable InetAddress complainedOf;
  private boolean isInConflict;
  private List<String> faults = List.of();
  private int priority;
  private Instant since = Instant.now();
  private @Nullable InetAddress master;
  private int masterPriority;

  private LiveRouter(Board board, LiveGroup group, int index, Host host) {
    this.board = board;
    this.settings = board.settings();
    this.group = group;
    this.index = index;
    this.host = host;
    // What the protocol begins with.
    priority = settings.config().priority();
  }

  /** Opens what it needs, and leaves nothing open if that fails. */
  static LiveRouter open(Board board, LiveGroup group, int index, TimingThread timing)
      throws IOException {
    Settings settings = board.settings();
    Host host = Host.acquire(settings.namespace(), timing);
    LiveRouter member = new LiveRouter(board, group, index, host);
    try {
      member.closing.add(board.openMeters());
      Link link = host.network().link(settings.device());
      if (link == null) {
        throw new IOException(
            "device: " + settings.device() + " is not there (expected: one of this host)");
      }
      member.attach(link);
      return member;
    } catch (IOException | RuntimeException | Error e) {
      member.close();
      throw e;
    }
  }

  /** Opens the sockets on a device, as it is now. */
  private void attach(Link link) throws IOException {
    detach();
    Port opened = new Port(settings, host.network());
    try {
      group.poller().add(opened.socket());
    } catch (IOException | RuntimeException | Error e) {
      opened.close();
      throw e;
    }
    port = opened;
    deviceIndex = link.index();
  }

  private void detach() {
    if (port != null) {
      port.close();
      port = null;
    }
  }

  void close() {
    for (AutoCloseable each : closing) {
      try {
        each.close();
      } catch (Exception e) {
        LOG.warn("{}", settings.name(), e);
      }
    }
    detach();
    host.release();
  }

  /** Before the first event: what a former process has left goes, and everything is looked at. */
  void begin() {
    if (port != null) {
      port.drop();
    }
    for (Tracker tracker : settings.trackers()) {
      contributions.put(tracker, tracker.initial());
    }
    host.enter(listener, settings.addresses());
    look();
    reckon();
    for (Tracker tracker : settings.trackers()) {
      closing.add(
          tracker.watch(
              contribution ->
                  group.post(
                      () -> {
                        contributions.put(tracker, contribution);
                        reckon();
                      })));
    }
  }

  void awaitListeners() {
    board.listeners().await();
  }

  void end() {
    host.leave(listener, settings.addresses());
  }

  private void networkChanged(NetworkEvent event) {
    boolean isGone = event instanceof AddressRemoved removed && isOwn(removed.address());
    look();
    if (isGone && group.phaseOf(index) == Phase.MASTER) {
      LOG.warn("{}: an address was taken away, and is put back", settings.name());
      group.restore(index);
    }
  }

  private boolean isOwn(Address address) {
    return port != null && port.has(address);
  }

  /** What the links and addresses are now. */
  private void look() {
    Link link = host.link(settings.device());
    if (link != null && (port == null || link.index() != deviceIndex)) {
      try {
        attach(link);
        if (group.phaseOf(index) == Phase.MASTER) {
          // Another device of this name, without the addresses.
          group.restore(index);
        }
      } catch (IOException e) {
        LOG.warn("{}: {}", settings.name(), e.getMessage());
        tryLater();
      }
    }
    InetAddress found = findSource();
    if (found != null && !found.equals(source)) {
      group.handle(new PrimaryChanged(index, found));
    }
    source = found;
    judge();
  }

  private @Nullable InetAddress findSource() {
    InetAddress wanted = settings.source();
    if (wanted != null) {
      return host.has(wanted) ? wanted : null;
    }
    return host.addresses(settings.device()).stream()
        .filter(address -> isPrimary(address))
        .map(Address::address)
        .findFirst()
        .orElse(null);
  }

  private boolean isPrimary(Address address) {
    boolean isRight =
        settings.wire().isV6()
            ? address.address() instanceof Inet6Address && address.address().isLinkLocalAddress()
            : address.address() instanceof Inet4Address;
    return isRight && !host.isVirtual(address.address());
  }

  /** Whether anything is missing. */
  private void judge() {
    List<String> missing = new ArrayList<>();
    Link link = host.link(settings.device());
    if (link == null || !link.isRunning()) {
      missing.add("link " + settings.device() + (link == null ? " is not there" : " is down"));
    } else if (source == null) {
      InetAddress wanted = settings.source();
      missing.add(
          wanted == null
              ? "no %s address on %s"
                  .formatted(settings.wire().isV6() ? "link-local IPv6" : "IPv4", settings.device())
              : "source " + Address.text(wanted) + " is not there");
    } else if (port == null) {
      missing.add("no socket on " + settings.device());
    }
    if (refusal != null) {
      missing.add(refusal);
    }
    contributions.values().stream()
        .filter(Contribution::isFault)
        .map(Contribution::reason)
        .forEach(missing::add);
    boolean wasFaulty = !faults.isEmpty();
    faults = missing;
    if (wasFaulty != !faults.isEmpty()) {
      group.handle(new Fault(index, !faults.isEmpty()));
    }
    publish();
  }

  /** What could not be had is tried again, later each time. */
  private void tryLater() {
    patienceNanos =
        Math.min(Math.max(2 * patienceNanos, FIRST_PATIENCE_NANOS), MOST_PATIENCE_NANOS);
    retryNanos = System.nanoTime() + patienceNanos;
  }

  /** When {@link #tick} is due, if that is before another time. */
  long nextNanos(long otherNanos) {
    return retryNanos != null && retryNanos - otherNanos < 0 ? retryNanos : otherNanos;
  }

  void tick(long nowNanos) {
    if (retryNanos != null && retryNanos - nowNanos <= 0) {
      retryNanos = null;
      refusal = null;
      look();
    }
  }

  /** The priority, after a contribution or the base has changed. */
  void reckon() {
    int effective = EffectivePriority.of(board.basePriority(), contributions.values());
    if (effective != priority) {
      priority = effective;
      board.counters().priority(effective);
      group.handle(new PriorityChanged(index, effective));
      tell(VrrpEvent.Kind.PRIORITY, null, "priority " + effective);
    }
    judge();
  }

  void receive() {
    if (port != null) {
      try {
        port.receive(this::received);
        board.counters().mixedForms(port.mixedForms());
      } catch (IOException e) {
        LOG.warn("{}: {}", settings.name(), e.getMessage());
      }
    }
  }

  private void received(Packet packet, Received received) {
    if (received instanceof Rejected rejected) {
      board.counters().rejected(rejected.rejection());
      LOG.debug("{}: {} from {}", settings.name(), rejected.detail(), packet.source());
    } else if (received instanceof Accepted accepted) {
      board.counters().received(accepted.addressesMatch(), accepted.intervalMatches());
      boolean isOdd = !accepted.addressesMatch() || !accepted.intervalMatches();
      if (isOdd && !packet.source().equals(complainedOf)) {
        complainedOf = packet.source();
        LOG.warn(
            "{}: {} advertises other {}",
            settings.name(),
            Address.text(packet.source()),
            accepted.addressesMatch() ? "intervals" : "addresses");
      }
      Advertisement heard = accepted.advertisement();
      if (heard.priority() != Advertisement.RESIGNED) {
        master = packet.source();
        masterPriority = heard.priority();
      }
      group.handle(new Heard(index, packet.source(), heard.priority(), heard.intervalNanos()));
    }
  }

  /** How long others may take to become master, in the worst case. */
  long othersNanos() {
    return 3L * (settings.config().downTimerAdverts() + 1) * settings.config().intervalNanos();
  }

  void late(long nanos) {
    board.counters().late(nanos);
  }

  void advertise(int saidPriority) {
    if (port == null || source == null) {
      return;
    }
    try {
      port.send(saidPriority, source);
      board.counters().sent();
      sendFailure = null;
    } catch (IOException e) {
      board.counters().sendFailed();
      // Once, not at each advertisement.
      if (!Objects.equals(sendFailure, e.getMessage())) {
        sendFailure = e.getMessage();
        LOG.warn("{}: {}", settings.name(), e.getMessage());
      }
    }
  }

  void take(Duration lifetime) {
    if (port == null) {
      return;
    }
    try {
      port.take(lifetime);
      patienceNanos = 0;
    } catch (IOException e) {
      LOG.error("{}: {}", settings.name(), e.getMessage());
      refusal = e.getMessage();
      tryLater();
      judge();
    }
  }

  void drop() {
    if (port != null) {
      port.drop();
    }
  }

  void announce() {
    if (port != null && refusal == null) {
      try {
        port.announce();
      } catch (IOException e) {
        LOG.warn("{}: {}", settings.name(), e.getMessage());
      }
    }
  }

  void changed(Phase from, Phase to, Cause cause) {
    since = Instant.now();
    board.counters().changed(to, cause);
    String why = words(cause);
    LOG.info("{}: {} -> {}: {}", settings.name(), from, to, why);
    tell(VrrpEvent.kind(to), from, from + " -> " + to + ": " + why);
    if (to == Phase.MASTER) {
      master = null;
      masterPriority = 0;
    }
  }

  private String words(Cause cause) {
    String other = master == null ? "another" : Address.text(master);
    return switch (cause) {
      case STARTED -> "started";
      case OWNER -> "owns the addresses";
      case MASTER_DOWN -> "no advertisement within the master-down interval";
      case MASTER_RESIGNED -> "the master resigned";
      case PREEMPTED -> other + " has a lower priority";
      case HIGHER_PRIORITY -> other + " has a higher priority";
      case HIGHER_ADDRESS -> other + " has the same priority and a higher address";
      case STALLED -> "this process stood still, and " + other + " is master";
      case FAULT -> faults.isEmpty() ? "a fault" : String.join(", ", faults);
      case FAULT_CLEARED -> "nothing is missing any more";
      case GROUP -> "as another of its group";
      case GATE_LOST -> "the gate is lost";
      case HANDED_OVER -> "handed over";
      case RECLAIMED -> "reclaimed";
      case STOPPED -> "stopped";
    };
  }

  void saw(Sight sight, InetAddress from) {
    board.counters().saw(sight);
    LOG.debug("{}: {} from {}", settings.name(), sight, from);
    // Once in a conflict: there may be thousands.
    if (sight == Sight.LOWER_PRIORITY && !isInConflict) {
      isInConflict = true;
      tell(
          VrrpEvent.Kind.LOWER_PRIORITY_HEARD,
          null,
          Address.text(from) + " says it is master, with a lower priority");
    }
  }

  private void tell(VrrpEvent.Kind kind, @Nullable Phase from, String text) {
    board
        .listeners()
        .tell(
            new VrrpEvent(
                kind,
                settings.name(),
                from,
                group.phaseOf(index),
                priority,
                settings.name() + ": " + text,
                Instant.now()));
  }

  void publish() {
    isInConflict = group.isInConflict(index);
    board.publish(
        new RouterStatus(
            settings.name(),
            group.phaseOf(index),
            since,
            board.basePriority(),
            priority,
            source,
            master,
            masterPriority,
            faults,
            List.copyOf(contributions.values())));
  }
}
