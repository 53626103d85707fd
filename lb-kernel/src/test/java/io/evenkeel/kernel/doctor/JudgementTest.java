package io.evenkeel.kernel.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.MacAddress;
import io.evenkeel.kernel.net.OperState;
import io.evenkeel.kernel.net.Route;
import io.evenkeel.kernel.net.Sysctl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of hosts that lack one thing; a host that lacks nothing is told OK. */
class JudgementTest {
  private static final String VIP = "10.0.0.100";
  private static final String SNAT =
      "tables -t nat -A POSTROUTING -s REAL_NETWORK -o OUTSIDE_DEVICE -j SNAT --to-source VIP";
  private static final String MARK =
      "tables -t mangle -A PREROUTING -d VIP -p tcp -m multiport --dports 80,443"
          + " -j MARK --set-mark 1";

  /** A host that has all, but for what is changed. */
  private static final class Host {
    String ipvsCause;
    boolean ipvsLoaded = true;
    boolean netAdmin = true;
    boolean netRaw = true;
    final List<Link> links =
        new ArrayList<>(
            List.of(
                link("lo", "", false, true),
                link("eth0", "", true, true),
                link("eth1", "", true, false),
                link("tunl0", "ipip", false, true),
                link("ip6tnl0", "ip6tnl", false, true)));
    final List<Address> addresses = new ArrayList<>();
    final List<Route> routes = new ArrayList<>();
    final Map<Facts.Key, Integer> sysctls = new HashMap<>();

    static Host director() {
      Host host = new Host();
      host.set(Sysctl.IPV4_FORWARDING, "all", 1);
      host.set(Sysctl.IPV6_FORWARDING, "all", 1);
      host.set(Sysctl.SEND_REDIRECTS, "all", 0);
      host.set(Sysctl.SEND_REDIRECTS, "eth0", 0);
      return host;
    }

    static Host realServer() throws UnknownHostException {
      Host host = new Host();
      host.set(Sysctl.ARP_IGNORE, "all", 1);
      host.set(Sysctl.ARP_ANNOUNCE, "all", 2);
      host.addresses.add(address("127.0.0.1", 8, "lo"));
      host.addresses.add(address("10.0.0.2", 24, "eth0"));
      host.addresses.add(address(VIP, 32, "lo"));
      host.addresses.add(address("fd00::64", 128, "lo"));
      host.routes.add(route("0.0.0.0", "10.0.0.1"));
      host.routes.add(route("::", "fd00::1"));
      return host;
    }

    Host set(Sysctl sysctl, String device, int value) {
      sysctls.put(new Facts.Key(sysctl, device), value);
      return this;
    }

    Facts facts() {
      return new Facts(ipvsCause, ipvsLoaded, netAdmin, netRaw, links, addresses, routes, sysctls);
    }
  }

  @Test
  void director_lacksNothing_isTold() {
    assertEquals(
        List.of(
            "OK ipvs in this kernel, and usable []",
            "OK process CAP_NET_ADMIN, to change the network and IPVS []",
            "OK process CAP_NET_RAW, to announce addresses []",
            "OK nat net.ipv4.ip_forward: 1 []",
            "UNSEEN nat what real servers begin themselves needs a rule of netfilter [ip"
                + SNAT
                + "]",
            "OK dr send_redirects: 0 of all devices []",
            "UNSEEN marks packets get their mark by a rule of netfilter [ip" + MARK + "]"),
        told(Host.director(), all(), false, false, null));
  }

  @Test
  void director_ofOneUse_isToldOfThatAlone() {
    Host host = Host.director();
    assertEquals(3, told(host, Set.of(Use.TUN), false, false, null).size());
    assertEquals(4, told(host, Set.of(Use.DR), false, false, null).size());
    assertEquals(4, told(host, Set.of(Use.MARKS), false, false, null).size());
    List<String> nat = told(host, Set.of(Use.NAT), false, true, null);
    assertEquals("OK nat net.ipv6.conf.all.forwarding: 1 []", nat.get(4));
    assertEquals(
        "UNSEEN nat what real servers begin themselves needs a rule of netfilter [ip"
            + SNAT
            + ", ip6"
            + SNAT
            + "]",
        nat.get(5));
  }

  @ParameterizedTest
  @MethodSource
  void director_lacksOneThing_isTheOnlyOneMissing(Host host, String missing) {
    assertEquals(List.of(missing), missing(told(host, all(), false, true, null)));
  }

