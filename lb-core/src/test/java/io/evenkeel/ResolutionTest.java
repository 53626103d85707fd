package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Configuration;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Only addresses, localhost and names that never exist (RFC 6761) are looked up. */
class ResolutionTest {

  @Test
  void of_addresses_areResolvedAsTheyStand() {
    Resolution resolution =
        of(
            VirtualService.tcp("127.0.0.1:80")
                .realServer("192.0.2.1:81")
                .realServer("[2001:db8::1]:82")
                .sorryServer("192.0.2.3:83")
                .build());

    assertEquals(List.of(), resolution.problems());
    assertEquals(4, resolution.addresses().size());
    InetSocketAddress address = resolution.addresses().get(Endpoint.parse("192.0.2.1:81"));
    assertEquals("192.0.2.1", address.getAddress().getHostAddress());
    assertEquals(81, address.getPort());
    assertFalse(resolution.addresses().get(Endpoint.parse("[2001:db8::1]:82")).isUnresolved());
  }

  @Test
  void of_serviceOfEveryPort_refusesServersAtItsAddress() {
    Resolution resolution =
        of(
            VirtualService.tcp("192.0.2.1:0")
                .persistent(PersistenceSpec.perClient())
                .realServer("192.0.2.1:81")
                .realServer("192.0.2.2:81")
                .build());

    assertEquals(
        List.of("real server: 192.0.2.1:81 is the address of tcp 192.0.2.1:0 itself"),
        resolution.problems());
  }

  @Test
  void of_unknownNames_eachIsAProblemInItsRole() {
    Resolution resolution =
        of(
            VirtualService.tcp("v.invalid:80")
                .realServer("a.invalid:81")
                .realServer("b.invalid:81")
                .sorryServer("s.invalid:83")
                .build());

    String expected = " cannot be resolved (expected: an address or a known name)";
    assertEquals(
        List.of(
            "virtual service: v.invalid:80" + expected,
            "real server: a.invalid:81" + expected,
            "real server: b.invalid:81" + expected,
            "sorry server: s.invalid:83" + expected),
        resolution.problems());
  }

  @Test
  void of_knownAddress_staysAsItIs() throws Exception {
    Endpoint name = Endpoint.parse("moved.invalid:81");
    InetSocketAddress known =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 81);
    Configuration configuration =
        Configuration.of(
            List.of(VirtualService.tcp("127.0.0.1:80").realServer("moved.invalid:81").build()));

    Resolution resolution = Resolution.of(configuration, Map.of(name, known));

    assertEquals(List.of(), resolution.problems());
    assertSame(known, resolution.addresses().get(name));
  }

  @Test
  void of_knownButNotWanted_isForgotten() throws Exception {
    InetSocketAddress known =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 81);

    Resolution resolution =
        Resolution.of(Configuration.empty(), Map.of(Endpoint.parse("gone.invalid:81"), known));

    assertTrue(resolution.addresses().isEmpty());
  }

  @Test
  void of_serverTwiceByNameAndAddress_isAProblem() {
    assertEquals(
        List.of("real server: localhost:81 has the address of 127.0.0.1:81 in tcp 127.0.0.1:80"),
        of(VirtualService.tcp("127.0.0.1:80")
                .realServer("127.0.0.1:81")
                .realServer("localhost:81")
                .realServer("localhost:82")
                .build())
            .problems());
  }

  @Test
  void of_sorryServerIsARealServerByName_isAProblem() {
    assertEquals(
        List.of("sorry server: localhost:81 has the address of 127.0.0.1:81 in tcp 127.0.0.1:80"),
        of(VirtualService.tcp("127.0.0.1:80")
                .realServer("127.0.0.1:81")
                .sorryServer("localhost:81")
                .build())
            .problems());
  }

  @Test
  void of_oneServerInTwoServices_isNone() {
    assertEquals(
        List.of(),
        of(
                VirtualService.tcp("127.0.0.1:80").realServer("127.0.0.1:81").build(),
                VirtualService.tcp("127.0.0.1:8080").realServer("localhost:81").build())
            .problems());
  }

  @Test
  void of_serviceTwiceByNameAndAddress_isAProblem() {
    assertEquals(
        List.of("virtual service: tcp localhost:80 has the address of tcp 127.0.0.1:80"),
        of(VirtualService.tcp("127.0.0.1:80").build(), VirtualService.tcp("localhost:80").build())
            .problems());
  }

  @Test
  void of_oneAddressForTwoProtocols_isNone() {
    assertEquals(
        List.of(), of(VirtualService.tcp("127.0.0.1:80").build(), udp("127.0.0.1:80")).problems());
  }

  @Test
  void of_serviceTwiceWithAnotherProtocolBetween_isAProblem() {
    assertEquals(
        List.of("virtual service: tcp localhost:80 has the address of tcp 127.0.0.1:80"),
        of(
                VirtualService.tcp("127.0.0.1:80").build(),
                udp("127.0.0.1:80"),
                VirtualService.tcp("localhost:80").build())
            .problems());
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:80, 127.0.0.1:80, true",
    "127.0.0.1:80, localhost:80, true",
    "0.0.0.0:80, 127.0.0.1:80, true",
    "[::]:80, 127.0.0.1:80, true",
    "0.0.0.0:80, [::1]:80, true",
    "0.0.0.0:80, 127.0.0.1:81, false",
    "127.0.0.1:80, 127.0.0.2:80, false",
    "0.0.0.0:80, 192.0.2.1:80, false",
  })
  void of_serverAtTheServiceItself_isAProblem(String service, String server, boolean itself) {
    List<String> problems = of(VirtualService.tcp(service).realServer(server).build()).problems();

    String key = ServiceKey.tcp(service).toString();
    assertEquals(
        itself
            ? List.of(
                "real server: " + Endpoint.parse(server) + " is the address of " + key + " itself")
            : List.of(),
        problems);
  }

  @Test
  void of_sorryServerAtTheServiceItself_isAProblemInItsRole() {
    assertEquals(
        List.of("sorry server: 127.0.0.1:80 is the address of tcp 127.0.0.1:80 itself"),
        of(VirtualService.tcp("127.0.0.1:80").sorryServer("127.0.0.1:80").build()).problems());
  }

  @Test
  void of_markWithAnAddressTwiceByName_isAProblem() {
    assertEquals(
        List.of(
            "virtual service: mark m: tcp localhost:80 has the address of mark m: tcp"
                + " 127.0.0.1:80"),
        of(VirtualService.mark("m")
                .address(ServiceKey.tcp("127.0.0.1:80"))
                .address(ServiceKey.udp("127.0.0.1:80"))
                .address(ServiceKey.tcp("localhost:80"))
                .build())
            .problems());
  }

  /** It would be connected to at the port that the client asked for, which is the service's. */
  @Test
  void of_serverOfEveryPortAtAnAddressOfTheMark_isAProblem() {
    assertEquals(
        List.of("real server: 127.0.0.1:0 is the address of mark m: tcp 127.0.0.1:443 itself"),
        of(VirtualService.mark("m")
                .address(ServiceKey.tcp("127.0.0.2:80"))
                .address(ServiceKey.tcp("127.0.0.1:443"))
                .realServer("127.0.0.1:0")
                .realServer("127.0.0.3:0")
                .build())
            .problems());
  }

  private static VirtualService udp(String endpoint) {
    return VirtualService.builder(ServiceKey.udp(endpoint)).build();
  }

  private static Resolution of(VirtualService... services) {
    return Resolution.of(Configuration.of(Arrays.asList(services)), Map.of());
  }
}
