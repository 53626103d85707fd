// Over 500 lines: the builder belongs to its class, and most of it is Javadoc.
package io.evenkeel.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service that clients see at one address, or at several that a firewall mark joins, and that
 * several real servers do. Immutable.
 *
 * @param key its address, or the mark
 * @param addresses what clients connect to, each once: the key itself, or one or more that the mark
 *     joins
 * @param scheduler LVS name of the algorithm that picks a server, such as {@code wlc}
 * @param realServers who does the work, each endpoint once; their order is the order in which they
 *     are added
 * @param sorryServer who answers when the real servers cannot, none of them; its weight is not
 *     used; null: connections are closed
 * @param persistence how clients stay with the server that they had; null: each connection is
 *     scheduled by itself
 * @param slowStart how servers are warmed up that are added while the service runs, or have
 *     recovered; null: not at all
 * @param onePacket whether each UDP datagram is scheduled by itself (ipvsadm(8), {@code -o}); only
 *     for a service with a UDP address
 * @param isolation how clients are kept from servers that fail
 */
public record VirtualService(
    ServiceKey key,
    List<VirtualAddress> addresses,
    String scheduler,
    List<RealServer> realServers,
    @Nullable RealServer sorryServer,
    @Nullable PersistenceSpec persistence,
    @Nullable SlowStart slowStart,
    boolean onePacket,
    Isolation isolation) {

  /**
   * Checks that nothing stands there twice, and who may have port 0.
   *
   * @throws IllegalArgumentException if the addresses are not those of the key, or there are none;
   *     an address stands there twice; two real servers have one endpoint; the sorry server has
   *     that of a real server or no port; the service has port 0 and is not persistent; or a real
   *     server has port 0 and clients do not ask for several ports, or its check has no port
   *     either; or it is one-packet and has no UDP address
   */
  public VirtualService {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(addresses, "addresses");
    Objects.requireNonNull(scheduler, "scheduler");
    Objects.requireNonNull(realServers, "realServers");
    Objects.requireNonNull(isolation, "isolation");
    addresses = List.copyOf(addresses);
    realServers = List.copyOf(realServers);
    checkAddresses(key, addresses);
    if (key instanceof VirtualAddress address
        && address.endpoint().port() == 0
        && persistence == null) {
      // As in net/netfilter/ipvs/ip_vs_ctl.c: connections to many ports are one by persistence.
      throw new IllegalArgumentException(
          "virtual service: " + key + " (expected: a port, 1..65535, or persistence)");
    }
    if (onePacket && addresses.stream().noneMatch(a -> a.protocol() == Protocol.UDP)) {
      throw new IllegalArgumentException("one packet: " + key + " (expected: a udp address)");
    }
    Set<Endpoint> seen = new HashSet<>();
    for (RealServer server : realServers) {
      checkPort(key, server);
      if (!seen.add(server.endpoint())) {
        throw new IllegalArgumentException(
            "real server: " + server.endpoint() + " twice in " + key + " (expected: once)");
      }
    }
    if (sorryServer != null && sorryServer.endpoint().port() == 0) {
      throw new IllegalArgumentException(
          "sorry server: " + sorryServer.endpoint() + " (expected: a port, 1..65535)");
    }
    if (sorryServer != null && seen.contains(sorryServer.endpoint())) {
      throw new IllegalArgumentException(
          "sorry server: "
              + sorryServer.endpoint()
              + " (expected: none of the real servers of "
              + key
              + ")");
    }
  }

  private static void checkAddresses(ServiceKey key, List<VirtualAddress> addresses) {
    if (key instanceof VirtualAddress address && !addresses.equals(List.of(address))) {
      throw new IllegalArgumentException(
          "virtual service: " + key + " with addresses " + addresses + " (expected: its own)");
    }
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException(
          "virtual service: " + key + " without addresses (expected: one or more)");
    }
    Set<VirtualAddress> seen = new HashSet<>();
    for (VirtualAddress address : addresses) {
      if (!seen.add(address)) {
        throw new IllegalArgumentException(
            "virtual service: " + address + " twice in " + key + " (expected: once)");
      }
    }
  }

  private static void checkPort(ServiceKey key, RealServer server) {
    if (server.endpoint().port() != 0) {
      return;
    }
    if (key instanceof VirtualAddress address && address.endpoint().port() != 0) {
      throw new IllegalArgumentException(
          "real server: "
              + server.endpoint()
              + " (expected: a port, 1..65535, as clients of "
              + key
              + " ask for one only)");
    }
    for (CheckSpec check : server.checks()) {
      if (check.place().port() == 0) {
        throw new IllegalArgumentException(
            "check: " + check + " of " + server.endpoint() + " (expected: a port, CheckSpec.port)");
      }
    }
  }

  /**
   * Begins a TCP service.
   *
   * @param endpoint {@code HOST:PORT} that clients connect to, see {@link Endpoint#parse}
   * @return a builder with scheduler {@code wlc}, as ipvsadm(8) defaults to
   * @throws IllegalArgumentException if {@code endpoint} cannot be read
   */
  public static Builder tcp(String endpoint) {
    return new Builder(ServiceKey.tcp(endpoint));
  }

  /**
   * Begins a service.
   *
   * @param key what tells it from the others
   * @return a builder with scheduler {@code wlc}
   */
  public static Builder builder(ServiceKey key) {
    return new Builder(key);
  }

  /**
   * Begins a service with several addresses: a persistent client has one server on all of them,
   * whatever their protocol, address or port.
   *
   * @param name see {@link FirewallMark}
   * @return a builder with scheduler {@code wlc}, to be told the addresses
   * @throws IllegalArgumentException if it is no such name
   */
  public static Builder mark(String name) {
    return new Builder(ServiceKey.mark(name));
  }

  /**
   * How messages call one of its addresses.
   *
   * @param address one of {@link #addresses()}
   * @return the key, with the address where it has several
   */
  public String nameOf(VirtualAddress address) {
    return key.equals(address) ? key.toString() : key + ": " + address;
  }

  /**
   * The real server at an endpoint.
   *
   * @param endpoint where it listens
   * @return the server, or empty if the service has none there
   */
  public Optional<RealServer> realServer(Endpoint endpoint) {
    return realServers.stream().filter(s -> s.endpoint().equals(endpoint)).findFirst();
  }

  /**
   * With one more real server, or with another description of one that it has.
   *
   * @param server added at the end, or put in place of the one with its endpoint
   * @return the changed service
   */
  public VirtualService with(RealServer server) {
    List<RealServer> changed = new ArrayList<>(realServers);
    changed.replaceAll(s -> s.endpoint().equals(server.endpoint()) ? server : s);
    if (!changed.contains(server)) {
      changed.add(server);
    }
    return withServers(changed);
  }

  /**
   * Without one real server.
   *
   * @param endpoint where it listens
   * @return the changed service
   * @throws IllegalArgumentException if the service has no real server there
   */
  public VirtualService without(Endpoint endpoint) {
    List<RealServer> changed = new ArrayList<>(realServers);
    changed.remove(required(endpoint));
    return withServers(changed);
  }

  /**
   * As it would be if nobody had been added to it yet.
   *
   * @return the service without real servers and without a sorry server
   */
  public VirtualService withoutServers() {
    return new VirtualService(
        key, addresses, scheduler, List.of(), null, persistence, slowStart, onePacket, isolation);
  }

  /**
   * With another weight of one real server.
   *
   * @param endpoint where it listens
   * @param weight 0..65535; 0 quiesces it
   * @return the changed service
   * @throws IllegalArgumentException if the service has no real server there, or {@code weight} is
   *     out of range
   */
  public VirtualService withWeight(Endpoint endpoint, int weight) {
    return with(required(endpoint).withWeight(weight));
  }

  /**
   * With persistence, or without it.
   *
   * @param spec how clients stay with their server, or null
   * @return the changed service
   * @throws IllegalArgumentException if it is null and the service has port 0
   */
  public VirtualService withPersistence(@Nullable PersistenceSpec spec) {
    return new VirtualService(
        key, addresses, scheduler, realServers, sorryServer, spec, slowStart, onePacket, isolation);
  }

  /**
   * With slow start, or without it.
   *
   * @param how servers are warmed up, or null
   * @return the changed service
   */
  public VirtualService withSlowStart(@Nullable SlowStart how) {
    return new VirtualService(
        key,
        addresses,
        scheduler,
        realServers,
        sorryServer,
        persistence,
        how,
        onePacket,
        isolation);
  }

  /**
   * With other addresses.
   *
   * @param joined one or more that the firewall mark joins
   * @return the changed service
   * @throws IllegalArgumentException if there are none, one stands there twice, or the service has
   *     no firewall mark
   */
  public VirtualService withAddresses(List<VirtualAddress> joined) {
    return new VirtualService(
        key,
        joined,
        scheduler,
        realServers,
        sorryServer,
        persistence,
        slowStart,
        onePacket,
        isolation);
  }

  /**
   * With each UDP datagram scheduled by itself, or not.
   *
   * @param value true: each by itself
   * @return the changed service
   * @throws IllegalArgumentException if it is true and the service has no UDP address
   */
  public VirtualService withOnePacket(boolean value) {
    return new VirtualService(
        key,
        addresses,
        scheduler,
        realServers,
        sorryServer,
        persistence,
        slowStart,
        value,
        isolation);
  }

  /**
   * With another way to keep clients from servers that fail.
   *
   * @param how what is done
   * @return the changed service
   */
  public VirtualService withIsolation(Isolation how) {
    return new VirtualService(
        key,
        addresses,
        scheduler,
        realServers,
        sorryServer,
        persistence,
        slowStart,
        onePacket,
        how);
  }

  /**
   * With another state of one real server that an operator has set.
   *
   * @param endpoint where it listens
   * @param state whether it shall work, whatever its checks say
   * @return the changed service
   * @throws IllegalArgumentException if the service has no real server there
   */
  public VirtualService withAdmin(Endpoint endpoint, AdminState state) {
    return with(required(endpoint).withAdmin(state));
  }

  /** All of it but the real servers. */
  VirtualService settings() {
    return withServers(List.of());
  }

  private VirtualService withServers(List<RealServer> servers) {
    return new VirtualService(
        key,
        addresses,
        scheduler,
        servers,
        sorryServer,
        persistence,
        slowStart,
        onePacket,
        isolation);
  }

  private RealServer required(Endpoint endpoint) {
    return realServer(endpoint)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "real server: "
                        + endpoint
                        + " (expected: one of "
                        + realServers.stream().map(s -> s.endpoint().toString()).toList()
                        + " of "
                        + key
                        + ")"));
  }

  /** Collects the parts of a {@link VirtualService}. Not thread-safe. */
  public static final class Builder {
    private final ServiceKey key;
    private final List<VirtualAddress> addresses = new ArrayList<>();
    private String scheduler = "wlc";
    private final List<RealServer> realServers = new ArrayList<>();
    private List<CheckSpec> checks = List.of();
    private @Nullable RealServer sorryServer;
    private @Nullable PersistenceSpec persistence;
    private @Nullable SlowStart slowStart;
    private boolean onePacket;
    private Isolation isolation = Isolation.DEFAULT;

    private Builder(ServiceKey key) {
      this.key = Objects.requireNonNull(key, "key");
      if (key instanceof VirtualAddress address) {
        addresses.add(address);
      }
    }

    /**
     * Adds an address to a service with a firewall mark.
     *
     * @param address such as {@code ServiceKey.tcp("192.0.2.1:443")}; port 0 is every port that no
     *     other service has
     * @return this
     */
    public Builder address(VirtualAddress address) {
      addresses.add(Objects.requireNonNull(address, "address"));
      return this;
    }

    /**
     * Chooses the algorithm.
     *
     * @param name LVS name, such as {@code rr}, {@code wrr}, {@code lc} or {@code wlc}; the
     *     director refuses a name that it does not know
     * @return this
     */
    public Builder scheduler(String name) {
      this.scheduler = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Adds a real server of weight 1.
     *
     * @param endpoint {@code HOST:PORT}
     * @return this
     * @throws IllegalArgumentException if {@code endpoint} cannot be read
     */
    public Builder realServer(String endpoint) {
      return realServer(RealServer.of(endpoint));
    }

    /**
     * Adds a real server.
     *
     * @param endpoint {@code HOST:PORT}
     * @param weight 0..65535
     * @return this
     * @throws IllegalArgumentException if {@code endpoint} cannot be read or {@code weight} is out
     *     of range
     */
    public Builder realServer(String endpoint, int weight) {
      return realServer(RealServer.of(endpoint).withWeight(weight));
    }

    /**
     * Adds a real server.
     *
     * @param server what to add
     * @return this
     */
    public Builder realServer(RealServer server) {
      realServers.add(Objects.requireNonNull(server, "server"));
      return this;
    }

    /**
     * The check of every real server that has none of its own, with the timing of {@link
     * CheckSpec#of}.
     *
     * @param probe what is run
     * @return this
     */
    public Builder check(Probe probe) {
      return check(CheckSpec.of(probe));
    }

    /**
     * The check of every real server that has none of its own.
     *
     * @param spec how they are checked
     * @return this
     */
    public Builder check(CheckSpec spec) {
      return checks(spec);
    }

    /**
     * The checks of every real server that has none of its own, each in its own time: a server is
     * up when none of them fails.
     *
     * @param specs how they are checked
     * @return this
     */
    public Builder checks(CheckSpec... specs) {
      for (CheckSpec spec : specs) {
        Objects.requireNonNull(spec, "spec");
      }
      this.checks = List.of(specs);
      return this;
    }

    /**
     * Who answers when the real servers cannot; it is not checked.
     *
     * @param endpoint {@code HOST:PORT}
     * @return this
     * @throws IllegalArgumentException if {@code endpoint} cannot be read
     */
    public Builder sorryServer(String endpoint) {
      return sorryServer(RealServer.of(endpoint));
    }

    /**
     * Who answers when the real servers cannot.
     *
     * @param server with its own checks, or none; its weight is not used
     * @return this
     */
    public Builder sorryServer(RealServer server) {
      this.sorryServer = Objects.requireNonNull(server, "server");
      return this;
    }

    /**
     * Says how clients are kept from servers that fail.
     *
     * @param how such as {@code Isolation.DEFAULT.quorum(3, 1)}
     * @return this
     */
    public Builder isolation(Isolation how) {
      this.isolation = Objects.requireNonNull(how, "how");
      return this;
    }

    /**
     * Makes clients stay with the server that they had.
     *
     * @param spec for how long and by what they are told apart
     * @return this
     */
    public Builder persistent(PersistenceSpec spec) {
      this.persistence = Objects.requireNonNull(spec, "spec");
      return this;
    }

    /**
     * Makes each client stay with the server that it had.
     *
     * @param timeout for how long after its last new connection, 1 s..31 days
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder persistent(Duration timeout) {
      return persistent(PersistenceSpec.perClient().timeout(timeout));
    }

    /**
     * Warms servers up that are added while the service runs, or have recovered. Those that it
     * begins with are warm.
     *
     * @param how for how long, and from what share on
     * @return this
     */
    public Builder slowStart(SlowStart how) {
      this.slowStart = Objects.requireNonNull(how, "how");
      return this;
    }

    /**
     * Schedules each UDP datagram by itself; see {@code Dispatcher.datagram}.
     *
     * @return this
     */
    public Builder onePacket() {
      this.onePacket = true;
      return this;
    }

    /**
     * Makes the service.
     *
     * @return the service
     * @throws IllegalArgumentException where the constructor of {@link VirtualService} throws it
     */
    public VirtualService build() {
      List<RealServer> checked =
          realServers.stream().map(s -> s.checks().isEmpty() ? s.withChecks(checks) : s).toList();
      return new VirtualService(
          key,
          addresses,
          scheduler,
          checked,
          sorryServer,
          persistence,
          slowStart,
          onePacket,
          isolation);
    }
  }
}
