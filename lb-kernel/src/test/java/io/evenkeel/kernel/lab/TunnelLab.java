package io.evenkeel.kernel.lab;

import static io.evenkeel.kernel.ipvs.AddressFamily.IPV4;
import static io.evenkeel.kernel.ipvs.AddressFamily.IPV6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsTunnel;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lab 3: tunnels. Each host has a network of its own, and the same router. The real servers have
 * the virtual address on a tunnel device, and check until told otherwise that packets come the way
 * that answers would go.
 *
 * <pre>
 *                      ┌── director 10.2.0.2, fd00:2::2; 10.9.0.100, fd00:9::100
 * client ── router .1 ─┼── r1       10.3.0.2, fd00:3::2; 10.9.0.100, fd00:9::100 in the tunnel
 * 10.1.0.2, fd00:1::2  └── r2       10.4.0.2, fd00:4::2; 10.9.0.100, fd00:9::100 in the tunnel
 * </pre>
 */
@ParameterizedClass
@EnumSource(Administrator.Kind.class)
public class TunnelLab {
  private static final String VIRTUAL_4 = "10.9.0.100";
  private static final String VIRTUAL_6 = "fd00:9::100";
  private static final IpvsTunnel GUE =
      new IpvsTunnel(IpvsTunnel.Type.GUE, 6080, IpvsTunnel.Checksum.NONE);
  private static final IpvsTunnel GRE =
      new IpvsTunnel(IpvsTunnel.Type.GRE, 0, IpvsTunnel.Checksum.NONE);

  private static LabCluster cluster;
  private static LabHost client;
  private static LabHost director;
  private static LabHost r1;
  private static LabHost r2;
  private static Administrator administrator;
  private static LabTable table;
  private static LabCounter answers;

  TunnelLab(Administrator.Kind kind) {}

  /** What is sent, and the tunnel that it goes through. */
  record Tunnelled(LabFlow flow, IpvsTunnel tunnel, AddressFamily outer) {
    static Stream<Tunnelled> all() {
      return LabFlow.all()
          .flatMap(
              flow ->
                  Stream.of(IPV4, IPV6)
                      .flatMap(
                          outer ->
                              Stream.of(IpvsTunnel.IPIP, GUE, GRE)
                                  .map(tunnel -> new Tunnelled(flow, tunnel, outer))));
    }

    @Override
    public String toString() {
      return flow + " in " + tunnel.type() + " over " + outer;
    }
  }

  @BeforeParameterizedClassInvocation
  static void connect(Administrator.Kind kind) throws IOException {
    cluster = new LabCluster();
    client = cluster.host("client");
    director = cluster.host("director");
    r1 = cluster.host("r1");
    r2 = cluster.host("r2");
    LabHost router = cluster.host("router");
    router.set("ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1");
    answers = new LabCounter(router, VIRTUAL_4, VIRTUAL_6);
    Map<LabHost, String> numbers = Map.of(client, "1", director, "2", r1, "3", r2, "4");
    for (LabHost host : List.of(client, director, r1, r2)) {
      String number = numbers.get(host);
      cluster.connect(host, router);
      router.run(
          "ip address add 10." + number + ".0.1/24 dev " + host,
          "ip address add fd00:" + number + "::1/64 dev " + host);
      host.run(
          "ip address add 10." + number + ".0.2/24 dev router",
          "ip address add fd00:" + number + "::2/64 dev router",
          "ip route add default via 10." + number + ".0.1",
          "ip route add default via fd00:" + number + "::1");
      answers.add(host, "-i " + host);
    }
    router.run(
        "ip route add " + VIRTUAL_4 + " via 10.2.0.2",
        "ip route add " + VIRTUAL_6 + " via fd00:2::2");
    administrator = kind.of(director);
    administrator.forward(director);
    administrator.address(director, "router", InetAddress.getByName(VIRTUAL_4));
    administrator.address(director, "router", InetAddress.getByName(VIRTUAL_6));
    for (LabHost server : List.of(r1, r2)) {
      server.set("ipv4/conf/all/rp_filter=1", "ipv4/conf/default/rp_filter=1");
      InetAddress ipv4 = address(server, IPV4);
      InetAddress ipv6 = address(server, IPV6);
      administrator.tunnel(server, "ipip", IpvsTunnel.IPIP, ipv4, IPV4);
      administrator.tunnel(server, "sit", IpvsTunnel.IPIP, ipv4, IPV6);
      administrator.tunnel(server, "ip6tnl", IpvsTunnel.IPIP, ipv6, IPV6);
      administrator.tunnel(server, "gre4", GRE, ipv4, IPV4);
      administrator.tunnel(server, "gre6", GRE, ipv6, IPV6);
      administrator.tunnel(server, "none", GUE, ipv4, IPV4);
      administrator.tunnel(server, "none", GUE, ipv6, IPV6);
      administrator.address(server, "ipip", InetAddress.getByName(VIRTUAL_4));
      administrator.address(server, "ip6tnl", InetAddress.getByName(VIRTUAL_6));
    }
    table = new LabTable(director);
  }

  private static InetAddress address(LabHost server, AddressFamily family) throws IOException {
    String number = server == r1 ? "3" : "4";
    return InetAddress.getByName(
        family == IPV4 ? "10." + number + ".0.2" : "fd00:" + number + "::2");
  }

  @AfterParameterizedClassInvocation
  static void disconnect() throws IOException {
    administrator.close();
    table.close();
    cluster.close();
  }

  @AfterEach
  void clear() throws IOException {
    administrator.flush();
    r1.stop();
    r2.stop();
    answers.reset();
  }

  private static IpvsAddress address(LabFlow flow, int port) throws IOException {
    return new IpvsAddress(flow.protocol(), flow.address(VIRTUAL_4, VIRTUAL_6), port);
  }

  private static IpvsDestination serve(LabHost server, Tunnelled what, IpvsAddress service)
      throws IOException {
    server.serve(service.protocol(), service.address(), service.port());
    return new IpvsDestination(
        address(server, what.outer), service.port(), ForwardingMethod.TUNNEL, what.tunnel, 1, 0, 0);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.kernel.lab.TunnelLab$Tunnelled#all")
  void roundRobin_requests_alternateAndAnswersPassTheDirectorBy(Tunnelled what) throws Exception {
    LabFlow flow = what.flow;
    IpvsAddress address = address(flow, 80);
    IpvsService service = IpvsService.of(address, "rr");
    IpvsDestination one = serve(r1, what, address);
    IpvsDestination other = serve(r2, what, address);
    administrator.add(service, one, other);

    LabAnswer.assertAlternate("r1", "r2", client.ask(4, address));

    table.assertHolds(service, one, other);
    assertEquals(0, answers.from(director, flow));
    // Of TCP at least SYN, answer and FIN.
    long least = flow.protocol() == IpvsProtocol.UDP ? 2 : 6;
    for (LabHost server : List.of(r1, r2)) {
      long seen = answers.from(server, flow);
      assertTrue(seen >= least, () -> server + ": " + seen);
    }
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void counters_tunnelled_countWhatClientsSent(LabFlow flow) throws Exception {
    Tunnelled what = new Tunnelled(flow, IpvsTunnel.IPIP, flow.family());
    IpvsAddress address = address(flow, 81);
    administrator.add(
        IpvsService.of(address, "rr"), serve(r1, what, address), serve(r2, what, address));

    table.assertCounted(flow, address, client.ask(6, address), false);
  }
}
