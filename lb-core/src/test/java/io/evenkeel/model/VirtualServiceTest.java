package io.evenkeel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class VirtualServiceTest {
  private static final CheckSpec FIRST = CheckSpec.of(() -> "first");
  private static final CheckSpec SECOND = CheckSpec.of(() -> "second");
  private static final Endpoint A = Endpoint.parse("a:1");
  private static final Endpoint B = Endpoint.parse("b:1");
  private static final VirtualService SERVICE =
      VirtualService.tcp("v:80").scheduler("rr").realServer("a:1").realServer("b:1", 2).build();

  @Test
  void build_nothingSaid_isWlcWithoutServers() {
    VirtualService service = VirtualService.tcp("v:80").build();

    assertEquals(ServiceKey.tcp("v:80"), service.key());
    assertEquals("wlc", service.scheduler());
    assertEquals(List.of(), service.realServers());
    assertNull(service.sorryServer());
    assertEquals(service, VirtualService.builder(ServiceKey.tcp("v:80")).build());
  }

  @Test
  void build_check_isThatOfServersWithoutTheirOwn() {
    RealServer own = RealServer.of("own:1").withChecks(SECOND);

    // The check may come before the servers or after them.
    VirtualService before = VirtualService.tcp("v:80").check(FIRST).realServer(own).build();
    VirtualService after =
        VirtualService.tcp("v:80").realServer("a:1").realServer(own).check(FIRST).build();

    assertEquals(List.of(own), before.realServers());
    assertEquals(List.of(RealServer.of("a:1").withChecks(FIRST), own), after.realServers());
  }

  @Test
  void build_probe_isCheckedWithTheDefaultTiming() {
    Probe probe = () -> "p";

    VirtualService service = VirtualService.tcp("v:80").realServer("a:1").check(probe).build();

    CheckSpec check = service.realServers().get(0).checks().get(0);
    assertEquals(CheckSpec.of(probe), check);
    assertEquals(Duration.ofSeconds(2), check.timing().interval());
  }

  @Test
  void build_serverTwice_throws() {
    VirtualService.Builder builder = VirtualService.tcp("v:80").realServer("a:1");

    assertMessage(
        "real server: a:1 twice in tcp v:80 (expected: once)",
        () -> builder.realServer("A:1", 7).build());
  }

  @Test
  void build_sorryServerIsARealServer_throws() {
    VirtualService.Builder builder = VirtualService.tcp("v:80").realServer("a:1");

    assertMessage(
        "sorry server: a:1 (expected: none of the real servers of tcp v:80)",
        () -> builder.sorryServer("A:1").build());
  }

  @Test
  void new_listChangedLater_isNotSeen() {
    List<RealServer> servers = new ArrayList<>(List.of(RealServer.of("a:1")));
    VirtualService service =
        new VirtualService(
            ServiceKey.tcp("v:80"),
            List.of(ServiceKey.tcp("v:80")),
            "rr",
            servers,
            null,
            null,
            null,
            false,
            Isolation.DEFAULT);

    servers.clear();

    assertEquals(1, service.realServers().size());
    assertThrows(UnsupportedOperationException.class, () -> service.realServers().clear());
  }

  @Test
  void realServer_byEndpoint_isFoundOrEmpty() {
    assertEquals(Optional.of(RealServer.of("b:1").withWeight(2)), SERVICE.realServer(B));
    assertEquals(Optional.empty(), SERVICE.realServer(Endpoint.parse("a:2")));
  }

  @Test
  void with_knownEndpoint_replacesInPlace() {
    RealServer changed = RealServer.of("a:1").withWeight(9);

    assertEquals(
        List.of(changed, RealServer.of("b:1").withWeight(2)), SERVICE.with(changed).realServers());
    assertEquals(SERVICE, SERVICE.with(RealServer.of("a:1")));
  }

  @Test
  void with_newEndpoint_addsAtTheEnd() {
    VirtualService changed = SERVICE.with(RealServer.of("c:1"));

    assertEquals(
        List.of("a:1", "b:1", "c:1"),
        changed.realServers().stream().map(s -> s.endpoint().toString()).toList());
    assertEquals("rr", changed.scheduler());
  }

  @Test
  void without_known_removesIt() {
    assertEquals(List.of(RealServer.of("a:1")), SERVICE.without(B).realServers());
  }

  @Test
  void without_unknown_namesThoseThatAreThere() {
    assertMessage(
        "real server: c:1 (expected: one of [a:1, b:1] of tcp v:80)",
        () -> SERVICE.without(Endpoint.parse("c:1")));
  }

  @Test
  void withWeight_known_keepsTheRest() {
    VirtualService service = VirtualService.tcp("v:80").realServer("a:1").check(FIRST).build();

    RealServer changed = service.withWeight(A, 0).realServers().get(0);

    assertEquals(0, changed.weight());
    assertEquals(List.of(FIRST), changed.checks());
  }

  @Test
  void withWeight_unknownOrOutOfRange_throws() {
    assertMessage(
        "real server: c:1 (expected: one of [a:1, b:1] of tcp v:80)",
        () -> SERVICE.withWeight(Endpoint.parse("c:1"), 1));
    assertMessage("weight: -1 (expected: 0..65535)", () -> SERVICE.withWeight(A, -1));
  }

  @Test
  void build_sorryServer_isKeptThroughChanges() {
    VirtualService service =
        VirtualService.tcp("v:80").sorryServer("s:1").realServer("a:1").build();

    assertEquals(RealServer.of("s:1"), service.sorryServer());
    assertEquals(RealServer.of("s:1"), service.without(A).sorryServer());
    assertEquals(RealServer.of("s:1"), service.with(RealServer.of("b:1")).sorryServer());
  }

  @Test
  void build_persistence_isKeptThroughChanges() {
    PersistenceSpec spec = PersistenceSpec.perClient().prefixes(24, 64);
    VirtualService service = VirtualService.tcp("v:80").realServer("a:1").persistent(spec).build();

    assertEquals(spec, service.persistence());
    assertEquals(spec, service.without(A).persistence());
    assertEquals(spec, service.with(RealServer.of("b:1")).persistence());
    assertNull(service.withPersistence(null).persistence());
    assertEquals(service, service.withPersistence(null).withPersistence(spec));
    assertEquals(
        PersistenceSpec.perClient().timeout(Duration.ofSeconds(7)),
        VirtualService.tcp("v:80").persistent(Duration.ofSeconds(7)).build().persistence());
  }

  @Test
  void build_portZero_needsPersistence() {
    String message = "virtual service: tcp v:0 (expected: a port, 1..65535, or persistence)";
    VirtualService service =
        VirtualService.tcp("v:0").persistent(PersistenceSpec.perClient()).build();

    assertEquals(0, service.addresses().get(0).endpoint().port());
    assertMessage(message, () -> VirtualService.tcp("v:0").build());
    assertMessage(message, () -> service.withPersistence(null));
  }

  @Test
  void build_onePacket_needsAUdpAddress() {
    VirtualService dns = VirtualService.builder(ServiceKey.udp("v:53")).onePacket().build();

    assertTrue(dns.onePacket());
    assertTrue(dns.with(RealServer.of("a:1")).onePacket());
    assertFalse(dns.withOnePacket(false).onePacket());
    assertTrue(
        VirtualService.mark("m")
            .address(ServiceKey.tcp("v:53"))
            .address(ServiceKey.udp("v:53"))
            .onePacket()
            .build()
            .onePacket());
    assertMessage(
        "one packet: tcp v:80 (expected: a udp address)",
        () -> VirtualService.tcp("v:80").onePacket().build());
  }

  @Test
  void build_sorryServerWithoutPort_throws() {
    assertMessage(
        "sorry server: s:0 (expected: a port, 1..65535)",
        () -> VirtualService.tcp("v:80").sorryServer("s:0").build());
  }

  private static void assertMessage(String expected, Executable e) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, e).getMessage());
  }
}
