package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Announcer;
import io.evenkeel.kernel.net.GroupSender;
import io.evenkeel.kernel.net.MacAddress;
import io.evenkeel.kernel.net.Network;
import io.evenkeel.kernel.net.RawSocket;
import io.evenkeel.kernel.net.Route;
import io.evenkeel.kernel.net.Rule;
import io.evenkeel.kernel.net.VirtualMac;
import io.evenkeel.vrrp.protocol.Authentication;
import io.evenkeel.vrrp.protocol.Packet;
import io.evenkeel.vrrp.protocol.Received;
import io.evenkeel.vrrp.protocol.Wire;
import io.evenkeel.vrrp.protocol.WireConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a router meets its link: packets, addresses, announcements. Of the timing thread. */
final class Port implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualRouter.class);
  private static final InetAddress GROUP_V4 = VirtualAddress.address("group", "224.0.0.18");
  private static final InetAddress GROUP_V6 = VirtualAddress.address("group", "ff02::12");
  private static final int VRRP = 112;
  private static final int AUTHENTICATION_HEADER = 51;

  /** Where the VRID is, behind the IP header. */
  private static final int VRID_AT = 1;

  private static final int AUTHENTICATION_HEADER_BYTES = 24;

  /** By how much the kernel is late to take an address away, at most. */
  private static final Duration KERNEL_LATENESS = Duration.ofSeconds(1);

  /** Of addresses; the gate is asked again after a third of its time. */
  private static final Duration SHORTEST = Duration.ofSeconds(2);

  /** More than the socket has room for. */
  private static final int MOST_PACKETS = 2048;

  private final Settings settings;
  private final Network network;
  private final Wire wire;
  private final int protocol;
  private final RawSocket socket;

  /** Of a virtual router with an Ethernet address of its own; null: it has the device's. */
  private @Nullable VirtualMac virtualMac;

  private @Nullable GroupSender groupSender;
  private final List<InetAddress> destinations;
  private final List<Address> addresses;
  private final Map<String, Announcer> announcers = new HashMap<>();

  Port(Settings settings, Network network) throws IOException {
    this.settings = settings;
    this.network = network;
    WireConfig config = settings.wire();
    wire = new Wire(config);
    InetAddress group = config.isV6() ? GROUP_V6 : GROUP_V4;
    destinations = config.peers().isEmpty() ? List.of(group) : List.copyOf(config.peers());
    String virtualDevice = settings.virtualDevice();
    String device = virtualDevice == null ? settings.device() : virtualDevice;
    addresses = settings.addresses().stream().map(each -> address(device, each)).toList();
    boolean hasHeader = config.authentication().type() == Authentication.Type.HEADER;
    protocol = hasHeader ? AUTHENTICATION_HEADER : VRRP;
    socket = network.rawSocket(settings.device(), config.isV6(), protocol);
    try {
      socket.accept(
          hasHeader ? AUTHENTICATION_HEADER_BYTES + VRID_AT : VRID_AT, Set.of(config.vrid()));
      if (config.peers().isEmpty()) {
        socket.join(group);
      }
      if (virtualDevice != null) {
        virtualMac =
            VirtualMac.create(network, settings.device(), device, config.isV6(), config.vrid());
        groupSender = network.groupSender(settings.device());
      }
      for (Address address : addresses) {
        if (!announcers.containsKey(address.device())) {
          announcers.put(address.device(), network.announcer(address.device()));
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  RawSocket socket() {
    return socket;
  }

  /** How often peers were heard whose checksums are of different forms. */
  long mixedForms() {
    return wire.mixedForms();
  }

  /** Whether a gate holds for so long that the addresses can be put there. */
  static boolean isLongEnough(Duration lifetime) {
    return lifetime.minus(KERNEL_LATENESS).compareTo(SHORTEST) >= 0;
  }

  /** Whether it is one that this puts there. */
  boolean has(Address found) {
    return addresses.stream()
        .anyMatch(
            own ->
                own.address().equals(found.address())
                    && own.prefix() == found.prefix()
                    && own.device().equals(found.device()));
  }

  /** Sends to all that are to hear it, though one cannot be reached. */
  void send(int priority, InetAddress source) throws IOException {
    IOException failure = null;
    for (InetAddress destination : destinations) {
      for (byte[] packet : wire.encode(priority, source, destination, Instant.now())) {
        try {
          send(source, destination, packet);
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void send(InetAddress source, InetAddress destination, byte[] packet) throws IOException {
    if (groupSender != null && destination.isMulticastAddress()) {
      // So that switches learn where the virtual router is.
      MacAddress mac = VirtualMac.address(settings.wire().isV6(), settings.wire().vrid());
      groupSender.send(mac, source, destination, protocol, packet);
    } else {
      socket.send(source, destination, packet);
    }
  }

  /** Hands over all that has come. */
  void receive(BiConsumer<Packet, Received> consumer) throws IOException {
    for (int i = 0; i < MOST_PACKETS; i++) {
      if (!socket.receive(
          (source, destination, hopLimit, bytes) -> {
            Packet packet = new Packet(source, destination, hopLimit, bytes);
            consumer.accept(packet, wire.decode(packet, System.nanoTime(), Instant.now()));
          })) {
        return;
      }
    }
  }

  /**
   * Puts addresses, routes and rules there.
   *
   * @param lifetime after which the kernel takes the addresses away by itself, though this process
   *     stands still
   */
  void take(Duration lifetime) throws IOException {
    for (Address address : addresses) {
      if (lifetime.equals(ExclusiveGate.FOREVER)) {
        network.add(address);
      } else {
        network.add(address, whole(lifetime));
      }
    }
    for (Route route : settings.routes()) {
      network.add(route);
    }
    for (Rule rule : settings.rules()) {
      network.add(rule);
    }
  }

  /** Shorter than the gate's by what the kernel may be late; long enough to be passed again. */
  private static Duration whole(Duration lifetime) throws IOException {
    Duration whole = Duration.ofSeconds(lifetime.minus(KERNEL_LATENESS).toSeconds());
    if (!isLongEnough(lifetime)) {
      throw new IOException("gate: holds for " + lifetime + " (expected: 4 s or more)");
    }
    return whole;
  }

  /** Takes them away, the last first, though some cannot be. */
  void drop() {
    for (int i = settings.rules().size() - 1; i >= 0; i--) {
      Rule rule = settings.rules().get(i);
      tryTo(() -> network.remove(rule));
    }
    for (int i = settings.routes().size() - 1; i >= 0; i--) {
      Route route = settings.routes().get(i);
      tryTo(() -> network.remove(route));
    }
    for (int i = addresses.size() - 1; i >= 0; i--) {
      Address address = addresses.get(i);
      tryTo(() -> network.remove(address));
    }
  }

  private static void tryTo(Removal removal) {
    try {
      removal.run();
    } catch (IOException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  /** Something that may fail. */
  private interface Removal {
    void run() throws IOException;
  }

  /** Tells the link, of each address as often as is configured, though some cannot be told. */
  void announce() throws IOException {
    IOException failure = null;
    for (int i = 0; i < settings.announcements(); i++) {
      for (Address address : addresses) {
        try {
          announce(address);
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void announce(Address address) throws IOException {
    String device = address.device();
    try {
      Objects.requireNonNull(announcers.get(device)).announce(address.address());
    } catch (IOException e) {
      // The device may have been made anew.
      Announcer other = network.announcer(device);
      tryTo(Objects.requireNonNull(announcers.put(device, other))::close);
      other.announce(address.address());
    }
  }

  private static Address address(String ownDevice, VirtualAddress virtual) {
    String device = virtual.device() == null ? ownDevice : virtual.device();
    boolean isV6 = virtual.isV6();
    // Nobody else has it, and it is not the source of what does not ask for it.
    return new Address(
        virtual.address(), virtual.prefix(), device, Address.GLOBAL, virtual.label(), isV6, isV6);
  }

  @Override
  public void close() {
    for (Announcer announcer : announcers.values()) {
      tryTo(announcer::close);
    }
    if (groupSender != null) {
      groupSender.close();
    }
    if (virtualMac != null) {
      tryTo(virtualMac::close);
    }
    socket.close();
  }
}
