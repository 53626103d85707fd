package io.evenkeel.kernel.plane;

import io.evenkeel.EffectiveService;
import io.evenkeel.TemplateChange;
import io.evenkeel.TemplateStatus;
import io.evenkeel.kernel.ipvs.DestinationStatus;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** What the kernel knows of the connections of a service that is moved. */
final class KernelCrossing implements Crossing {
  /** Connections that have ended on both sides (ip_vs_proto_tcp.c). */
  private static final Set<String> ENDED = Set.of("TIME_WAIT", "CLOSE", "LAST_ACK");

  private static final long MAX_TIMEOUT_SECONDS = 4_294_967;
  private static final long WAIT_MILLIS = 15_000;
  private static final long POLL_MILLIS = 20;

  private final Ipvs ipvs;
  private final EffectiveService service;
  private final IpvsAddress virtual;
  private final Set<Tie> injected = new HashSet<>();

  /**
   * Of a service.
   *
   * @param ipvs closed with this
   */
  KernelCrossing(Ipvs ipvs, EffectiveService service) {
    this.ipvs = ipvs;
    this.service = service;
    VirtualAddress address = service.service().addresses().get(0);
    InetSocketAddress where = Objects.requireNonNull(service.addresses().get(address));
    virtual = new IpvsAddress(IpvsProtocol.TCP, where.getAddress(), where.getPort());
  }

  @Override
  public List<TemplateChange> templates() throws IOException {
    PersistenceSpec persistence = service.service().persistence();
    if (persistence == null) {
      return List.of();
    }
    Map<InetSocketAddress, Endpoint> servers = new HashMap<>();
    destinations().forEach(cell -> servers.put(cell.address(), cell.endpoint()));
    List<TemplateChange> found = new ArrayList<>();
    each(
        connection -> {
          Endpoint server = servers.get(server(connection));
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

  @Override
  public void check() throws IOException {
    Map<IpvsSysctl, Long> sysctls = ipvs.sysctls();
    for (IpvsSysctl sysctl : List.of(IpvsSysctl.SLOPPY_TCP, IpvsSysctl.BACKUP_ONLY)) {
      if (sysctls.getOrDefault(sysctl, 0L) != 0) {
        throw new IOException(
            sysctl + ": " + sysctls.get(sysctl) + " (expected where a service is moved: 0)");
      }
    }
  }

  @Override
  public int inject(List<TemplateStatus> templates) throws IOException {
    Map<Endpoint, InetSocketAddress> servers = new HashMap<>();
    destinations().forEach(cell -> servers.put(cell.endpoint(), cell.address()));
    Map<Tie, SyncedConnection> synced = new HashMap<>();
    for (TemplateStatus template : templates) {
      InetSocketAddress server = servers.get(template.server());
      long seconds = Math.min(template.timeLeft().toSeconds(), MAX_TIMEOUT_SECONDS);
      if (server != null && seconds > 0) {
        Tie tie = new Tie(template.client(), server);
        if (!injected.contains(tie)) {
          synced.put(
              tie,
              SyncedConnection.ofService(
                  virtual,
                  tie.client,
                  server.getAddress(),
                  server.getPort(),
                  ForwardingMethod.MASQUERADE,
                  seconds));
        }
      }
    }
    if (synced.isEmpty()) {
      return 0;
    }
    injected.addAll(synced.keySet());
    try (TemplateInjection injection = new TemplateInjection(ipvs)) {
      injection.send(List.copyOf(synced.values()));
      await(
          "the kernel's backup daemon has not taken all templates",
          () -> ties().containsAll(synced.keySet()));
    }
    return synced.size();
  }

  /** Which client goes to which server. */
  private record Tie(InetAddress client, InetSocketAddress server) {}

  private Set<Tie> ties() throws IOException {
    Set<Tie> ties = new HashSet<>();
    each(
        entry -> {
          if (entry.isTemplate()) {
            ties.add(new Tie(entry.client(), server(entry)));
          }
          return true;
        });
    return ties;
  }

  private static InetSocketAddress server(IpvsConnection entry) {
    return new InetSocketAddress(entry.destination(), entry.destinationPort());
  }

  @Override
  public boolean isDrained() throws IOException {
    for (DestinationStatus status : ipvs.destinations(virtual)) {
      if (status.active() > 0 && !status.destination().address().equals(virtual.address())) {
        return false;
      }
    }
    // Those that one side has ended are not active any more.
    return !any(
        connection ->
            !connection.isTemplate()
                && !isLocal(connection)
                && !ENDED.contains(connection.state()));
  }

  private boolean isLocal(IpvsConnection connection) {
    return connection.destination().equals(virtual.address());
  }

  /** Something to wait for. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  @Override
  public void expiring(Step step) throws IOException {
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
