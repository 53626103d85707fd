package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.kernel.net.LinkKind.Tunnel;
import io.evenkeel.kernel.sys.AddressText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @MethodSource
  void make_outOfRange_saysWhatIsExpected(String words, Executable make) {
    assertEquals(words, assertThrows(IllegalArgumentException.class, make).getMessage());
  }

  static Stream<Arguments> make_outOfRange_saysWhatIsExpected() throws UnknownHostException {
    InetAddress v4 = InetAddress.getByName("10.0.0.1");
    InetAddress v6 = InetAddress.getByName("fd00::1");
    String device = " (expected: 1..15 bytes but spaces, zeros, / and :)";
    return Stream.of(
        refused(
            "prefix: 33 (expected: 0..32)", () -> new Address(v4, 33, "lo", 0, null, false, false)),
        refused(
            "prefix: 129 (expected: 0..128)",
            () -> new Address(v6, 129, "lo", 0, null, false, false)),
        refused(
            "scope: 256 (expected: 0..255)",
            () -> new Address(v4, 32, "lo", 256, null, false, false)),
        refused("device: " + device, () -> Address.virtual(v4, "")),
        refused("device: ../lo" + device, () -> Address.virtual(v4, "../lo")),
        refused("device: .." + device, () -> Address.virtual(v4, "..")),
        refused("device: e h" + device, () -> Address.virtual(v4, "e h")),
        refused("device: eth0:1" + device, () -> Address.virtual(v4, "eth0:1")),
        refused("device: e\th" + device, () -> Address.virtual(v4, "e\th")),
        refused("device: e\0h" + device, () -> Address.virtual(v4, "e\0h")),
        // Its last byte is a space to the kernel.
        refused("device: e\u00e0" + device, () -> Address.virtual(v4, "e\u00e0")),
        refused(
            "device: abcdefghijklmn\u00e9" + device,
            () -> Address.virtual(v4, "abcdefghijklmn\u00e9")),
        refused("device: abcdefghijklmnop" + device, () -> Address.virtual(v4, "abcdefghijklmnop")),
        refused(
            "destination: 10.0.0.1/31 (expected: no bits after the first 31)",
            () -> Route.on(v4, 31, "lo")),
        refused(
            "table: 0 (expected: 1..4294967295)",
            () -> new Route(Route.Type.LOCAL, v4, 32, null, "lo", null, 0, 0)),
        refused(
            "metric: 4294967296 (expected: 0..4294967295)",
            () -> new Route(Route.Type.LOCAL, v4, 32, null, "lo", null, 1, 1L << 32)),
        refused(
            "source: fd00::1 (expected: of the destination's family)",
            () -> new Route(Route.Type.LOCAL, v4, 32, null, "lo", v6, 1, 0)),
        refused(
            "remote: fd00::1 (expected: an IPv4 address, of ipip)",
            () -> new Tunnel(Tunnel.Type.IPIP, null, v6)),
        refused(
            "local: 10.0.0.1 (expected: an IPv6 address, of ip6gre)",
            () -> new Tunnel(Tunnel.Type.IP6GRE, v4, null)),
        refused("MAC address: 0x1000000000000 (expected: 48 bits)", () -> new MacAddress(1L << 48)),
        refused(
            "MAC address: 00:00:5e:00:01 (expected: such as 00:00:5e:00:01:42)",
            () -> MacAddress.parse("00:00:5e:00:01")),
        refused("arp_ignore: 9 (expected: 0..8)", () -> Sysctl.ARP_IGNORE.require(9)),
        refused("rp_filter: -1 (expected: 0..2)", () -> Sysctl.RP_FILTER.require(-1)));
  }

  /** dev_valid_name in the kernel's net/core/dev.c; the last is of bytes that are not UTF-8. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "e\u0001h",
        "\u001f",
        "e\u007f",
        "e\u00e9",
        "...",
        "abcdefghijklmno",
        "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"
      })
  void device_asTheKernelAllows_isTaken(String name) {
    assertEquals(name, Names.device(name));
  }

  @Test
  void mac_parsed_isTheSameText() {
    MacAddress mac = MacAddress.parse("00:00:5E:00:01:fF");

    assertEquals("00:00:5e:00:01:ff", mac.toString());
    assertEquals(0x5e0001ffL, mac.value());
    assertEquals(mac, MacAddress.of(mac.bytes()));
  }

  /** RFC 5952, 4: as short as can be, the first of the longest rows of zeros left out. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "fd09::",
        "fd09::100",
        "2001:db8::1:0:0:1",
        "2001:0:0:1::1",
        "2001:db8:0:1:1:1:1:1",
        "1:2:3:4:5:6:7:8",
        "0:2:3:4:5:6:7:0",
        "10.9.0.1"
      })
  void text_shortest_isTheSame(String text) throws UnknownHostException {
    assertEquals(text, AddressText.of(InetAddress.getByName(text)));
  }

  @Test
  void text_v6WithScopeOrMapped_isOfTheAddressAlone() throws UnknownHostException {
    byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
    assertEquals("fe80::1", AddressText.of(Inet6Address.getByAddress(null, linkLocal, 1)));
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[15] = 1;
    assertEquals("::ffff:0.0.0.1", AddressText.of(Names.address(mapped)));
  }

  @ParameterizedTest
  @CsvSource({
    "10.9.0.1, 10.9.0.254, 24, true",
    "10.9.0.1, 10.9.1.1, 24, false",
    "10.9.0.1, 10.9.1.1, 23, true",
    "10.9.0.1, 10.9.0.0, 31, true",
    "10.9.0.1, 10.9.0.0, 32, false",
    "10.9.0.1, 192.0.2.1, 0, true",
    "fd09::1, fd09:0:0:0:8000::1, 64, true",
    "fd09::1, fd09:0:0:0:8000::1, 65, false"
  })
  void isInside_lastBit_decides(String address, String network, int prefix, boolean isInside)
      throws UnknownHostException {
    assertEquals(
        isInside,
        Names.isInside(InetAddress.getByName(address), InetAddress.getByName(network), prefix));
  }

  @ParameterizedTest
  @CsvSource({
    "IPV4_FORWARDING, all, net.ipv4.ip_forward, net/ipv4/conf/all/forwarding",
    "IPV4_FORWARDING, eth0, net.ipv4.conf.eth0.forwarding, net/ipv4/conf/eth0/forwarding",
    "IPV6_FORWARDING, all, net.ipv6.conf.all.forwarding, net/ipv6/conf/all/forwarding",
    "ARP_IGNORE, eth0.7, net.ipv4.conf.eth0/7.arp_ignore, net/ipv4/conf/eth0.7/arp_ignore"
  })
  void sysctl_any_hasNameAndPath(Sysctl sysctl, String device, String name, String path) {
    assertEquals(name, sysctl.name(device));
    assertEquals(path, sysctl.path(device).toString());
  }

  @Test
  void toString_any_isShort() throws UnknownHostException {
    InetAddress v4 = InetAddress.getByName("10.0.0.0");
    assertEquals("10.0.0.0/32 on lo", Address.virtual(v4, "lo").toString());
    assertEquals(
        "local 10.0.0.0/8 on lo metric 5 in table 100",
        new Route(Route.Type.LOCAL, v4, 8, null, "lo", null, 100, 5).toString());
    assertEquals("10.0.0.0/8 via 10.0.0.0", Route.via(v4, 8, v4).toString());
  }

  private static Arguments refused(String words, Executable make) {
    return arguments(words, make);
  }
}
