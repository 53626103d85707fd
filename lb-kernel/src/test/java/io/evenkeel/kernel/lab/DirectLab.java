package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lab 2: direct routing, in the network of {@link DirectNetwork}. Each test has a port of its own:
 * a server that is added again while there are connections to it comes back with its counters.
 */
@ParameterizedClass
@EnumSource(Administrator.Kind.class)
public class DirectLab {
  private static DirectNetwork network;

  private final Administrator.Kind kind;

  DirectLab(Administrator.Kind kind) {
    this.kind = kind;
  }

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
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void roundRobin_requests_alternateAndAnswersPassTheDirectorBy(LabFlow flow) throws Exception {
    IpvsAddress address = network.address(flow, 80);
    IpvsService service = IpvsService.of(address, "rr");
    IpvsDestination one = network.serve(network.r1(), flow, 80);
    IpvsDestination other = network.serve(network.r2(), flow, 80);
    network.administrator().add(service, one, other);

    List<LabAnswer> answers = network.client().ask(6, address);

    LabAnswer.assertAlternate("r1", "r2", answers);
    network.table().assertHolds(service, one, other);
    network.table().assertCounted(flow, address, answers, false);
    assertEquals(0, network.answers().from(network.director(), flow));
    // Of TCP at least SYN, answer and FIN.
    long least = flow.protocol() == IpvsProtocol.UDP ? 3 : 9;
    for (LabHost server : List.of(network.r1(), network.r2())) {
      long seen = network.answers().from(server, flow);
      assertTrue(seen >= least, () -> server + ": " + seen);
    }
  }

  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void savedTable_afterFlush_isThatAgain(LabFlow flow) throws Exception {
    IpvsAddress address = network.address(flow, 81);
    IpvsService service = IpvsService.of(address, "wrr");
    IpvsDestination one = network.serve(network.r1(), flow, 81).withWeight(3);
    IpvsDestination other = network.serve(network.r2(), flow, 81).withWeight(3);
    network.administrator().add(service, one, other);

    Administrator.Saved saved = network.administrator().save();
    network.administrator().flush();
    network.client().assertUnanswered(address);
    saved.restore();

    network.table().assertHolds(service, one, other);
    LabAnswer.assertAlternate("r1", "r2", network.client().ask(4, address));
  }

  /** The kernel would take it, and not do it; {@code ipvsadm} takes the service's port instead. */
  @ParameterizedTest
  @MethodSource(LabFlow.ALL)
  void portMapping_direct_isRefused(LabFlow flow) throws Exception {
    IpvsAddress address = network.address(flow, 82);
    IpvsService service = IpvsService.of(address, "rr");
    IpvsDestination mapped = network.destination(network.r1(), flow, 1234);
    network.administrator().add(service);

    if (kind == Administrator.Kind.LIBRARY) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> network.administrator().add(address, mapped));
      assertEquals(
          "destination port: 1234 with DIRECT (expected: 82, the service's;"
              + " only MASQUERADE maps ports)",
          refused.getMessage());
      network.table().assertHolds(service);
    } else {
      network.administrator().add(address, mapped);
      network.table().assertHolds(service, network.serve(network.r1(), flow, 82));
      network.client().ask(1, address);
    }
  }
}
