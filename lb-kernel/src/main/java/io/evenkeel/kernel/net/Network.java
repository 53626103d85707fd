// Over 500 lines: the one class that says what can be done to a network, most of it Javadoc.
package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.net.LinkKind.Macvlan;
import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.Request;
import io.evenkeel.kernel.sys.AddressText;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The network of this host, or of a network namespace: its links, addresses, routes and sysctls.
 *
 * <p>What is added here and was not there before is taken away on {@link #close}, the last first,
 * and sysctls get their former values. To add what is there is no error, and it stays. A process
 * that is killed undoes nothing: what it leaves is what its successor finds there.
 *
 * <p>To change anything needs CAP_NET_ADMIN (or, for sysctls, root), to announce an address
 * CAP_NET_RAW. What the kernel refuses throws a {@link KernelException} with errno and what was
 * tried. Thread-safe.
 */
public final class Network implements AutoCloseable {
  private final @Nullable NetworkNamespace namespace;
  private final boolean ownsNamespace;
  private final Netlink netlink;
  private final Requests requests;
  private final Undos undos = new Undos();
  private final Set<NetworkWatch> watches = new HashSet<>();

  /** Written by who closes, read by who reads a sysctl. */
  private volatile boolean closed;

  Network(@Nullable NetworkNamespace namespace, boolean ownsNamespace, Netlink netlink) {
    this.namespace = namespace;
    this.ownsNamespace = ownsNamespace;
    this.netlink = netlink;
    this.requests = new Requests(netlink);
  }

  private static Network open(@Nullable NetworkNamespace namespace, boolean ownsNamespace)
      throws IOException {
    String cause = Sys.unavailabilityCause();
    if (cause != null) {
      throw new IOException("network: " + cause);
    }
    Callable<Netlink> opening = () -> Netlink.open(Netlink.ROUTE);
    return new Network(namespace, ownsNamespace, inside(namespace, opening));
  }

  /**
   * Why this machine has no such network.
   *
   * @return the cause; null: it has
   */
  public static @Nullable String unavailabilityCause() {
    return Sys.unavailabilityCause();
  }

  /**
   * Which capabilities (capabilities(7)) the calling thread lacks.
   *
   * @param needed which it should have
   * @return the cause, such as {@code CAP_NET_RAW: missing (expected: CAP_NET_ADMIN and
   *     CAP_NET_RAW, such as by AmbientCapabilities= of systemd)}; null: it has all
   */
  public static @Nullable String missingCapabilities(Set<Capability> needed) {
    return Capability.missing(needed);
  }

  /**
   * The network of this process.
   *
   * @return to be closed
   * @throws IOException if there is no netlink, or {@link #unavailabilityCause} says why
   */
  public static Network open() throws IOException {
    return open(null, false);
  }

  /**
   * The network of a namespace. Needs CAP_SYS_ADMIN (setns(2)).
   *
   * @param namespace as {@code ip netns} knows it, or the path of a namespace's file
   * @return to be closed
   * @throws IOException if there is no such namespace, or this process may not enter it
   */
  public static Network open(String namespace) throws IOException {
    NetworkNamespace entered = NetworkNamespace.enter(namespace);
    try {
      return open(entered, true);
    } catch (IOException | RuntimeException | Error e) {
      entered.close();
      throw e;
    }
  }

  /**
   * The network of a namespace.
   *
   * @param namespace not closed with this, and not to be before
   * @return to be closed
   * @throws IOException if there is no netlink
   */
  public static Network open(NetworkNamespace namespace) throws IOException {
    return open(namespace, false);
  }

  /**
   * All links.
   *
   * @return they
   * @throws IOException if the kernel does not answer
   */
  public List<Link> links() throws IOException {
    return Requests.present(
        netlink.dump(LinkMessages.list(), Requests.optional(LinkMessages::parse)));
  }

  /**
   * A link.
   *
   * @param device its name
   * @return null: there is none
   * @throws IOException if the kernel does not answer
   */
  public @Nullable Link link(String device) throws IOException {
    try {
      return find("link " + device, device);
    } catch (KernelException e) {
      if (e.errno() == Errno.ENODEV) {
        return null;
      }
      throw e;
    }
  }

  /**
   * All addresses.
   *
   * @return by device
   * @throws IOException if the kernel does not answer
   */
  public List<Address> addresses() throws IOException {
    Map<Integer, String> names = names();
    List<Address> addresses = new ArrayList<>();
    for (AddressMessages.Found found : found()) {
      String device = names.get(found.index());
      // Else the device came after the names were asked for.
      if (device != null) {
        addresses.add(found.on(device));
      }
    }
    return addresses;
  }

  List<AddressMessages.Found> found() throws IOException {
    return Requests.present(
        netlink.dump(AddressMessages.list(), Requests.optional(AddressMessages::parse)));
  }

  /**
   * All routes of all tables.
   *
   * @return of one with several next hops one for each
   * @throws IOException if the kernel does not answer
   */
  public List<Route> routes() throws IOException {
    Map<Integer, String> names = names();
    return netlink
        .dump(RouteMessages.list(), message -> RouteMessages.parse(message, names::get))
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Adds an address.
   *
   * @param address that is there now, if it was before with the options that it had
   * @return whether it was not there before
   * @throws IOException if it cannot be added; of IPv6 also if the device has it with another
   *     prefix
   */
  public synchronized boolean add(Address address) throws IOException {
    return add(address, index(address), AddressMessages.FOR_EVER);
  }

  /**
   * Adds an address for a time, after which the kernel takes it away by itself, even when this
   * process stands still; or renews it, if it is there. The kernel goes by a clock of its own: the
   * address is gone between 20 ms before and about 1 s after its time.
   *
   * @param address that is there now; if it was before, with this lifetime
   * @param lifetime from now on, whole seconds, 1 s..2147483647 s
   * @return whether it was not there before
   * @throws IOException as {@link #add(Address)} says
   * @throws IllegalArgumentException if the lifetime is out of range
   */
  public synchronized boolean add(Address address, Duration lifetime) throws IOException {
    long seconds = lifetime.toSeconds();
    boolean isWhole = lifetime.equals(Duration.ofSeconds(seconds));
    if (!isWhole || seconds < 1 || seconds > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "lifetime: " + lifetime + " (expected: whole seconds, 1 s.." + Integer.MAX_VALUE + " s)");
    }
    int index = index(address);
    boolean isNew = add(address, index, (int) seconds);
    if (!isNew) {
      requests.execute(AddressMessages.renew(address, index, (int) seconds));
    }
    return isNew;
  }

  private boolean add(Address address, int index, int seconds) throws IOException {
    Request request = AddressMessages.add(address, index, seconds);
    KernelException refused = requests.execute(request, Errno.EEXIST);
    if (refused != null) {
      boolean isThere =
          found().stream()
              .anyMatch(
                  found ->
                      found.index() == index
                          && found.prefix() == address.prefix()
                          && found.address().equals(address.address()));
      return Requests.isThereOrThrow(isThere, refused);
    }
    undos.add(request.command(), () -> requests.take(AddressMessages.remove(address, index)));
    return true;
  }

  /**
   * Takes an address away, whoever added it. It is not added again on {@link #close}.
   *
   * @param address by itself, its prefix and its device
   * @return whether it was there
   * @throws IOException if it cannot be taken away
   */
  public synchronized boolean remove(Address address) throws IOException {
    Link link = link(address.device());
    Request request = AddressMessages.remove(address, link == null ? 0 : link.index());
    boolean wasThere = link != null && requests.take(request);
    undos.forget(request.command());
    return wasThere;
  }

  /**
   * Makes a link. It is down.
   *
   * @param name its name
   * @param kind what it is
   * @return whether it was not there before
   * @throws IOException if it cannot be made, or another of this name is there
   */
  public synchronized boolean add(String name, LinkKind kind) throws IOException {
    String command = LinkMessages.command(Names.device(name), kind);
    int parent = kind instanceof Macvlan macvlan ? index(command, macvlan.parent()) : 0;
    KernelException refused = requests.execute(LinkMessages.add(name, kind, parent), Errno.EEXIST);
    if (refused != null) {
      boolean isThere =
          requests.ask(
              LinkMessages.find(command, name),
              message -> LinkMessages.isSame(message, kind, parent));
      return Requests.isThereOrThrow(isThere, refused);
    }
    String undo = "link " + name;
    // By its name, until its number is known, which only it has.
    undos.replace(undo, () -> requests.take(LinkMessages.remove(name, 0)));
    int index = index(command, name);
    undos.replace(undo, () -> requests.take(LinkMessages.remove(name, index)));
    return true;
  }

  /**
   * Takes a link away, whoever made it. It is not made again on {@link #close}.
   *
   * @param name its name
   * @return whether it was there
   * @throws IOException if it cannot be taken away
   */
  public synchronized boolean removeLink(String name) throws IOException {
    Link link = link(name);
    boolean wasThere = link != null && requests.take(LinkMessages.remove(name, link.index()));
    undos.forget("link " + name);
    return wasThere;
  }

  /**
   * Puts a link up or down. On {@link #close} it is as it was.
   *
   * @param device its name
   * @param up whether it shall be up
   * @return whether it was not so before
   * @throws IOException if it cannot
   */
  public synchronized boolean set(String device, boolean up) throws IOException {
    Link link = find("link " + device + (up ? " up" : " down"), device);
    if (link.up() == up) {
      return false;
    }
    requests.execute(LinkMessages.set(device, link.index(), up));
    undos.add(
        "state of link " + device,
        () -> requests.take(LinkMessages.set(device, link.index(), !up)));
    return true;
  }

  /**
   * Adds a route.
   *
   * @param route that is there now
   * @return whether it was not there before
   * @throws IOException if it cannot be added, or another to this network with this metric is there
   */
  public synchronized boolean add(Route route) throws IOException {
    int index = index(route);
    Request request = RouteMessages.add(route, index);
    KernelException refused = requests.execute(request, Errno.EEXIST);
    if (refused != null) {
      boolean isThere = routes().stream().anyMatch(found -> RouteMessages.isSame(route, found));
      return Requests.isThereOrThrow(isThere, refused);
    }
    undos.add(request.command(), () -> requests.take(route, index));
    return true;
  }

  /**
   * Takes a route away, whoever added it. It is not added again on {@link #close}.
   *
   * @param route all that it says must be so, a metric of 0, too
   * @return whether it was there
   * @throws IOException if it cannot be taken away
   */
  public synchronized boolean remove(Route route) throws IOException {
    int index = index(route);
    boolean wasThere = requests.take(route, index);
    undos.forget(RouteMessages.remove(route, index).command());
    return wasThere;
  }

  /**
   * Adds a policy rule. Needs CAP_NET_ADMIN.
   *
   * @param rule that is there now
   * @return whether it was not there before
   * @throws IOException if it cannot be added; also if there is one that says the same and more,
   *     which the kernel does not tell apart
   */
  public synchronized boolean add(Rule rule) throws IOException {
    if (isThere(rule)) {
      return false;
    }
    KernelException refused = requests.execute(RuleMessages.add(rule), Errno.EEXIST);
    if (refused != null) {
      return Requests.isThereOrThrow(false, refused);
    }
    undos.add("rule " + rule, () -> take(rule));
    return true;
  }

  /**
   * Takes a policy rule away, whoever added it. It is not added again on {@link #close}.
   *
   * @param rule all that it says must be so, and no more
   * @return whether it was there
   * @throws IOException if it cannot be taken away
   */
  public synchronized boolean remove(Rule rule) throws IOException {
    boolean wasThere = take(rule);
    undos.forget("rule " + rule);
    return wasThere;
  }

  private boolean take(Rule rule) throws IOException {
    return isThere(rule) && requests.execute(RuleMessages.remove(rule), Errno.ENOENT) == null;
  }

  private boolean isThere(Rule rule) throws IOException {
    return netlink
        .dump(RuleMessages.list(), message -> RuleMessages.isSame(message, rule))
        .contains(true);
  }

  /**
   * Reads a sysctl.
   *
   * @param sysctl which
   * @param device a name, {@link Sysctl#ALL} or {@link Sysctl#DEFAULT}
   * @return its value
   * @throws IOException if there is no such device
   */
  public int read(Sysctl sysctl, String device) throws IOException {
    requireOpen("sysctl " + sysctl.name(device));
    return inside(() -> SysctlFiles.read(sysctl, device));
  }

  /**
   * Sets a sysctl. On {@link #close} it gets its former value; so do those that the kernel sets
   * with it, such as each device's forwarding with that of all.
   *
   * @param sysctl which
   * @param device a name, {@link Sysctl#ALL} or {@link Sysctl#DEFAULT}
   * @param value as {@link Sysctl} says
   * @return whether it had another value
   * @throws IOException if there is no such device, or it may not be written
   */
  public synchronized boolean set(Sysctl sysctl, String device, int value) throws IOException {
    sysctl.require(value);
    requireOpen("sysctl " + sysctl.name(device));
    return inside(
        () -> {
          if (SysctlFiles.read(sysctl, device) == value) {
            return false;
          }
          Map<Path, Integer> before = SysctlFiles.changedWith(sysctl, device);
          SysctlFiles.write(sysctl, device, value);
          undos.add("sysctl " + sysctl.name(device), () -> restore(before));
          return true;
        });
  }

  private void restore(Map<Path, Integer> values) throws IOException {
    inside(
        () -> {
          SysctlFiles.restore(values);
          return values;
        });
  }

  /**
   * Tells the hosts of a link that this one has an address, once: by a gratuitous ARP request (RFC
   * 5227, 3) or an unsolicited neighbour advertisement (RFC 4861, 7.2.6), with the router flag if
   * the device forwards.
   *
   * @param address that they are to send here
   * @param device its name; an Ethernet device that is up
   * @throws IOException if it cannot be sent
   */
  public void announce(InetAddress address, String device) throws IOException {
    try (Announcer announcer = announcer(Announcer.command(address, device), device)) {
      announcer.announce(address);
    }
  }

  /**
   * Opens what announces many addresses on a device. Needs CAP_NET_RAW.
   *
   * @param device its name; an Ethernet device; if it is made anew later, this is to be, too
   * @return to be closed; {@link #close} leaves it open
   * @throws IOException if it cannot be opened
   */
  public Announcer announcer(String device) throws IOException {
    return announcer("announcer on " + device, device);
  }

  /**
   * Opens what sends to multicast groups from an Ethernet address of the caller's choice. Needs
   * CAP_NET_RAW.
   *
   * @param device its name; an Ethernet device; if it is made anew later, this is to be, too
   * @return to be closed; {@link #close} leaves it open
   * @throws IOException if it cannot be opened
   */
  public GroupSender groupSender(String device) throws IOException {
    String command = "sender on " + device;
    requireOpen(command);
    int index = index(command, device);
    return inside(() -> GroupSender.open(command, device, index));
  }

  private Announcer announcer(String command, String device) throws IOException {
    requireOpen(command);
    int index = index(command, device);
    return inside(() -> Announcer.open(command, device, index));
  }

  /**
   * Asks a link's hosts once who has an address: by an ARP request (RFC 826) or a neighbour
   * solicitation (RFC 4861, 4.3). It goes out whatever this host remembers of its neighbours. Needs
   * CAP_NET_RAW.
   *
   * @param target on the device's link
   * @param device its name; an Ethernet device that is up
   * @param source an address of this host, of the same family, that may ask; null: one of the
   *     device's that is not deprecated, of IPv4 0.0.0.0 if it has none (RFC 5227, 2.1.1)
   * @return completes with the time until the answer, or with an {@link IOException} or another
   *     cause; who cancels it gives up, and must do so at some time: silence does not complete it
   */
  public CompletableFuture<Duration> probe(
      InetAddress target, String device, @Nullable InetAddress source) {
    String command = "probe of " + AddressText.of(target) + " on " + device;
    return ReplyReader.SHARED.ask(
        () -> {
          requireOpen(command);
          int index = index(command, device);
          InetAddress from =
              source == null ? NeighbourSocket.source(command, target, index, found()) : source;
          return inside(() -> NeighbourSocket.open(command, index, target, from));
        });
  }

  /**
   * Opens a socket for the packets of an IP protocol on a device. Needs CAP_NET_RAW.
   *
   * @param device its name; of a device that is made anew later the socket hears nothing
   * @param isV6 whether of IPv6
   * @param protocol its number, 1..254
   * @return to be closed; {@link #close} leaves it open
   * @throws IOException if it cannot be opened
   */
  public RawSocket rawSocket(String device, boolean isV6, int protocol) throws IOException {
    String command = "raw socket on " + device;
    requireOpen(command);
    int index = index(command, device);
    return inside(() -> RawSocket.open(command, device, index, isV6, protocol));
  }

  /**
   * Tells of links and addresses: first of all that are there, then of each change. If the kernel
   * has no room for what the consumer leaves waiting, the changes that cancel out are not told.
   *
   * @param consumer called by a thread of the watch, one event at a time; what it throws goes to
   *     that thread's {@link Thread.UncaughtExceptionHandler}
   * @return to be closed; closed with this at the latest
   * @throws IOException if the kernel does not answer
   */
  public synchronized NetworkWatch watch(Consumer<? super NetworkEvent> consumer)
      throws IOException {
    requireOpen("watch");
    NetworkWatch watch = inside(() -> NetworkWatch.start(this, consumer));
    watches.removeIf(NetworkWatch::isClosed);
    watches.add(watch);
    return watch;
  }

  /**
   * Undoes what was done here. Whatever is asked of this afterwards is refused (EBADF).
   *
   * @throws IOException if something could not be undone; the rest is
   */
  @Override
  public synchronized void close() throws IOException {
    watches.forEach(NetworkWatch::close);
    try {
      undos.run();
    } finally {
      closed = true;
      netlink.close();
      if (ownsNamespace && namespace != null) {
        namespace.close();
      }
    }
  }

  private void requireOpen(String command) throws KernelException {
    if (closed) {
      throw new KernelException(command, Errno.EBADF, "closed");
    }
  }

  private <T> T inside(Callable<T> what) throws IOException {
    return inside(namespace, what);
  }

  private static <T> T inside(@Nullable NetworkNamespace namespace, Callable<T> what)
      throws IOException {
    if (namespace != null) {
      return namespace.call(what);
    }
    try {
      return what.call();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private Map<Integer, String> names() throws IOException {
    Map<Integer, String> names = new HashMap<>();
    links().forEach(link -> names.put(link.index(), link.name()));
    return names;
  }

  private int index(Address address) throws IOException {
    return index("address " + address, address.device());
  }

  private int index(Route route) throws IOException {
    String device = route.device();
    return device == null ? 0 : index("route " + route, device);
  }

  private int index(String command, String device) throws IOException {
    return find(command, device).index();
  }

  private Link find(String command, String device) throws IOException {
    return requests
        .ask(
            LinkMessages.find(command, Names.device(device)),
            Requests.optional(LinkMessages::parse))
        .orElseThrow(() -> new IOException(command + ": the kernel's answer is of no link"));
  }
}
