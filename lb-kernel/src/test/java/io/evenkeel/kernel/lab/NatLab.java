package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsService;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lab 1: a director that translates addresses. The real servers have its inner address as their way
 * out.
 *
 * <pre>
 * client 20.20.20.12 ── 20.20.20.11 director 192.168.66.11 ─┬─ r1 192.168.66.12
 *   fd00:20::12          fd00:20::11     fd00:66::11        └─ r2 192.168.66.13
 * </pre>
 */
@ParameterizedClass
@EnumSource(Administrator.Kind.class)
public class NatLab {
  private static LabCluster cluster;
  private static LabHost client;
  private static LabHost director;
  private static LabHost r1;
  private static LabHost r2;
  private static Administrator administrator;
  private static LabTable table;

  NatLab(Administrator.Kind kind) {}

  @BeforeParameterizedClassInvocation
  static void connect(Administrator.Kind kind) throws IOException {
    cluster = new LabCluster();
    client = cluster.host("client");
    director = cluster.host("director");
    r1 = cluster.host("r1");
    r2 = cluster.host("r2");
    LabHost inside = cluster.bridge("inside");
    cluster.connect(client, director);
    cluster.plug(director, inside);
    cluster.plug(r1, inside);
    cluster.plug(r2, inside);
    client.run(
        "ip address add 20.20.20.12/24 dev director", "ip address add fd00:20::12/64 dev director");
    director.run(
        "ip address add 20.20.20.11/24 dev client",
        "ip address add fd00:20::11/64 dev client",
        "ip address add 192.168.66.11/24 dev inside",
        "ip address add fd00:66::11/64 dev inside");
    for (LabHost server : List.of(r1, r2)) {
      String number = server == r1 ? "12" : "13";
      server.run(
          "ip address add 192.168.66." + number + "/24 dev inside",
          "ip address add fd00:66::" + number + "/64 dev inside",
          "ip route add default via 192.168.66.11",
          "ip route add default via fd00:66::11");
    }
    administrator = kind.of(director);
    administrator.forward(director);
    table = new LabTable(director);
  }

  @AfterParameterizedClassInvocation
  static void disconnect() throws IOException {
    administrator.close();
    table.close();
    cluster.close();
  }

  @AfterEach
  void flush() throws IOException {
    administrator.flush();
    for (LabHost host : List.of(client, r1, r2)) {
      host.stop();
    }
  }

  private static IpvsAddress address(LabFlow flow, int port) throws IOException {
    return new IpvsAddress(flow.protocol(), flow.address("20.20.20.11", "fd00:20::11"), port);
  }

  /** A real server, which is started, too. */
  private static IpvsDestination serve(LabHost host, LabFlow flow, int port) throws IOException {
    String number = host == r1 ? "12" : "13";
    InetAddress address = flow.address("192.168.66." + number, "fd00:66::" + number);
    host.serve(flow.protocol(), address, port);
    return IpvsDestination.of(address, port, ForwardingMethod.MASQUERADE, 1);
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void roundRobin_requests_alternateAndAreCountedPerServer(LabFlow flow) throws Exception {
    IpvsService service = IpvsService.of(address(flow, 80), "rr");
    IpvsDestination one = serve(r1, flow, 80);
    IpvsDestination other = serve(r2, flow, 80);
    administrator.add(service, one, other);

    List<LabAnswer> answers = client.ask(6, address(flow, 80));

    LabAnswer.assertAlternate("r1", "r2", answers);
    String seen = flow.address("20.20.20.12", "fd00:20::12").getHostAddress();
    assertEquals(seen, answers.get(0).client());
    table.assertHolds(service, one, other);
    table.assertCounted(flow, address(flow, 80), answers, true);
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void portMapping_serverMovesToAnotherPort_clientSeesNoChange(LabFlow flow) throws Exception {
    IpvsService service = IpvsService.of(address(flow, 81), "rr");
    IpvsDestination before = serve(r1, flow, 81);
    IpvsDestination other = serve(r2, flow, 81);
    administrator.add(service, before, other);
    LabAnswer.assertAlternate("r1", "r2", client.ask(2, address(flow, 81)));

    r1.stop();
    IpvsDestination after = serve(r1, flow, 1234);
    administrator.delete(address(flow, 81), before);
    administrator.add(address(flow, 81), after);

    LabAnswer.assertAlternate("r1", "r2", client.ask(4, address(flow, 81)));
    table.assertHolds(service, after, other);
  }

  /** The client has no way to the real servers' network: it must not see their addresses. */
  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void serverAsClient_withSnatRule_comesFromTheDirector(LabFlow flow) throws Exception {
    InetAddress outside = flow.address("20.20.20.12", "fd00:20::12");
    InetAddress virtual = flow.address("20.20.20.11", "fd00:20::11");
    String network = flow.address("192.168.66.0", "fd00:66::").getHostAddress();
    String rule =
        flow.iptables()
            + " -t nat -A POSTROUTING -s "
            + network
            + (flow.family() == AddressFamily.IPV4 ? "/24" : "/64")
            + " -o client -j SNAT --to-source "
            + virtual.getHostAddress();
    client.serve(flow.protocol(), outside, 8080);
    IpvsAddress service = new IpvsAddress(flow.protocol(), outside, 8080);
    r1.assertUnanswered(service);

    director.run(rule);
    try {
      assertEquals(virtual.getHostAddress(), r1.ask(service).client());
    } finally {
      director.run(rule.replace(" -A ", " -D "));
    }
  }
}
