package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.Network;
import io.evenkeel.kernel.net.NetworkEvent;
import io.evenkeel.kernel.net.NetworkEvent.AddressChanged;
import io.evenkeel.kernel.net.NetworkEvent.AddressRemoved;
import io.evenkeel.kernel.net.NetworkEvent.LinkChanged;
import io.evenkeel.kernel.net.NetworkEvent.LinkRemoved;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A network namespace with its links and addresses, as the timing thread knows them. */
final class Host {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualRouter.class);

  /** By namespace; guarded by the class. */
  private static final Map<String, Host> HOSTS = new HashMap<>();

  private final String namespace;
  private final Network network;

  /** Guarded by the class. */
  private int users;

  /** These belong to the timing thread. */
  private final Map<String, Link> links = new HashMap<>();

  private final List<Address> addresses = new ArrayList<>();
  private final List<Consumer<NetworkEvent>> listeners = new ArrayList<>();

  /** Of all routers; one may be there several times. */
  private final List<InetAddress> virtual = new ArrayList<>();

  private Host(String namespace, Network network) {
    this.namespace = namespace;
    this.network = network;
  }

  /**
   * The one of a namespace.
   *
   * @param name null: this process's
   */
  static Host acquire(@Nullable String name, TimingThread timing) throws IOException {
    String key = name == null ? "" : name;
    synchronized (Host.class) {
      Host host = HOSTS.get(key);
      if (host == null) {
        host = open(key, timing);
        HOSTS.put(key, host);
      }
      host.users++;
      return host;
    }
  }

  private static Host open(String namespace, TimingThread timing) throws IOException {
    Network network = namespace.isEmpty() ? Network.open() : Network.open(namespace);
    try {
      Host host = new Host(namespace, network);
      network.watch(event -> timing.execute(() -> host.apply(event)));
      // After the watch has begun: what goes in between is told, what is there is said twice.
      List<Link> links = network.links();
      List<Address> addresses = network.addresses();
      return timing.call(() -> host.know(links, addresses));
    } catch (IOException | RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  private Host know(List<Link> now, List<Address> there) {
    links.clear();
    now.forEach(link -> links.put(link.name(), link));
    addresses.clear();
    addresses.addAll(there);
    return this;
  }

  void release() {
    synchronized (Host.class) {
      users--;
      if (users > 0) {
        return;
      }
      HOSTS.remove(namespace);
    }
    try {
      network.close();
    } catch (IOException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  Network network() {
    return network;
  }

  @Nullable Link link(String device) {
    return links.get(device);
  }

  /** The addresses of a device. */
  List<Address> addresses(String device) {
    return addresses.stream().filter(address -> address.device().equals(device)).toList();
  }

  boolean has(InetAddress wanted) {
    return addresses.stream().anyMatch(address -> address.address().equals(wanted));
  }

  /** A router begins. */
  void enter(Consumer<NetworkEvent> listener, List<VirtualAddress> itsAddresses) {
    listeners.add(listener);
    itsAddresses.forEach(each -> virtual.add(each.address()));
  }

  /** A router ends. */
  void leave(Consumer<NetworkEvent> listener, List<VirtualAddress> itsAddresses) {
    listeners.remove(listener);
    itsAddresses.forEach(each -> virtual.remove(each.address()));
  }

  /** Whether an address moves between hosts. */
  boolean isVirtual(InetAddress address) {
    return virtual.contains(address);
  }

  private void apply(NetworkEvent event) {
    if (event instanceof LinkChanged changed) {
      links.values().removeIf(link -> link.index() == changed.link().index());
      links.put(changed.link().name(), changed.link());
    } else if (event instanceof LinkRemoved removed) {
      links.remove(removed.link().name(), removed.link());
    } else if (event instanceof AddressChanged changed) {
      replace(changed.address());
    } else if (event instanceof AddressRemoved removed) {
      addresses.removeIf(known -> isSame(known, removed.address()));
    }
    List.copyOf(listeners).forEach(listener -> listener.accept(event));
  }

  /** In its place: the first is what a router sends from. */
  private void replace(Address address) {
    for (int i = 0; i < addresses.size(); i++) {
      if (isSame(addresses.get(i), address)) {
        addresses.set(i, address);
        return;
      }
    }
    addresses.add(address);
  }

  private static boolean isSame(Address one, Address other) {
    return one.address().equals(other.address())
        && one.prefix() == other.prefix()
        && one.device().equals(other.device());
  }
}
