// Over 500 lines: most of them describe what a router can be built with.
package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Route;
import io.evenkeel.kernel.net.Rule;
import io.evenkeel.vrrp.protocol.Advertisement;
import io.evenkeel.vrrp.protocol.Authentication;
import io.evenkeel.vrrp.protocol.ChecksumForm;
import io.evenkeel.vrrp.protocol.HmacKeys;
import io.evenkeel.vrrp.protocol.Preemption;
import io.evenkeel.vrrp.protocol.RouterConfig;
import io.evenkeel.vrrp.protocol.Version;
import io.evenkeel.vrrp.protocol.WireConfig;
import io.evenkeel.vrrp.track.Tracker;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A virtual router (RFC 3768, RFC 9568): one of several hosts has its addresses, and another takes
 * them over when that one is gone. It is one among others of its kind, keepalived for instance.
 *
 * <pre>{@code
 * VirtualRouter web =
 *     VirtualRouter.builder("web")
 *         .device("eth0")
 *         .vrid(51)
 *         .priority(100)
 *         .virtualAddress("192.0.2.100/24")
 *         .listener(event -> System.out.println(event))
 *         .build();
 * web.start();
 * }</pre>
 *
 * <p>It needs CAP_NET_RAW and CAP_NET_ADMIN. All routers of a process share one thread that sends,
 * receives and takes addresses; listeners, trackers and gates have their own. A process that is
 * killed leaves its addresses behind; when it starts again it takes them away first. Thread-safe.
 */
public final class VirtualRouter implements AutoCloseable {
  private final Settings settings;
  private final Board board;

  private final GroupSettings own;

  /** Its own, or that of its group; guarded by this. */
  private @Nullable Lifecycle lifecycle;

  private boolean isMember;

  private VirtualRouter(Settings settings, Board board, GroupSettings own) {
    this.settings = settings;
    this.board = board;
    this.own = own;
  }

  /**
   * Begins a router.
   *
   * @param name for log, status, scripts and meters
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
    return settings.name();
  }

  /**
   * Begins: takes away what a former process has left of its addresses, and listens.
   *
   * @throws IOException if the device is not there, or this process may not; nothing is left behind
   * @throws IllegalStateException if it runs, or is a member of a group
   */
  public void start() throws IOException {
    alone().start();
  }

  /**
   * Ends: resigns if it is master, and takes its addresses away. Listeners have heard it when this
   * returns, or have taken longer than they may.
   */
  @Override
  public void close() {
    alone().close();
  }

  /**
   * A planned switch-over: resigns, and does not take over again while another is master, until
   * {@link #reclaim}.
   *
   * @return completes, on a thread of its own, when another is master; exceptionally with an {@link
   *     IllegalStateException} if this one is not, and a {@link
   *     java.util.concurrent.TimeoutException} if there is no other within three master-down
   *     intervals: this one is master again then
   */
  public CompletableFuture<Void> handOver() {
    return alone().ask(LiveGroup::handOver);
  }

  /**
   * A planned hand-back: takes over from a master of lower priority at once, preemption or not.
   *
   * @return completes when this one is master; exceptionally with a {@link
   *     java.util.concurrent.TimeoutException} if it is not within three master-down intervals
   */
  public CompletableFuture<Void> reclaim() {
    return alone().ask(LiveGroup::reclaim);
  }

  /**
   * Changes the priority, to which what is tracked is added.
   *
   * @param priority 1..254; an owner's stays
   * @throws IllegalArgumentException if it is out of range, or to be an owner's, or was
   */
  public void priority(int priority) {
    requireRange("priority", priority, 1, Advertisement.OWNER - 1);
    if (settings.config().priority() == Advertisement.OWNER) {
      throw new IllegalArgumentException("priority: " + priority + " (expected: 255, an owner's)");
    }
    board.basePriority(priority);
    lifecycle().priorityChanged();
  }

  /**
   * What it is now.
   *
   * @return as of one moment
   */
  public RouterStatus status() {
    return board.status();
  }

  /** Whether it may be made a member of a group. */
  synchronized void requireFree() {
    if (lifecycle != null || !own.equals(GroupSettings.DEFAULT)) {
      throw new IllegalArgumentException(
          "router: %s (expected: one that has not run, and has no group, gate or start delay)"
              .formatted(name()));
    }
  }

  /** Makes it a member of a group, for good. */
  synchronized void join(Lifecycle joined) {
    requireFree();
    lifecycle = joined;
    isMember = true;
  }

  Board board() {
    return board;
  }

  private synchronized Lifecycle lifecycle() {
    if (lifecycle == null) {
      lifecycle = new Lifecycle(name(), List.of(board), own, RouterListeners.NONE);
    }
    return lifecycle;
  }

