package io.evenkeel.kernel.plane;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.ConnectionStatus.State;
import io.evenkeel.EffectiveService;
import io.evenkeel.kernel.ipvs.IpvsConnection;
import io.evenkeel.kernel.ipvs.IpvsConnections;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.plane.Listing.Place;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.pool.Destination;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those of the kernel's connections that are of a director's services. */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(IpvsPlane.class);

  /** Some 300 MB; a director that has more had better ask the kernel. */
  private static final int MOST = 1_000_000;

  private final Map<VirtualAddress, ServiceKey> services = new HashMap<>();
  private final Map<ServiceKey, Map<Place, Destination>> servers = new HashMap<>();

  /**
   * Of some services.
   *
   * @param services what is carried
   * @param cells the destinations in the kernel's table
   */
  Connections(Collection<EffectiveService> services, Set<Destination> cells) {
    Map<ServiceKey, Collection<InetSocketAddress>> virtual = new HashMap<>();
    for (EffectiveService service : services) {
      virtual.put(service.service().key(), service.addresses().values());
      for (VirtualAddress address : service.service().addresses()) {
        this.services.put(address, service.service().key());
      }
    }
    for (Destination cell : cells) {
      InetSocketAddress address = cell.address();
      if (virtual.getOrDefault(cell.service(), Set.of()).contains(address)) {
        // A plane of this host lists its connections, with their true servers.
        continue;
      }
      servers
          .computeIfAbsent(cell.service(), key -> new HashMap<>())
          .put(new Place(address.getAddress(), address.getPort()), cell);
    }
  }

  /** Reads them, at most so many as there is room for. */
  List<ConnectionStatus> read(IpvsConnections table) throws IOException {
    List<ConnectionStatus> all = new ArrayList<>();
    for (IpvsConnection next = table.next(); next != null; next = table.next()) {
      ConnectionStatus status = status(next);
      if (status != null) {
        if (all.size() == MOST) {
          LOG.warn("more than {} connections in the kernel: the others are not listed", MOST);
          break;
        }
        all.add(status);
      }
    }
    return all;
  }

  /** Null if it is none of ours. */
  @Nullable ConnectionStatus status(IpvsConnection connection) {
    Protocol protocol = protocol(connection.protocol());
    if (connection.isTemplate() || protocol == null) {
      return null;
    }
    String host = connection.virtual().getHostAddress();
    VirtualAddress address =
        new VirtualAddress(protocol, new Endpoint(host, connection.virtualPort()));
    ServiceKey service = services.get(address);
    if (service == null) {
      address = new VirtualAddress(protocol, new Endpoint(host, 0));
      service = services.get(address);
    }
    Map<Place, Destination> cells = service == null ? null : servers.get(service);
    if (service == null || cells == null) {
      return null;
    }
    Destination cell =
        cells.getOrDefault(
            new Place(connection.destination(), connection.destinationPort()),
            cells.get(new Place(connection.destination(), 0)));
    return cell == null
        ? null
        : new ConnectionStatus(
            new InetSocketAddress(connection.client(), connection.clientPort()),
            service,
            address,
            cell.endpoint(),
            state(connection.state()),
            null,
            Duration.ofSeconds(connection.expirySeconds()));
  }

  private static @Nullable Protocol protocol(int number) {
    if (number == IpvsProtocol.TCP.number()) {
      return Protocol.TCP;
    }
    return number == IpvsProtocol.UDP.number() ? Protocol.UDP : null;
  }

  /** Names of ip_vs_proto_tcp.c and ip_vs_proto_udp.c. */
  static State state(String name) {
    return switch (name) {
      case "ESTABLISHED", "UDP" -> State.ESTABLISHED;
      case "NONE", "SYN_SENT", "SYN_RECV", "SYNACK", "LISTEN" -> State.CONNECTING;
      default -> State.CLOSING;
    };
  }
}
