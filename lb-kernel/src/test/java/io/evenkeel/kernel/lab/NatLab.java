package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.AddressFamily;
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
 * Lab 1: address translation, in the network of {@link NatNetwork}. Each test has a port of its
 * own: a server that is added again while there are connections to it comes back with its counters.
 */
@ParameterizedClass
@EnumSource(Administrator.Kind.class)
public class NatLab {
  private static NatNetwork network;

  NatLab(Administrator.Kind kind) {}

  @BeforeParameterizedClassInvocation
  static void connect(Administrator.Kind kind) throws IOException {
    network = new NatNetwork(kind);
  }

  @AfterParameterizedClassInvocation
  static void disconnect() throws IOException {
    network.close();
  }

  @AfterEach
  void clear() throws IOException {
    network.clear();
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void roundRobin_requests_alternateAndAreCountedPerServer(LabFlow flow) throws Exception {
    IpvsService service = IpvsService.of(network.address(flow, 80), "rr");
    IpvsDestination one = network.serve(network.r1(), flow, 80);
    IpvsDestination other = network.serve(network.r2(), flow, 80);
    network.administrator().add(service, one, other);

    List<LabAnswer> answers = network.client().ask(6, network.address(flow, 80));

    LabAnswer.assertAlternate("r1", "r2", answers);
    InetAddress seen = InetAddress.getByName(answers.get(0).client());
    assertTrue(network.clientAddresses(flow).contains(seen), seen::toString);
    network.table().assertHolds(service, one, other);
    network.table().assertCounted(flow, network.address(flow, 80), answers, true);
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void portMapping_serverMovesToAnotherPort_clientSeesNoChange(LabFlow flow) throws Exception {
    IpvsService service = IpvsService.of(network.address(flow, 81), "rr");
    IpvsDestination before = network.serve(network.r1(), flow, 81);
    IpvsDestination other = network.serve(network.r2(), flow, 81);
    network.administrator().add(service, before, other);
    LabAnswer.assertAlternate("r1", "r2", network.client().ask(2, network.address(flow, 81)));

    network.r1().stop();
    IpvsDestination after = network.serve(network.r1(), flow, 1234);
    network.administrator().delete(network.address(flow, 81), before);
    network.administrator().add(network.address(flow, 81), after);

    LabAnswer.assertAlternate("r1", "r2", network.client().ask(4, network.address(flow, 81)));
    network.table().assertHolds(service, after, other);
  }

  /** The client has no way to the real servers' network: it must not see their addresses. */
  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void serverAsClient_withSnatRule_comesFromTheDirector(LabFlow flow) throws Exception {
    InetAddress outside = network.clientAddress(flow);
    InetAddress virtual = flow.address("20.20.20.11", "fd00:20::11");
    String inside = flow.address("192.168.66.0", "fd00:66::").getHostAddress();
    String rule =
        flow.iptables()
            + " -t nat -A POSTROUTING -s "
            + inside
            + (flow.family() == AddressFamily.IPV4 ? "/24" : "/64")
            + " -o client -j SNAT --to-source "
            + virtual.getHostAddress();
    network.client().serve(flow.protocol(), outside, 8080);
    IpvsAddress service = new IpvsAddress(flow.protocol(), outside, 8080);
    network.r1().assertUnanswered(service);

    network.director().run(rule);
    try {
      assertEquals(virtual.getHostAddress(), network.r1().ask(service).client());
    } finally {
      network.director().run(rule.replace(" -A ", " -D "));
    }
  }
}
