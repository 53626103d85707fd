package io.evenkeel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  private static final String LABEL_63 = "a".repeat(63);
  private static final String NAME_253 =
      LABEL_63 + "." + LABEL_63 + "." + LABEL_63 + "." + "a".repeat(61);

  @Test
  void parse_ipv4_keepsHostAndPort() {
    Endpoint endpoint = Endpoint.parse("192.0.2.1:8080");

    assertEquals("192.0.2.1", endpoint.host());
    assertEquals(8080, endpoint.port());
    assertTrue(endpoint.isAddress());
    assertEquals("192.0.2.1:8080", endpoint.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[2001:DB8::1]:80",
        "[2001:db8:0:0:0:0:0:1]:80",
        "[2001:0db8:0000::0001]:80",
        "[2001:db8::0.0.0.1]:80"
      })
  void parse_spellingsOfOneIpv6Address_areEqual(String text) {
    Endpoint endpoint = Endpoint.parse(text);

    assertEquals(Endpoint.parse("[2001:db8::1]:80"), endpoint);
    assertEquals(Endpoint.parse("[2001:db8::1]:80").hashCode(), endpoint.hashCode());
    assertTrue(endpoint.isAddress());
  }

  @Test
  void parse_ipv4MappedIntoIpv6_isTheIpv4Address() {
    assertEquals(Endpoint.parse("192.0.2.1:80"), Endpoint.parse("[::ffff:192.0.2.1]:80"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web-1.example:8080",
        "localhost:1",
        "a:65535",
        "_srv.example:5",
        "3com.example:9"
      })
  void parse_name_isNoAddress(String text) {
    Endpoint endpoint = Endpoint.parse(text);

    assertFalse(endpoint.isAddress());
    assertEquals(text, endpoint.toString());
  }

  @Test
  void parse_nameInUpperCase_isLowered() {
    assertEquals(Endpoint.parse("web.example:80"), Endpoint.parse("WEB.Example:80"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.1:1",
        "255.255.255.255:65535",
        "0.0.0.0:80",
        "[::1]:80",
        "[::]:443",
        "web:80"
      })
  void toString_anyForm_isReadBack(String text) {
    Endpoint endpoint = Endpoint.parse(text);

    assertEquals(endpoint, Endpoint.parse(endpoint.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "80",
        ":80",
        "web",
        "web:",
        "web:http",
        "web: 80",
        "web:-1",
        "web:99999999999",
        "::1",
        "::1:80",
        "[::1]",
        "[::1]80",
        "[::1]x:80",
        "[::1:80",
        "[]:80",
        "[192.0.2.1]:80",
        "[web]:80",
      })
  void parse_otherForm_saysWhatIsExpected(String text) {
    assertMessage(
        "endpoint: " + text + " (expected: HOST:PORT, an IPv6 address in brackets)",
        () -> Endpoint.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.3:80, 1.2.3",
    "1.2.3.4.5:80, 1.2.3.4.5",
    "256.1.1.1:80, 256.1.1.1",
    "1.2.3.4.:80, 1.2.3.4.",
    "1..2.3:80, 1..2.3",
    "1:80, 1",
    "001.2.3.4:80, 001.2.3.4",
    "-web:80, -web",
    ".web:80, .web",
    "web.:80, web.",
    "a..b:80, a..b",
    "we b:80, we b",
    "wéb:80, wéb",
    "we/b:80, we/b",
    "[::g]:80, ::g",
    "[1:2:3:4:5:6:7]:80, 1:2:3:4:5:6:7",
    "[1::2::3]:80, 1::2::3",
    "[[::1]]:80, [::1]",
    "[::1%nosuchinterface]:80, ::1%nosuchinterface"
  })
  void parse_noHost_saysWhatIsExpected(String text, String host) {
    assertMessage(
        "host: " + host + " (expected: an IPv4 address, an IPv6 address or a host name)",
        () -> Endpoint.parse(text));
  }

  /** RFC 1123 section 2.1: a label neither begins nor ends with a hyphen. */
  @ParameterizedTest
  @ValueSource(strings = {"web-", "web-.example"})
  void new_labelEndsWithHyphen_throws(String host) {
    assertMessage(
        "host: " + host + " (expected: an IPv4 address, an IPv6 address or a host name)",
        () -> new Endpoint(host, 80));
  }

  /** Two spellings of one endpoint are equal; and others read a leading zero as octal. */
  @ParameterizedTest
  @ValueSource(strings = {"01.2.3.4", "1.2.3.04", "00.0.0.0"})
  void new_ipv4WithLeadingZero_throws(String host) {
    assertMessage(
        "host: " + host + " (expected: an IPv4 address, an IPv6 address or a host name)",
        () -> new Endpoint(host, 80));
  }

  @ParameterizedTest
  @ValueSource(strings = {"web:+80", "web:\u0668\u0660"})
  void parse_portNotInAsciiDigits_throws(String text) {
    assertMessage(
        "endpoint: " + text + " (expected: HOST:PORT, an IPv6 address in brackets)",
        () -> Endpoint.parse(text));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536, Integer.MAX_VALUE})
  void new_portOutOfRange_throws(int port) {
    assertMessage("port: " + port + " (expected: 0..65535)", () -> new Endpoint("web", port));
  }

  @ParameterizedTest
  @ValueSource(ints = {65536, 999_999_999})
  void parse_portOutOfRange_throws(int port) {
    assertMessage("port: " + port + " (expected: 0..65535)", () -> Endpoint.parse("web:" + port));
  }

  @Test
  void new_nameAtItsLongest_isTaken() {
    assertEquals(253, NAME_253.length());
    assertEquals(NAME_253, new Endpoint(NAME_253, 80).host());
  }

  @Test
  void new_nameTooLong_throws() {
    assertThrows(IllegalArgumentException.class, () -> new Endpoint(NAME_253 + "a", 80));
    assertThrows(IllegalArgumentException.class, () -> new Endpoint(LABEL_63 + "a", 80));
  }

  @Test
  void compareTo_byHostThenPort() {
    List<Endpoint> sorted =
        List.of(Endpoint.parse("a:9"), Endpoint.parse("a:10"), Endpoint.parse("b:1"));

    assertEquals(sorted, sorted.stream().sorted().toList());
    assertEquals(
        sorted, List.of(sorted.get(2), sorted.get(1), sorted.get(0)).stream().sorted().toList());
  }

  @Test
  void serviceKey_toString_isProtocolAndEndpoint() {
    assertEquals(
        "tcp [::1]:80".replace("::1", v6Loopback()), ServiceKey.tcp("[::1]:80").toString());
    assertEquals("udp web:53", ServiceKey.udp("web:53").toString());
  }

  private static String v6Loopback() {
    return Endpoint.parse("[::1]:80").host();
  }

  private static void assertMessage(String expected, Executable e) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, e).getMessage());
  }
}
