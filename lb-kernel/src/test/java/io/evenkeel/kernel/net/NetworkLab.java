package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.net.LinkKind.Dummy;
import io.evenkeel.kernel.net.LinkKind.Macvlan;
import io.evenkeel.kernel.net.LinkKind.Tunnel;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Links of every kind: not every machine has a kernel with all of them. */
public class NetworkLab {
  private static final Path MODULES = Path.of("/run/modules");

  private TwoHosts hosts;

  @BeforeAll
  static void loadModules() throws Exception {
    for (String module : List.of("dummy", "macvlan", "ipip", "ip_gre", "ip6_tunnel", "ip6_gre")) {
      List<String> command = new ArrayList<>(List.of("modprobe"));
      if (Files.isDirectory(MODULES)) {
        command.addAll(List.of("-d", MODULES.toString()));
      }
      command.add(module);
      TwoHosts.run(command.toArray(String[]::new));
    }
  }

  @BeforeEach
  void makeHosts() throws Exception {
    hosts = new TwoHosts();
  }

  @AfterEach
  void removeHosts() throws Exception {
    hosts.close();
  }

  @Test
  void add_everyKind_isWhatTheKernelSaysAndGoneOnClose() throws Exception {
    Set<String> before = hosts.everything();
    try (Network network = Network.open(hosts.here)) {
      InetAddress here = address("10.9.0.1");
      InetAddress there = address("10.9.0.2");
      add(network, "d0", new Dummy(), "dummy");
      add(
          network,
          "m0",
          new Macvlan("ek0", Macvlan.Mode.BRIDGE, MacAddress.parse("00:00:5e:00:01:42")),
          "link/ether 00:00:5e:00:01:42",
          "macvlan mode bridge");
      add(
          network,
          "i0",
          new Tunnel(Tunnel.Type.IPIP, here, there),
          "link/ipip 10.9.0.1 peer 10.9.0.2",
          "ttl inherit pmtudisc");
      add(
          network,
          "g0",
          new Tunnel(Tunnel.Type.GRE, here, null),
          "gre remote any local 10.9.0.1 ttl inherit");
      add(
          network,
          "t0",
          new Tunnel(Tunnel.Type.IP6TNL, address("fd09::1"), address("fd09::2")),
          "remote fd09::2 local fd09::1",
          "hoplimit 64 encaplimit none");
      add(
          network,
          "t1",
          new Tunnel(Tunnel.Type.IP6GRE, address("fd09::1"), address("fd09::2")),
          "ip6gre remote fd09::2 local fd09::1",
          "hoplimit 64 encaplimit none");

      // Another of this name: each thing that differs is seen.
      for (LinkKind other :
          List.of(
              new Dummy(),
              new Tunnel(Tunnel.Type.IPIP, here, null),
              new Tunnel(Tunnel.Type.IPIP, null, there),
              new Tunnel(Tunnel.Type.GRE, here, there))) {
        KernelException e = assertThrows(KernelException.class, () -> network.add("i0", other));
        assertEquals(17, e.errno());
      }
    }
    hosts.assertEverythingIs(before);
  }

  private void add(Network network, String name, LinkKind kind, String... said) throws Exception {
    assertTrue(network.add(name, kind), name);
    assertFalse(network.add(name, kind), name);
    assertEquals(kind.kernelName(), network.link(name).kind());
    String link = hosts.ip("-o -d link show " + name);
    for (String each : said) {
      assertTrue(link.contains(each), link);
    }
  }

  /** The device of a real server of LVS-TUN: there before, so it stays, but as it was. */
  @ParameterizedTest
  @EnumSource(Tunnel.Type.class)
  void receiver_ofEachType_takesWhatIsSentInTunnels(Tunnel.Type type) throws Exception {
    boolean isV6 = type == Tunnel.Type.IP6TNL || type == Tunnel.Type.IP6GRE;
    // The kernel's own ip6tnl0 takes IPv6 alone.
    boolean isV6Inside = type == Tunnel.Type.IP6TNL;
    InetAddress vip = address(isV6Inside ? "fd99::100" : "10.99.0.100");
    // Answers to it are not for the tunnel.
    InetAddress client = address(isV6Inside ? "fd09::2" : "10.9.0.2");
    // A tunnel has its sysctls of IPv6 once it has been up.
    hosts.ip("link set " + type.receiver() + " up");
    hosts.ip("link set " + type.receiver() + " down");
    Set<String> before = hosts.everything();
    try (Network receiver = Network.open(hosts.here);
        Network sender = Network.open(hosts.there)) {
      assertFalse(receiver.add(type.receiver(), new Tunnel(type, null, null)));
      assertTrue(receiver.set(type.receiver(), true));
      assertTrue(receiver.add(Address.virtual(vip, type.receiver())));
      receiver.set(Sysctl.RP_FILTER, Sysctl.ALL, 0);
      receiver.set(Sysctl.RP_FILTER, type.receiver(), 0);

      sender.add(
          "out",
          new Tunnel(
              type,
              address(isV6 ? "fd09::2" : "10.9.0.2"),
              address(isV6 ? "fd09::1" : "10.9.0.1")));
      sender.set("out", true);
      sender.add(
          new Route(Route.Type.UNICAST, vip, Names.bits(vip), null, "out", client, Route.MAIN, 0));

      hosts.ping(vip);

      String counted = hosts.ip("-s -o link show " + type.receiver());
      assertTrue(counted.matches("(?s).*RX:[^\\\\]*\\\\ +[1-9][0-9]* +[1-9].*"), counted);
    }
    hosts.assertEverythingIs(before);
  }

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }
}
