package io.evenkeel;

import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Configuration;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The addresses of all endpoints of a configuration, and what is wrong with them. */
final class Resolution {
  private final Map<Endpoint, InetSocketAddress> addresses = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /** What only one service can have. */
  private record Listener(Protocol protocol, InetSocketAddress address) {}

  private Resolution() {}

  /**
   * Looks up every name that is not known yet; blocks while the resolver does.
   *
   * @param configuration whose endpoints
   * @param known addresses that stay as they are
   */
  static Resolution of(Configuration configuration, Map<Endpoint, InetSocketAddress> known) {
    Resolution resolution = new Resolution();
    Map<Listener, String> listeners = new HashMap<>();
    for (VirtualService service : configuration.services()) {
      List<InetSocketAddress> own = new ArrayList<>();
      for (VirtualAddress virtual : service.addresses()) {
        InetSocketAddress address =
            resolution.resolve("virtual service", virtual.endpoint(), known);
        own.add(address);
        String name = service.nameOf(virtual);
        String other = listeners.put(new Listener(virtual.protocol(), address), name);
        if (!address.isUnresolved() && other != null) {
          resolution.problems.add("virtual service: " + name + " has the address of " + other);
        }
      }
      resolution.resolveServers(service, own, known);
    }
    return resolution;
  }

  Map<Endpoint, InetSocketAddress> addresses() {
    return addresses;
  }

  List<String> problems() {
    return problems;
  }

  private void resolveServers(
      VirtualService service, List<InetSocketAddress> own, Map<Endpoint, InetSocketAddress> known) {
    Map<InetSocketAddress, Endpoint> seen = new HashMap<>();
    for (RealServer server : service.realServers()) {
      resolveServer("real server", server, service, own, known, seen);
    }
    RealServer sorry = service.sorryServer();
    if (sorry != null) {
      resolveServer("sorry server", sorry, service, own, known, seen);
    }
  }

  private void resolveServer(
      String role,
      RealServer server,
      VirtualService service,
      List<InetSocketAddress> own,
      Map<Endpoint, InetSocketAddress> known,
      Map<InetSocketAddress, Endpoint> seen) {
    for (CheckSpec check : server.checks()) {
      resolve("check", check.place().of(server.endpoint()), known);
      Endpoint from = check.place().from();
      if (from != null) {
        resolve("check bind address", from, known);
      }
    }
    Endpoint endpoint = server.endpoint();
    InetSocketAddress address = resolve(role, endpoint, known);
    Endpoint other = seen.put(address, endpoint);
    if (!address.isUnresolved() && other != null) {
      problems.add(
          role + ": " + endpoint + " has the address of " + other + " in " + service.key());
    }
    for (int i = 0; i < own.size(); i++) {
      if (isReachedAt(own.get(i), address)) {
        String name = service.nameOf(service.addresses().get(i));
        problems.add(role + ": " + endpoint + " is the address of " + name + " itself");
      }
    }
  }

  /** Whether who listens on one address gets the connections to another. */
  private static boolean isReachedAt(InetSocketAddress listener, InetSocketAddress address) {
    if (listener.isUnresolved() || address.isUnresolved()) {
      return false;
    }
    boolean samePort =
        listener.getPort() == address.getPort()
            || listener.getPort() == 0
            || address.getPort() == 0;
    return samePort
        && (listener.getAddress().equals(address.getAddress())
            || (listener.getAddress().isAnyLocalAddress() && isOfThisHost(address.getAddress())));
  }

  private static boolean isOfThisHost(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return false;
    }
  }

  private InetSocketAddress resolve(
      String role, Endpoint endpoint, Map<Endpoint, InetSocketAddress> known) {
    InetSocketAddress address = known.get(endpoint);
    if (address == null) {
      address = addresses.get(endpoint);
    }
    if (address == null) {
      try {
        address = new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port());
      } catch (UnknownHostException e) {
        problems.add(
            role + ": " + endpoint + " cannot be resolved (expected: an address or a known name)");
        address = InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port());
      }
    }
    addresses.put(endpoint, address);
    return address;
  }
}
