package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsConnection;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lab 4: persistence per client, per port, per firewall mark and per network, in the network of
 * {@link DirectNetwork}: its director sees a client's FIN and no other, so that the time that a TCP
 * connection lives on can be set. Each test has ports and marks of its own: templates outlive their
 * services.
 */
@ParameterizedClass
@EnumSource(Administrator.Kind.class)
public class PersistenceLab {
  private static final long LONG = 120;

  /** Longer than a template gets again whose connection is not over yet. */
  private static final long WAIT_NANOS = 120_000_000_000L;

  private static DirectNetwork network;

  PersistenceLab(Administrator.Kind kind) {}

  @BeforeParameterizedClassInvocation
  static void connect(Administrator.Kind kind) throws IOException {
    network = new DirectNetwork(kind);
  }

  @AfterParameterizedClassInvocation
  static void disconnect() throws IOException {
    network.close();
  }

  @AfterEach
  void clear() throws IOException {
    network.clear();
    network.administrator().timeouts(120, 300);
  }

  private static IpvsService service(IpvsKey key, String scheduler, long seconds, int prefix) {
    return new IpvsService(
        key, scheduler, Set.of(), new IpvsPersistence(seconds, prefix, null), false);
  }

  /** Both real servers at these ports. */
  private static void serve(LabFlow flow, int... ports) throws IOException {
    for (int port : ports) {
      network.serve(network.r1(), flow, port);
      network.serve(network.r2(), flow, port);
    }
  }

  private static IpvsDestination[] destinations(LabFlow flow, int port) throws IOException {
    return new IpvsDestination[] {
      network.destination(network.r1(), flow, port), network.destination(network.r2(), flow, port)
    };
  }

  /** Who answers a client at an address. */
  private static String ask(InetAddress client, IpvsAddress at) throws IOException {
    return network.client().ask(at, client).server();
  }

  /** The kernel's connections and templates of a client, or of a network, at some ports. */
  private static List<IpvsConnection> entries(
      LabFlow flow, InetAddress client, Predicate<IpvsConnection> which) throws IOException {
    return network.table().connections().stream()
        .filter(entry -> entry.client().equals(client))
        .filter(entry -> entry.protocol() == flow.protocol().number())
        .filter(which)
        .toList();
  }

  private static Predicate<IpvsConnection> ofPort(int port) {
    return entry -> entry.virtualPort() == port;
  }

  /** The only template among them. */
  private static IpvsConnection template(LabFlow flow, InetAddress client, int port)
      throws IOException {
    List<IpvsConnection> templates =
        entries(flow, client, entry -> entry.isTemplate() && entry.virtualPort() == port);
    assertEquals(1, templates.size(), templates::toString);
    return templates.get(0);
  }

  private static InetAddress address(String server, LabFlow flow) throws IOException {
    LabHost host = server.equals("r1") ? network.r1() : network.r2();
    return network.destination(host, flow, 1).address();
  }