  static Stream<Arguments> director_lacksOneThing_isTheOnlyOneMissing() {
    Host notLoaded = Host.director();
    notLoaded.ipvsCause = "IPVS: not in this kernel";
    notLoaded.ipvsLoaded = false;
    Host notAllowed = Host.director();
    notAllowed.ipvsCause = "IPVS: not permitted";
    Host noAdmin = Host.director();
    noAdmin.netAdmin = false;
    Host noRaw = Host.director();
    noRaw.netRaw = false;
    Host noV6 = Host.director();
    noV6.sysctls.remove(new Facts.Key(Sysctl.IPV6_FORWARDING, "all"));
    return Stream.of(
        arguments(notLoaded, "MISSING ipvs IPVS: not in this kernel [modprobe ip_vs]"),
        arguments(notAllowed, "MISSING ipvs IPVS: not permitted []"),
        arguments(
            noAdmin,
            "MISSING process CAP_NET_ADMIN: not held (expected: held, to change the network and IPVS)"
                + " [systemd-run --pty -p AmbientCapabilities=CAP_NET_ADMIN COMMAND]"),
        arguments(
            noRaw,
            "MISSING process CAP_NET_RAW: not held (expected: held, to announce addresses)"
                + " [systemd-run --pty -p AmbientCapabilities=CAP_NET_RAW COMMAND]"),
        arguments(
            Host.director().set(Sysctl.IPV4_FORWARDING, "all", 0),
            "MISSING nat net.ipv4.ip_forward: 0 (expected: 1) [sysctl -w net.ipv4.ip_forward=1]"),
        arguments(
            Host.director().set(Sysctl.IPV6_FORWARDING, "all", 0),
            "MISSING nat net.ipv6.conf.all.forwarding: 0 (expected: 1)"
                + " [sysctl -w net.ipv6.conf.all.forwarding=1]"),
        arguments(
            noV6, "MISSING nat net.ipv6.conf.all.forwarding: not in this kernel (expected: 1) []"),
        arguments(
            Host.director().set(Sysctl.SEND_REDIRECTS, "all", 1),
            "MISSING dr net.ipv4.conf.all.send_redirects: 1 (expected: 0, of all and of each"
                + " device) [sysctl -w net.ipv4.conf.all.send_redirects=0]"),
        arguments(
            Host.director().set(Sysctl.SEND_REDIRECTS, "eth0", 1),
            "MISSING dr net.ipv4.conf.eth0.send_redirects: 1 (expected: 0, of all and of each"
                + " device) [sysctl -w net.ipv4.conf.eth0.send_redirects=0]"));
  }

  @Test
  void director_redirectsOfLinksThatDoNotMatter_isToldNothing() {
    Host host = Host.director();
    host.set(Sysctl.SEND_REDIRECTS, "lo", 1).set(Sysctl.SEND_REDIRECTS, "eth1", 1);

    assertEquals(List.of(), missing(told(host, all(), false, true, null)));
  }

  @Test
  void realServer_lacksNothing_isTold() throws Exception {
    Host host = Host.realServer();
    assertEquals(
        List.of(
            "UNSEEN nat default route of IPv4 has to be through the director: 0.0.0.0/0 via"
                + " 10.0.0.1 [ip route replace default via DIRECTOR]",
            "UNSEEN nat default route of IPv6 has to be through the director: ::/0 via fd00::1"
                + " [ip -6 route replace default via DIRECTOR]",
            "OK dr virtual address: 10.0.0.100/32 on lo []",
            "OK dr virtual address: fd00::64/128 on lo []",
            "OK dr net.ipv4.conf.all.arp_ignore: 1, enough for each device []",
            "OK dr net.ipv4.conf.all.arp_announce: 2, enough for each device []",
            "OK tun tunnel of type ipip: tunl0 []",
            "OK tun tunnel of type ip6tnl: ip6tnl0 []",
            "OK tun net.ipv4.conf.tunl0.rp_filter: 0, with that of all []",
            "OK marks nothing that a real server needs []"),
        told(host, all(), true, true, null));
    assertEquals(List.of(), missing(told(host, all(), true, false, VIP)));
  }

  @ParameterizedTest
  @MethodSource
  void realServer_lacksOneThing_isTheOnlyOneMissing(Host host, Set<Use> uses, String missing) {
    assertEquals(List.of(missing), missing(told(host, uses, true, false, VIP)));
  }

