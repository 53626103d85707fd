package io.evenkeel.kernel.plane;

import io.evenkeel.EffectiveService;
import io.evenkeel.TemplateChange;
import io.evenkeel.TemplateStatus;
import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsConnection;
import io.evenkeel.kernel.ipvs.IpvsConnections;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsSysctl;
import io.evenkeel.kernel.ipvs.SyncedConnection;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.pool.Destination;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** What the kernel knows of the connections of a service that is moved. */
final class KernelSide implements AutoCloseable {
  /** Connections that have ended on both sides (ip_vs_proto_tcp.c). */
  private static final Set<String> ENDED = Set.of("TIME_WAIT", "CLOSE", "LAST_ACK");

  private static final long MAX_TIMEOUT_SECONDS = 4_294_967;
  private static final long WAIT_MILLIS = 3000;
  private static final long POLL_MILLIS = 20;

  private final Ipvs ipvs;
  private final EffectiveService service;
  private final IpvsAddress virtual;

  /**
   * Of a service.
   *
   * @param ipvs closed with this
   */
  KernelSide(Ipvs ipvs, EffectiveService service) {
    this.ipvs = ipvs;
    this.service = service;
    VirtualAddress address = service.service().addresses().get(0);
    InetSocketAddress where = Objects.requireNonNull(service.addresses().get(address));
    virtual = new IpvsAddress(IpvsProtocol.TCP, where.getAddress(), where.getPort());
  }

  /** Which server the kernel's clients are tied to. */
  List<TemplateChange> templates() throws IOException {
    PersistenceSpec persistence = service.service().persistence();
    if (persistence == null) {
      return List.of();
    }
    Map<InetSocketAddress, Endpoint> servers = new HashMap<>();
    destinations().forEach(cell -> servers.put(cell.address(), cell.endpoint()));
    List<TemplateChange> found = new ArrayList<>();
    each(
        connection -> {
          Endpoint server =
              servers.get(
                  new InetSocketAddress(connection.destination(), connection.destinationPort()));
          if (connection.isTemplate() && server != null && connection.expirySeconds() > 0) {
            found.add(
                new TemplateChange(
                    service.service().key(),
                    connection.client(),
                    server,
                    persistence.timeout(),
                    Duration.ofSeconds(connection.expirySeconds())));
          }
          return true;
        });
    return found;
  }

  /** Ties clients to servers in the kernel, as another director would by its sync daemon. */
  void inject(List<TemplateStatus> templates) throws IOException {
    Map<Endpoint, InetSocketAddress> servers = new HashMap<>();
    destinations().forEach(cell -> servers.put(cell.endpoint(), cell.address()));
    List<SyncedConnection> synced = new ArrayList<>();
    for (TemplateStatus template : templates) {
      InetSocketAddress server = servers.get(template.server());
      long seconds = Math.min(template.timeLeft().toSeconds(), MAX_TIMEOUT_SECONDS);
      if (server != null && seconds > 0) {
        synced.add(
            SyncedConnection.ofService(
                virtual,
                template.client(),
                server.getAddress(),
                server.getPort(),
                ForwardingMethod.MASQUERADE,
                seconds));
      }
    }
    if (!synced.isEmpty()) {
      try (TemplateInjection injection = new TemplateInjection(ipvs)) {
        injection.send(synced);
        await(
            "the kernel's backup daemon has not taken all templates",
            () -> templateCount() >= synced.size());
      }
    }
  }

  private int templateCount() throws IOException {
    int[] count = {0};
    each(
        connection -> {
          if (connection.isTemplate()) {
            count[0]++;
          }
          return true;
        });
    return count[0];
  }

  /** Whether no connection is open that goes to another than this host. */
  boolean isDrained() throws IOException {
    return !any(
        connection ->
            !connection.isTemplate()
                && !isLocal(connection)
                && !ENDED.contains(connection.state()));
  }

  private boolean isLocal(IpvsConnection connection) {
    return connection.destination().equals(virtual.address());
  }

  /** Something that may fail as the kernel may. */
  interface Step {
    void run() throws IOException;
  }

  /** Something to wait for. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * Does what takes the local destination away. Its entries would swallow the packets of
   * connections that the proxy has: they are to end at the next packet, which then goes on to the
   * proxy's socket (expire_nodest_conn).
   */
  void expiring(Step step) throws IOException {
    long before = Objects.requireNonNull(ipvs.sysctls().get(IpvsSysctl.EXPIRE_NODEST_CONN));
    ipvs.set(IpvsSysctl.EXPIRE_NODEST_CONN, 1);
    try {
      step.run();
      await("connections through the local destination are left", () -> !any(this::isLocal));
    } finally {
      ipvs.set(IpvsSysctl.EXPIRE_NODEST_CONN, before);
    }
  }

  private void await(String what, Condition condition) throws IOException {
    for (long waited = 0; !condition.holds(); waited += POLL_MILLIS) {
      if (waited >= WAIT_MILLIS) {
        throw new IOException(service.service().key() + ": " + what);
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(service.service().key() + ": interrupted", e);
      }
    }
  }

  private boolean any(Predicate<IpvsConnection> what) throws IOException {
    boolean[] found = {false};
    each(
        connection -> {
          found[0] = what.test(connection);
          return !found[0];
        });
    return found[0];
  }

  /** Shows all of the service's, until somebody has seen enough. */
  private void each(Predicate<IpvsConnection> viewer) throws IOException {
    try (IpvsConnections connections = ipvs.connections()) {
      for (IpvsConnection next; (next = connections.next()) != null; ) {
        boolean isOurs =
            next.protocol() == virtual.protocol().number()
                && next.virtualPort() == virtual.port()
                && next.virtual().equals(virtual.address());
        if (isOurs && !viewer.test(next)) {
          return;
        }
      }
    }
  }

  private List<Destination> destinations() {
    List<Destination> cells = new ArrayList<>();
    for (int i = 0; i < service.destinations().size(); i++) {
      cells.add(service.destinations().get(i));
    }
    return cells;
  }

  @Override
  public void close() {
    ipvs.close();
  }
}