  private static void assertOneTemplateEach(IpvsKey key) throws IOException {
    for (DestinationStatus status : network.table().destinations(key)) {
      assertEquals(1, status.persistent(), status::toString);
    }
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void perClient_allPorts_areOneServers(LabFlow flow) throws Exception {
    serve(flow, 80, 443, 8080);
    IpvsAddress any = network.address(flow, 0);
    IpvsService service = service(any, "wlc", LONG, flow.family().bits());
    IpvsDestination[] destinations = destinations(flow, 0);
    network.administrator().add(service, destinations);
    InetAddress one = network.clientAddresses(flow).get(0);
    InetAddress other = network.clientAddresses(flow).get(1);

    String server = ask(one, network.address(flow, 80));
    assertNotEquals(server, ask(other, network.address(flow, 80)));
    for (int port : new int[] {443, 8080, 80}) {
      assertEquals(server, ask(one, network.address(flow, port)));
    }

    network.table().assertHolds(service, destinations);
    assertEquals(address(server, flow), template(flow, one, 0).destination());
    assertEquals(1, entries(flow, one, ofPort(443)).size());
    assertOneTemplateEach(any);
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void perPort_requests_areOneServersOfThatPort(LabFlow flow) throws Exception {
    serve(flow, 81);
    IpvsAddress address = network.address(flow, 81);
    IpvsService service = service(address, "rr", LONG, flow.family().bits());
    IpvsDestination[] destinations = destinations(flow, 81);
    network.administrator().add(service, destinations);
    InetAddress one = network.clientAddresses(flow).get(0);

    String server = ask(one, address);
    assertNotEquals(server, ask(network.clientAddresses(flow).get(1), address));
    for (int i = 0; i < 3; i++) {
      assertEquals(server, ask(one, address));
    }

    network.table().assertHolds(service, destinations);
    assertEquals(address(server, flow), template(flow, one, 81).destination());
    List<IpvsConnection> all = entries(flow, one, ofPort(81));
    assertEquals(1 + 4, all.size(), all::toString);
    assertOneTemplateEach(address);
  }

  /** Web servers with and without TLS are one service, and so are TCP and UDP. */
  @ParameterizedTest
  @EnumSource
  void perMark_portsAndProtocols_areOneServers(AddressFamily family) throws Exception {
    LabFlow tcp = new LabFlow(family, IpvsProtocol.TCP);
    LabFlow udp = new LabFlow(family, IpvsProtocol.UDP);
    serve(tcp, 82, 443);
    serve(udp, 82);
    mark(tcp, 10, 82, 443);
    mark(udp, 10, 82);
    IpvsMark key = new IpvsMark(10, family);
    IpvsService service = service(key, "wlc", LONG, family.bits());
    IpvsDestination[] destinations = destinations(tcp, 0);
    network.administrator().add(service, destinations);
    InetAddress one = network.clientAddresses(tcp).get(0);

    String server = ask(one, network.address(tcp, 82));
    assertNotEquals(server, ask(network.clientAddresses(tcp).get(1), network.address(tcp, 82)));
    assertEquals(server, ask(one, network.address(tcp, 443)));
    assertEquals(server, ask(one, network.address(udp, 82)));

    network.table().assertHolds(service, destinations);
    List<IpvsConnection> templates =
        network.table().connections().stream()
            .filter(entry -> entry.client().equals(one) && entry.mark() == 10)
            .toList();
    assertEquals(1, templates.size(), templates::toString);
    assertEquals(address(server, tcp), templates.get(0).destination());
    assertOneTemplateEach(key);
  }

  private static void mark(LabFlow flow, int mark, int... ports) throws IOException {
    for (int port : ports) {
      network
          .director()
          .run(
              flow.iptables()
                  + (" -t mangle -A PREROUTING -p " + flow.protocol())
                  + (" -d " + network.address(flow, port).address().getHostAddress())
                  + (" --dport " + port + " -j MARK --set-mark " + mark));
    }
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void perNetwork_neighbours_areOneServers(LabFlow flow) throws Exception {
    serve(flow, 83);
    IpvsAddress address = network.address(flow, 83);
    IpvsService service =
        service(address, "rr", LONG, flow.family() == AddressFamily.IPV4 ? 24 : 64);
    IpvsDestination[] destinations = destinations(flow, 83);
    network.administrator().add(service, destinations);
    List<InetAddress> clients = network.clientAddresses(flow);

    String server = ask(clients.get(0), address);
    assertNotEquals(server, ask(clients.get(2), address));
    assertEquals(server, ask(clients.get(1), address));

    network.table().assertHolds(service, destinations);
    InetAddress masked = flow.address("192.168.10.0", "fd00:10::");
    assertEquals(address(server, flow), template(flow, masked, 83).destination());
    assertOneTemplateEach(address);
  }

  /** After the template's time, if there is no connection of it left. */
  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void template_afterItsTime_isGoneAndTheSchedulerMovesOn(LabFlow flow) throws Exception {
    serve(flow, 84);
    IpvsAddress address = network.address(flow, 84);
    network.administrator().timeouts(1, 1);
    network
        .administrator()
        .add(service(address, "rr", 5, flow.family().bits()), destinations(flow, 84));
    InetAddress client = network.clientAddresses(flow).get(0);

    String server = ask(client, address);
    assertEquals(address(server, flow), template(flow, client, 84).destination());
    await(() -> entries(flow, client, ofPort(84)).isEmpty());

    assertNotEquals(server, ask(client, address));
  }

  /** As long as there is a connection of it: it then gets another minute. */
  @ParameterizedTest
  @EnumSource
  void template_afterItsTimeWithAConnection_staysAndKeepsTheServer(AddressFamily family)
      throws Exception {
    LabFlow flow = new LabFlow(family, IpvsProtocol.UDP);
    serve(flow, 85);
    IpvsAddress address = network.address(flow, 85);
    network.administrator().timeouts(1, 90);
    network
        .administrator()
        .add(service(address, "rr", 2, flow.family().bits()), destinations(flow, 85));
    InetAddress client = network.clientAddresses(flow).get(0);

    String server = ask(client, address);
    await(() -> template(flow, client, 85).expirySeconds() > 50);

    assertEquals(server, ask(client, address));
    assertEquals(server, ask(client, address));
  }

  /** What may fail on its way to the kernel. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (!condition.holds()) {
      assertTrue(System.nanoTime() - deadline < 0, "nothing came of it");
      Thread.sleep(50);
    }
  }
}