  static Stream<Arguments> realServer_lacksOneThing_isTheOnlyOneMissing() throws Exception {
    Set<Use> dr = Set.of(Use.DR);
    Set<Use> tun = Set.of(Use.TUN);
    Host noRoute = Host.realServer();
    noRoute.routes.remove(0);
    Host noVip = Host.realServer();
    noVip.addresses.remove(2);
    Host loudVip = Host.realServer();
    loudVip.addresses.set(2, address(VIP, 24, "eth0"));
    Host noTunnel = Host.realServer();
    noTunnel.links.remove(3);
    Host tunnelDown = Host.realServer();
    tunnelDown.links.set(3, link("tunl0", "ipip", false, false));
    return Stream.of(
        arguments(
            noRoute,
            Set.of(Use.NAT),
            "MISSING nat default route of IPv4: none (expected: through the director)"
                + " [ip route replace default via DIRECTOR]"),
        arguments(
            noVip,
            dr,
            "MISSING dr virtual address 10.0.0.100/32: none (expected: on lo)"
                + " [ip addr add 10.0.0.100/32 dev lo]"),
        arguments(
            noVip,
            tun,
            "MISSING tun virtual address 10.0.0.100/32: none (expected: on tunl0)"
                + " [ip addr add 10.0.0.100/32 dev tunl0]"),
        arguments(
            loudVip,
            dr,
            "MISSING dr virtual address: 10.0.0.100/24 on eth0 (expected: on lo)"
                + " [ip addr del 10.0.0.100/24 dev eth0, ip addr add 10.0.0.100/32 dev lo]"),
        arguments(
            Host.realServer().set(Sysctl.ARP_IGNORE, "all", 0),
            dr,
            "MISSING dr net.ipv4.conf.eth0.arp_ignore: 0, with that of all (expected: 1..2)"
                + " [sysctl -w net.ipv4.conf.all.arp_ignore=1]"),
        arguments(
            Host.realServer().set(Sysctl.ARP_IGNORE, "eth0", 3),
            dr,
            "MISSING dr net.ipv4.conf.eth0.arp_ignore: 3, with that of all (expected: 1..2)"
                + " [sysctl -w net.ipv4.conf.eth0.arp_ignore=1]"),
        arguments(
            Host.realServer().set(Sysctl.ARP_IGNORE, "all", 8),
            dr,
            "MISSING dr net.ipv4.conf.eth0.arp_ignore: 8, with that of all (expected: 1..2)"
                + " [sysctl -w net.ipv4.conf.all.arp_ignore=1]"),
        arguments(
            Host.realServer().set(Sysctl.ARP_IGNORE, "all", 0).set(Sysctl.ARP_IGNORE, "eth0", 8),
            dr,
            "MISSING dr net.ipv4.conf.eth0.arp_ignore: 8, with that of all (expected: 1..2)"
                + " [sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.eth0.arp_ignore=1]"),
        arguments(
            Host.realServer().set(Sysctl.ARP_ANNOUNCE, "all", 1),
            tun,
            "MISSING tun net.ipv4.conf.eth0.arp_announce: 1, with that of all (expected: 2)"
                + " [sysctl -w net.ipv4.conf.all.arp_announce=2]"),
        arguments(
            noTunnel,
            tun,
            "MISSING tun tunnel of type ipip: none (expected: one that receives from anywhere)"
                + " [modprobe ipip, ip link set tunl0 up]"),
        arguments(
            tunnelDown,
            tun,
            "MISSING tun tunnel of type ipip: tunl0 (down) (expected: up)"
                + " [ip link set tunl0 up]"),
        arguments(
            Host.realServer().set(Sysctl.RP_FILTER, "all", 1),
            tun,
            "MISSING tun net.ipv4.conf.tunl0.rp_filter: 1, with that of all (expected: 0 or 2)"
                + " [sysctl -w net.ipv4.conf.tunl0.rp_filter=2]"));
  }

  /** What the tunnel that is to be made will have, or the one that is to be put up has. */
  @Test
  void realServer_noTunnelYet_isToldOfItsReversePathAtOnce() throws Exception {
    String filtered = "MISSING tun net.ipv4.conf.tunl0.rp_filter: 1, with that of all";
    String mended = " (expected: 0 or 2) [sysctl -w net.ipv4.conf.tunl0.rp_filter=2]";
    Host missing = Host.realServer().set(Sysctl.RP_FILTER, "default", 1);
    missing.links.remove(3);
    List<String> told = missing(told(missing, Set.of(Use.TUN), true, false, VIP));
    assertEquals(2, told.size(), told.toString());
    assertEquals(filtered + mended, told.get(1));

    Host down = Host.realServer().set(Sysctl.RP_FILTER, "tunl0", 1);
    down.links.set(3, link("tunl0", "ipip", false, false));
    told = missing(told(down, Set.of(Use.TUN), true, false, VIP));
    assertEquals(2, told.size(), told.toString());
    assertEquals(filtered + mended, told.get(1));

    Host loose =
        Host.realServer().set(Sysctl.RP_FILTER, "all", 1).set(Sysctl.RP_FILTER, "default", 2);
    loose.links.remove(3);
    assertEquals(1, missing(told(loose, Set.of(Use.TUN), true, false, VIP)).size());
  }