  private synchronized Lifecycle alone() {
    if (isMember) {
      throw new IllegalStateException(
          "router: %s (expected: to be asked of its group %s)".formatted(name(), lifecycle));
    }
    return lifecycle();
  }

  @Override
  public String toString() {
    return settings.name() + " (" + settings.device() + " vrid " + settings.wire().vrid() + ")";
  }

  static int requireRange(String name, long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d..%d)".formatted(name, value, low, high));
    }
    return (int) value;
  }

  /** Describes a router. Not thread-safe. */
  public static final class Builder {
    private static final int MAX_PREEMPT_DELAY_SECONDS = 1000;

    private final String name;
    private final List<VirtualAddress> addresses = new ArrayList<>();
    private final List<VirtualAddress> excluded = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final Set<InetAddress> peers = new LinkedHashSet<>();
    private final List<Tracker> trackers = new ArrayList<>();
    private final List<VrrpListener> listeners = new ArrayList<>();
    private @Nullable String device;
    private @Nullable String namespace;
    private int vrid;
    private Version version = Version.V2;
    private @Nullable Boolean isV6;
    private boolean alsoV2;
    private int priority = 100;
    private boolean startsAsMaster;
    private Duration interval = Duration.ofSeconds(1);
    private int downTimerAdverts = 3;
    private Preemption preemption = Preemption.ALLOWED;
    private Duration preemptDelay = Duration.ZERO;
    private boolean answersLower = true;
    private int minHopLimit;
    private @Nullable InetAddress source;
    private boolean hasVirtualMac;
    private @Nullable String virtualDevice;
    private int announcements = 5;
    private Duration announceAgain = Duration.ofSeconds(5);
    private Duration announceEvery = Duration.ZERO;
    private Authentication authentication = Authentication.none();
    private @Nullable HmacKeys hmac;
    private ChecksumForm checksum = ChecksumForm.PSEUDO_HEADER;
    private Duration listenerTimeout = Duration.ofSeconds(5);
    private @Nullable MeterRegistry meterRegistry;
    private GroupSettings group = GroupSettings.DEFAULT;

    private Builder(String name) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("name: " + name + " (expected: not blank)");
      }
      this.name = name;
    }

    /**
     * On which link it is.
     *
     * @param interfaceName such as {@code eth0}
     * @return this
     */
    public Builder device(String interfaceName) {
      device = interfaceName;
      return this;
    }

    /**
     * In which network namespace; needs CAP_SYS_ADMIN. Default: this process's.
     *
     * @param netns as {@code ip netns} knows it, or the path of a namespace's file
     * @return this
     */
    public Builder namespace(String netns) {
      namespace = netns;
      return this;
    }

    /**
     * The virtual router's number, the same on all its hosts.
     *
     * @param number 1..255, only once on a link for each family
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder vrid(int number) {
      vrid = requireRange("vrid", number, 1, 255);
      return this;
    }

    /**
     * Version 2 or 3 of the protocol. Default: 2 for IPv4, as keepalived's; IPv6 has 3 alone.
     *
     * @param which of the two
     * @return this
     */
    public Builder version(Version which) {
      version = which;
      return this;
    }

    /**
     * Of version 3 on IPv4: says all in version 2, too, and hears those that say it in version 2
     * alone, for as long as a network is moved from one to the other (RFC 9568, 8.4).
     *
     * @return this
     */
    public Builder alsoVersion2() {
      alsoV2 = true;
      return this;
    }

    /**
     * Of IPv6. By itself the family is that of the virtual addresses: this is for a router that has
     * none.
     *
     * @return this
     */
    public Builder ipv6() {
      isV6 = true;
      return this;
    }

    /**
     * Who is to be master: the highest. Default: 100.
     *
     * @param highest 1..254; 255: it owns the addresses and always wins; they too are taken away
     *     while it is not master, so one that its device is to keep must not be among them
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder priority(int highest) {
      priority = requireRange("priority", highest, 1, Advertisement.OWNER);
      return this;
    }

    /**
     * At the start waits for one interval instead of the whole master-down interval, as keepalived
     * with {@code state MASTER}. Not without preemption or with a preempt delay, unless it owns the
     * addresses.
     *
     * @return this
     */
    public Builder startsAsMaster() {
      startsAsMaster = true;
      return this;
    }

    /**
     * Between two advertisements, the same on all hosts. Default: 1 s.
     *
     * @param between of version 2 whole seconds, 1..255 s; of version 3 hundredths of a second, 10
     *     ms..40.95 s
     * @return this
     */
    public Builder interval(Duration between) {
      interval = between;
      return this;
    }

    /**
     * How many missing advertisements make a master down. Default: 3.
     *
     * @param missing 1..100
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder downTimerAdverts(int missing) {
      downTimerAdverts = requireRange("down-timer adverts", missing, 1, 100);
      return this;
    }

    /**
     * Whether it takes the place of a living master of lower priority. Default: it does.
     *
     * @param whether it does
     * @return this
     */
    public Builder preemption(Preemption whether) {
      preemption = whether;
      return this;
    }

    /**
     * How long it waits before it takes the place of a living master of lower priority. Default: 0.
     *
     * @param delay 0..1000 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder preemptDelay(Duration delay) {
      preemptDelay = requireUpTo("preempt delay", delay, MAX_PREEMPT_DELAY_SECONDS);
      return this;
    }

    /**
     * As a master does not answer one of lower priority at once, but when its interval is over.
     *
     * @return this
     */
    public Builder noAnswerToLowerPriority() {
      answersLower = false;
      return this;
    }

    /**
     * An address that it advertises.
     *
     * @param cidr such as {@code 192.0.2.100/24}
     * @return this
     * @throws IllegalArgumentException if it is none
     */
    public Builder virtualAddress(String cidr) {
      return virtualAddress(VirtualAddress.parse(cidr));
    }

    /**
     * An address that it advertises.
     *
     * @param address all of one family; of IPv6 the first is link-local, and there are up to 90,
     *     with an HMAC trailer 89: more are to be excluded addresses
     * @return this
     */
    public Builder virtualAddress(VirtualAddress address) {
      addresses.add(address);
      return this;
    }

    /**
     * An address that moves with the others and is not advertised; of either family.
     *
     * @param address which
     * @return this
     */
    public Builder excludedAddress(VirtualAddress address) {
      excluded.add(address);
      return this;
    }

    /**
     * A rule that is there while this is master.
     *
     * @param rule which
     * @return this
     */
    public Builder virtualRule(Rule rule) {
      rules.add(rule);
      return this;
    }

    /**
     * A route that is there while this is master.
     *
     * @param route which
     * @return this
     */
    public Builder virtualRoute(Route route) {
      routes.add(route);
      return this;
    }

    /**
     * A host that it sends to, instead of to the multicast group, and hears; may be repeated.
     *
     * @param address the host's
     * @return this
     * @throws IllegalArgumentException if it is none
     */
    public Builder peer(String address) {
      peers.add(VirtualAddress.address("peer", address));
      return this;
    }

    /**
     * How many routers a peer's packet may have passed: its hop limit must be this at least.
     * Multicast is of the link alone. Default: 0, any.
     *
     * @param hopLimit 0..255; 255: it passed none
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder minHopLimit(int hopLimit) {
      minHopLimit = requireRange("min hop limit", hopLimit, 0, 255);
      return this;
    }

    /**
     * The address that it sends from. Default: the device's first; of IPv6 its link-local one.
     *
     * @param address one of this host
     * @return this
     * @throws IllegalArgumentException if it is none
     */
    public Builder source(String address) {
      source = VirtualAddress.address("source", address);
      return this;
    }

    /**
     * Has the addresses on a device of their own with the Ethernet address of the virtual router
     * (RFC 9568, 7.3), {@code vrrp.VRID}, of IPv6 {@code vrrp6.VRID}. Default: on the device, with
     * its own.
     *
     * @return this
     */
    public Builder virtualMac() {
      hasVirtualMac = true;
      return this;
    }

    /**
     * As {@link #virtualMac()}, on a device of this name: for a number that is used on several
     * links.
     *
     * @param deviceName up to 15 bytes
     * @return this
     */
    public Builder virtualMac(String deviceName) {
      virtualDevice = deviceName;
      return virtualMac();
    }

    /**
     * How the link is told who has the addresses. Default: 5 times, after 5 s again, no more.
     *
     * @param times at a time, 1..100
     * @param again how long after that once more, 0..1000 s; 0: not
     * @param every between two more, 0..1 day; 0: none
     * @return this
     * @throws IllegalArgumentException if one is out of range
     */
    public Builder announcements(int times, Duration again, Duration every) {
      announcements = requireRange("announcements", times, 1, 100);
      announceAgain = requireUpTo("announcements again", again, MAX_PREEMPT_DELAY_SECONDS);
      announceEvery = requireUpTo("announcements every", every, 86_400);
      return this;
    }

    /**
     * Of version 2: proves that it has the password, which anybody on the link can read.
     *
     * @param text 1..8 bytes
     * @return this
     * @throws IllegalArgumentException if it is longer
     */
    public Builder password(String text) {
      authentication = Authentication.password(text);
      return this;
    }

    /**
     * Of version 2: an authentication header (RFC 2402) with HMAC-MD5-96.
     *
     * @param key 1..8 bytes
     * @return this
     * @throws IllegalArgumentException if it is longer
     */
    public Builder authenticationHeader(String key) {
      authentication = Authentication.header(key);
      return this;
    }

    /**
     * Of version 3: a trailer with HMAC-SHA256, as keepalived from 2.4 on. Default: none.
     *
     * @param keys by their numbers
     * @return this
     */
    public Builder hmac(HmacKeys keys) {
      hmac = keys;
      return this;
    }

    /**
     * Of version 3 on IPv4: which checksum is sent before a peer was heard; then the peer's.
     * Default: keepalived's.
     *
     * @param form which
     * @return this
     */
    public Builder checksum(ChecksumForm form) {
      checksum = form;
      return this;
    }

    /**
     * Something that the priority depends on, or whether it may be master.
     *
     * @param tracker which
     * @return this
     */
    public Builder track(Tracker tracker) {
      trackers.add(tracker);
      return this;
    }

    /**
     * How long after its start it becomes master at the earliest. Default: 0.
     *
     * @param delay 0..1000 s
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder startDelay(Duration delay) {
      group = group.startDelay(delay);
      return this;
    }

    /**
     * What must be passed before it becomes master. A call that takes longer than the time-out is
     * interrupted, and the gate is not passed.
     *
     * @param gate which
     * @param timeout of a call, 1 ms..1 h
     * @return this
     * @throws IllegalArgumentException if the time-out is out of range
     */
    public Builder gate(ExclusiveGate gate, Duration timeout) {
      group = group.gate(gate, timeout);
      return this;
    }

    /**
     * Hears what it does; may be repeated.
     *
     * @param listener which
     * @return this
     */
    public Builder listener(VrrpListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * How long a listener may take for one event, and {@link VirtualRouter#close} waits for them at
     * most. Then its thread is interrupted. Default: 5 s.
     *
     * @param timeout 1 ms..1 h
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder listenerTimeout(Duration timeout) {
      listenerTimeout = GroupSettings.requireTimeout("listener time-out", timeout);
      return this;
    }

    /**
     * Where its meters are while it runs (docs/meters.md). Default: nowhere.
     *
     * @param registry of the application
     * @return this
     */
    public Builder meterRegistry(MeterRegistry registry) {
      meterRegistry = registry;
      return this;
    }

    /**
     * Makes the router. It does not run yet.
     *
     * @return the router
     * @throws IllegalArgumentException if something is missing, or does not go together
     */
    public VirtualRouter build() {
      if (device == null) {
        throw new IllegalArgumentException("device: none (expected: such as eth0)");
      }
      boolean ofV6 = isV6 != null || (addresses.isEmpty() ? isV6Peer() : addresses.get(0).isV6());
      Version spoken = ofV6 ? Version.V3 : version;
      if (source != null && source instanceof Inet6Address != ofV6) {
        throw new IllegalArgumentException(
            "source: %s (expected: of IPv%d)".formatted(Address.text(source), ofV6 ? 6 : 4));
      }
      if (!preemptDelay.isZero() && preemption == Preemption.FORBIDDEN) {
        throw new IllegalArgumentException(
            "preempt delay: " + preemptDelay + " (expected: none without preemption)");
      }
      WireConfig wire =
          new WireConfig(
              spoken,
              alsoV2,
              vrid,
              ofV6,
              interval.toNanos(),
              addresses.stream().map(VirtualAddress::address).toList(),
              authentication,
              hmac,
              checksum,
              peers,
              minHopLimit);
      RouterConfig config =
          new RouterConfig(
              spoken,
              priority,
              startsAsMaster,
              interval.toNanos(),
              downTimerAdverts,
              preemption,
              preemptDelay.toNanos(),
              answersLower,
              announceAgain.toNanos(),
              announceEvery.toNanos());
      Settings settings =
          new Settings(
              name,
              device,
              namespace,
              wire,
              config,
              Stream.concat(addresses.stream(), excluded.stream()).toList(),
              List.copyOf(routes),
              List.copyOf(rules),
              source,
              hasVirtualMac ? virtualDevice(ofV6) : null,
              announcements,
              List.copyOf(trackers));
      return new VirtualRouter(
          settings,
          new Board(settings, new RouterListeners(name, listeners, listenerTimeout), meterRegistry),
          group);
    }

    /** As keepalived calls it. */
    private String virtualDevice(boolean ofV6) {
      return virtualDevice == null ? (ofV6 ? "vrrp6." : "vrrp.") + vrid : virtualDevice;
    }

    private boolean isV6Peer() {
      return peers.stream().anyMatch(peer -> peer instanceof Inet6Address);
    }

    private static Duration requireUpTo(String what, Duration value, long seconds) {
      if (value.isNegative() || value.compareTo(Duration.ofSeconds(seconds)) > 0) {
        throw new IllegalArgumentException(
            "%s: %s (expected: 0..%d s)".formatted(what, value, seconds));
      }
      return value;
    }
  }
}
