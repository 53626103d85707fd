package io.evenkeel.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.netlink.MalformedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as Linux 6.1 writes them. */
class ConnectionLineTest {
  private static final String TCP =
      "TCP 0A090001 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED     899";

  @Test
  void parse_ipv4_isRead() throws Exception {
    assertEquals(
        new IpvsConnection(
            6,
            inet("10.9.0.1"),
            40_000,
            inet("10.1.0.1"),
            80,
            inet("10.2.0.1"),
            8080,
            "ESTABLISHED",
            899,
            null,
            null),
        ConnectionLine.parse(TCP));
  }

  @Test
  void parse_ipv6_isRead() throws Exception {
    assertEquals(
        new IpvsConnection(
            17,
            inet("2001:db8:9::1"),
            40_000,
            inet("2001:db8::1"),
            53,
            inet("2001:db8:2::1"),
            8080,
            "UDP",
            899,
            null,
            null),
        ConnectionLine.parse(
            "UDP 2001:0db8:0009:0000:0000:0000:0000:0001 9C40"
                + " 2001:0db8:0000:0000:0000:0000:0000:0001 0035"
                + " 2001:0db8:0002:0000:0000:0000:0000:0001 1F90 UDP             899"));
  }

  @Test
  void parse_ipv6DestinationOfAnIpv4Client_isRead() throws Exception {
    IpvsConnection read =
        ConnectionLine.parse(
            "TCP 0A090001 9C40 0A010001 0050 0000:0000:0000:0000:0000:ffff:0a02:0001 0050"
                + " SYN_RECV         59");

    assertEquals(AddressFamily.IPV6, AddressFamily.of(read.destination()));
    assertEquals(AddressFamily.IPV4, AddressFamily.of(read.client()));
  }

  @Test
  void parse_templates_areToldApart() {
    IpvsConnection marks =
        ConnectionLine.parse("IP  0A090200 0000 FEDCBA98 0000 0A020004 0000 NONE            302");
    IpvsConnection marks6 =
        ConnectionLine.parse(
            "IP  2001:0db8:0009:0000:0000:0000:0000:0000 0000"
                + " 0000:000c:0000:0000:0000:0000:0000:0000 0000"
                + " 2001:0db8:0002:0000:0000:0000:0000:0004 0000 NONE            303");
    IpvsConnection services =
        ConnectionLine.parse("TCP 0A090100 0000 0A010001 0050 0A020002 1F90 ASSURED         299");

    assertTrue(marks.isTemplate());
    assertEquals(0xfedcba98L, marks.mark());
    assertTrue(marks6.isTemplate());
    assertEquals(12, marks6.mark());
    assertTrue(services.isTemplate());
    assertEquals(0, services.mark());
  }

  /** The data connection that a PASV announces has no client's port yet. */
  @Test
  void isTemplate_expectedFtpConnection_isFalse() {
    assertFalse(
        ConnectionLine.parse("TCP 0A090100 0000 0A010001 0050 0A020002 1F90 LISTEN          119")
            .isTemplate());
    assertFalse(ConnectionLine.parse(TCP).isTemplate());
  }

  @Test
  void parse_persistenceEngine_isReadWithItsSpaces() {
    IpvsConnection sip = ConnectionLine.parse(TCP + " sip a b@host");

    assertEquals("sip", sip.engine());
    assertEquals("a b@host", sip.engineData());
  }

  @Test
  void parse_unknownProtocol_isItsNumber() {
    assertEquals(47, ConnectionLine.parse(TCP.replace("TCP", "IP_47")).protocol());
    assertEquals(132, ConnectionLine.parse(TCP.replace("TCP", "SCTP")).protocol());
    assertEquals(50, ConnectionLine.parse(TCP.replace("TCP", "ESP")).protocol());
    assertEquals(51, ConnectionLine.parse(TCP.replace("TCP", "AH")).protocol());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "TCP",
        "XYZ 0A090001 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED 899",
        "IP_256 0A090001 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED 899",
        "TCP 0A09000 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED 899",
        "TCP 0A09000G 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED 899",
        "TCP 0A090001 9C4 0A010001 0050 0A020001 1F90 ESTABLISHED 899",
        "TCP 0A090001 9C40 2001:0db8:0009:0000:0000:0000:0000:0001 0050 0A020001 1F90 UDP 899",
        "TCP 0A090001 9C40 0A010001 0050 2001:0db8:0009:0000:0000:0000:0000;0001 1F90 UDP 899",
        "TCP 0A090001 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED",
        "TCP 0A090001 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED -1",
        "TCP 0A090001 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED 4294967296",
        "TCP 0A090001 9C40 0A010001 0050 0A020001 1F90 ESTABLISHED 99999999999"
      })
  void parse_malformed_isRefused(String line) {
    assertThrows(MalformedException.class, () -> ConnectionLine.parse(line));
  }

  private static InetAddress inet(String address) throws UnknownHostException {
    return InetAddress.getByName(address);
  }
}