  @Test
  void realServer_oneOfTwoCounts_isWell() throws Exception {
    Host host =
        Host.realServer()
            .set(Sysctl.ARP_IGNORE, "all", 0)
            .set(Sysctl.ARP_IGNORE, "eth0", 2)
            .set(Sysctl.ARP_ANNOUNCE, "all", 0)
            .set(Sysctl.ARP_ANNOUNCE, "eth0", 2)
            .set(Sysctl.RP_FILTER, "all", 1)
            .set(Sysctl.RP_FILTER, "tunl0", 2);

    assertEquals(List.of(), missing(told(host, all(), true, false, VIP)));
  }

  @Test
  void realServer_vipOfV6_isNotToldOfArp() throws Exception {
    Host host = Host.realServer().set(Sysctl.ARP_IGNORE, "all", 0);
    host.links.remove(4);
    host.addresses.remove(3);

    assertEquals(
        List.of(
            "MISSING dr virtual address fd00::64/128: none (expected: on lo)"
                + " [ip addr add fd00::64/128 dev lo]"),
        missing(told(host, Set.of(Use.DR), true, true, "fd00::64")));
    assertEquals(
        List.of(
            "MISSING tun tunnel of type ip6tnl: none (expected: one that receives from anywhere)"
                + " [modprobe ip6_tunnel, ip link set ip6tnl0 up]",
            "MISSING tun virtual address fd00::64/128: none (expected: on ip6tnl0)"
                + " [ip addr add fd00::64/128 dev ip6tnl0]"),
        missing(told(host, Set.of(Use.TUN), true, true, "fd00::64")));
  }

  @Test
  void realServer_ofV6Alone_isToldNothingOfV4() throws Exception {
    Host host = Host.realServer();
    host.links.removeIf(link -> link.name().endsWith("tunl0") || link.name().equals("ip6tnl0"));
    host.routes.clear();
    host.addresses.clear();

    assertEquals(
        List.of(
            "MISSING nat default route of IPv6: none (expected: through the director)"
                + " [ip -6 route replace default via DIRECTOR]",
            "MISSING tun tunnel of type ip6tnl: none (expected: one that receives from anywhere)"
                + " [modprobe ip6_tunnel, ip link set ip6tnl0 up]",
            "MISSING tun virtual address fd00::64/128: none (expected: on ip6tnl0)"
                + " [ip addr add fd00::64/128 dev ip6tnl0]"),
        told(host, EnumSet.of(Use.NAT, Use.TUN), true, false, "fd00::64"));
  }

  @Test
  void realServer_ofBoth_needsAnAddressOfEach() throws Exception {
    Host host = Host.realServer();
    host.addresses.remove(3);

    String missing =
        "MISSING dr virtual address VIP/128: none (expected: on lo) [ip addr add VIP/128 dev lo]";
    assertEquals(List.of(missing), missing(told(host, Set.of(Use.DR), true, true, null)));
    assertEquals(List.of(missing), missing(told(host, Set.of(Use.DR), true, true, VIP)));
    assertEquals(List.of(), missing(told(host, Set.of(Use.DR), true, false, null)));
    host.addresses.remove(2);
    host.addresses.add(address("fd00::64", 128, "lo"));
    assertEquals(
        List.of(
            "MISSING dr virtual address VIP/32: none (expected: on lo) [ip addr add VIP/32 dev lo]"),
        missing(told(host, Set.of(Use.DR), true, true, null)));
  }

  @Test
  void plan_withoutUse_isRefused() {
    assertEquals(
        "uses: none (expected: one or more)",
        assertThrows(IllegalArgumentException.class, () -> new Plan(Set.of(), false, false, null))
            .getMessage());
  }

  private static Set<Use> all() {
    return EnumSet.allOf(Use.class);
  }

  private static List<String> told(
      Host host, Set<Use> uses, boolean realServer, boolean ipv6, String vip) {
    try {
      InetAddress address = vip == null ? null : InetAddress.getByName(vip);
      return Judgement.of(host.facts(), new Plan(uses, realServer, ipv6, address)).stream()
          .map(f -> f.state() + " " + f.subject() + " " + f.fact() + " " + f.mend())
          .toList();
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> missing(List<String> told) {
    return told.stream().filter(line -> line.startsWith("MISSING")).toList();
  }

  private static Link link(String name, String kind, boolean isEthernet, boolean up) {
    MacAddress mac = isEthernet ? new MacAddress(1) : null;
    return new Link(1, name, kind, mac, up, up, OperState.UNKNOWN, 1500, name.equals("lo"));
  }

  private static Address address(String text, int prefix, String device)
      throws UnknownHostException {
    return new Address(InetAddress.getByName(text), prefix, device, 0, null, false, false);
  }

  private static Route route(String destination, String via) throws UnknownHostException {
    return Route.via(InetAddress.getByName(destination), 0, InetAddress.getByName(via));
  }
}
