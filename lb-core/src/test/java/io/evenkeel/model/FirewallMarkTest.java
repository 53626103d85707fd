package io.evenkeel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services with several addresses. */
class FirewallMarkTest {
  private static final VirtualAddress HTTP = ServiceKey.tcp("v:80");
  private static final VirtualAddress HTTPS = ServiceKey.tcp("v:443");
  private static final VirtualAddress DNS = ServiceKey.udp("w:53");
  private static final RealServer ANY_PORT = RealServer.of("a:0");

  private static VirtualService.Builder web() {
    return VirtualService.mark("web").address(HTTP).address(HTTPS);
  }

  @Test
  void build_mark_hasItsAddressesInOrder() {
    VirtualService service = web().address(DNS).build();

    assertEquals(ServiceKey.mark("web"), service.key());
    assertEquals(List.of(HTTP, HTTPS, DNS), service.addresses());
    assertEquals("mark web", service.key().toString());
    assertEquals("mark web: udp w:53", service.nameOf(DNS));
  }

  @Test
  void build_oneAddress_isItsKey() {
    VirtualService service = VirtualService.builder(HTTP).build();

    assertEquals(List.of(HTTP), service.addresses());
    assertEquals("tcp v:80", service.nameOf(HTTP));
    assertMessage(
        "virtual service: tcp v:80 with addresses [tcp v:80, tcp v:443] (expected: its own)",
        () -> VirtualService.builder(HTTP).address(HTTPS).build());
    assertMessage(
        "virtual service: tcp v:80 with addresses [] (expected: its own)",
        () -> service.withAddresses(List.of()));
  }

  @Test
  void build_noAddressOrOneTwice_throws() {
    assertMessage(
        "virtual service: mark web without addresses (expected: one or more)",
        () -> VirtualService.mark("web").build());
    assertMessage(
        "virtual service: tcp v:80 twice in mark web (expected: once)",
        () -> web().address(HTTP).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "web-1.a_B"})
  void mark_validName_isKept(String name) {
    assertEquals(name, ServiceKey.mark(name).name());
  }

  static Stream<String> wrongNames() {
    return Stream.of("", "a b", "a:1", "x".repeat(65));
  }

  @ParameterizedTest
  @MethodSource("wrongNames")
  void mark_invalidName_throws(String name) {
    assertMessage(
        "mark: " + name + " (expected: 1..64 letters, digits, dots, hyphens and underscores)",
        () -> ServiceKey.mark(name));
  }

  /** Where clients ask for several ports, a server may have all of them. */
  @Test
  void build_serverOfEveryPort_onlyWhereClientsAskForSeveral() {
    assertEquals(List.of(ANY_PORT), web().realServer(ANY_PORT).build().realServers());
    VirtualService.tcp("v:0").persistent(PersistenceSpec.perClient()).realServer(ANY_PORT).build();
    assertMessage(
        "real server: a:0 (expected: a port, 1..65535, as clients of tcp v:80 ask for one only)",
        () -> VirtualService.tcp("v:80").realServer(ANY_PORT).build());
  }

  @Test
  void build_serverOfEveryPortChecked_needsAPortToCheck() {
    CheckSpec check = CheckSpec.of(() -> "p");

    web().realServer(ANY_PORT).check(check.port(80)).build();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> web().realServer(ANY_PORT).check(check).build());
    assertEquals("check: " + check + " of a:0 (expected: a port, CheckSpec.port)", e.getMessage());
  }

  @Test
  void build_markOfEveryPort_needsNoPersistence() {
    VirtualService.mark("all").address(ServiceKey.tcp("v:0")).build();
  }

  @Test
  void configuration_addressInTwoServices_throws() {
    Configuration one = Configuration.of(List.of(VirtualService.builder(HTTPS).build()));
    String message =
        "virtual service: mark web: tcp v:443 (expected: an address that tcp v:443 does not have)";

    assertMessage(message, () -> one.with(web().build()));
    assertMessage(
        "virtual service: tcp v:443 (expected: an address that mark web does not have)",
        () -> Configuration.of(List.of(web().build(), VirtualService.builder(HTTPS).build())));
    assertEquals(1, one.without(HTTPS).with(web().build()).services().size());
  }

  @Test
  void diff_mark_saysItsAddresses() {
    Configuration before = Configuration.of(List.of(web().realServer(ANY_PORT).build()));
    Configuration after =
        before.edit(ServiceKey.mark("web"), s -> s.withAddresses(List.of(HTTP, DNS)));

    assertEquals(
        List.of(
            "mark web: add service tcp v:80, tcp v:443 scheduler wlc",
            "mark web: add server a:0 weight 1 no check"),
        Configuration.empty().diff(before).stream().map(Change::text).toList());
    assertEquals(
        List.of("mark web: edit service tcp v:80, udp w:53 scheduler wlc"),
        before.diff(after).stream().map(Change::text).toList());
  }

  private static void assertMessage(String expected, Executable e) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, e).getMessage());
  }
}
