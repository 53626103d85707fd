package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.AddressText;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The device of a virtual router, beside that which keepalived makes. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtualMacIT {
  private static final int ALL_FRAMES = 3;
  private static final int SOURCE = 6;

  private TwoHosts hosts;

  @TempDir Path folder;

  @BeforeEach
  void makeHosts() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    assumeTrue(TwoHosts.isPossible(), "needs CAP_SYS_ADMIN, to make namespaces");
    hosts = new TwoHosts();
  }

  @AfterEach
  void removeHosts() throws Exception {
    if (hosts != null) {
      hosts.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void create_device_answersForItsAddressesAlone(boolean isV6) throws Exception {
    // Of IPv6 hosts ask with it.
    hosts.ip("addr add fe80::1/64 dev ek0 nodad");
    // Its route comes a moment later.
    for (int i = 0; !hosts.ip("-6 route show table local").contains("fe80::1"); i++) {
      assertTrue(i < 1000, "no route to fe80::1");
      Thread.sleep(20);
    }
    Set<String> before = hosts.everything();
    InetAddress vip = InetAddress.getByName(isV6 ? "fd09::100" : "10.9.0.100");
    InetAddress own = InetAddress.getByName(isV6 ? "fd09::1" : "10.9.0.1");
    String mac = isV6 ? "00:00:5e:00:02:33" : "00:00:5e:00:01:33";
    try (Network network = Network.open(hosts.here)) {
      String ownMac = network.link("ek0").mac().toString();
      try (VirtualMac virtual = VirtualMac.create(network, "ek0", "vrrp.51", isV6, 51)) {
        assertTrue(network.link(virtual.device()).up());
        network.add(Address.virtual(vip, virtual.device()));
        hosts.ping(vip);
        hosts.ping(own);

        String known = TwoHosts.in(hosts.there, "ip", "neigh", "show", "dev", "ek0");
        assertTrue(known.contains(AddressText.of(vip) + " lladdr " + mac), known);
        assertTrue(known.contains(AddressText.of(own) + " lladdr " + ownMac), known);
      }
      assertNull(network.link("vrrp.51"));
    }
    hosts.assertEverythingIs(before);
  }

  /** Else a switch would send a master's packets to a backup. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void create_backup_sendsNothing(boolean isV6) throws Exception {
    TwoHosts.in(hosts.here, "sysctl", "-qw", "net.ipv6.conf.all.forwarding=0");
    try (NetworkNamespace namespace = NetworkNamespace.enter(hosts.there);
        Network there = Network.open(namespace);
        Network network = Network.open(hosts.here)) {
      int index = there.link("ek0").index();
      MacAddress mac = VirtualMac.address(isV6, 51);
      try (PacketSocket heard = namespace.call(() -> PacketSocket.open(index, ALL_FRAMES));
          VirtualMac virtual = VirtualMac.create(network, "ek0", "vrrp.51", isV6, 51);
          RawSocket receiver = network.rawSocket("ek0", isV6, 112);
          Announcer announcer = network.announcer(virtual.device())) {
        receiver.join(InetAddress.getByName(isV6 ? "ff02::12" : "224.0.0.18"));
        // Duplicate address detection, solicitations and reports take about a second.
        Thread.sleep(3000);
        assertEquals(0, count(heard, mac));

        announcer.announce(InetAddress.getByName(isV6 ? "fd09::100" : "10.9.0.100"));

        int found = 0;
        for (int i = 0; found == 0; i++) {
          assertTrue(i < 1000, "nothing is heard at all");
          Thread.sleep(20);
          found = count(heard, mac);
        }
        assertEquals(1, found);
      }
    }
  }

  @Test
  void create_v4_isAsKeepalivedsDevice() throws Exception {
    Set<String> ours;
    Set<String> before = parents();
    Set<String> parents;
    String link;
    try (Network network = Network.open(hosts.here);
        VirtualMac virtual = VirtualMac.create(network, "ek0", "vrrp.51", false, 51)) {
      assertTrue(network.link(virtual.device()).up());
      ours = sysctls();
      parents = parents();
      link = link();
    }
    assertEquals(before, parents());
    Path configuration = folder.resolve("keepalived.conf");
    Files.writeString(
        configuration,
        """
        vrrp_instance a {
          interface ek0
          use_vmac
          virtual_router_id 51
          priority 100
          advert_int 1
          version 3
          virtual_ipaddress {
            10.9.0.100/32
          }
        }
        """);
    Process keepalived =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                hosts.here,
                "keepalived",
                "-P",
                "-n",
                "-l",
                "-f",
                configuration.toString(),
                "-p",
                folder.resolve("pid").toString(),
                "-r",
                folder.resolve("vrrp").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    try {
      for (int i = 0; !hosts.ip("-o addr").contains("10.9.0.100"); i++) {
        assertTrue(i < 1000, "keepalived does not become master");
        Thread.sleep(20);
      }
      assertEquals(sysctls(), ours);
      assertEquals(parents(), parents);
      assertEquals(link().replace("mode private", "mode vepa"), link);
    } finally {
      keepalived.destroy();
      if (!keepalived.waitFor(20, TimeUnit.SECONDS)) {
        keepalived.destroyForcibly();
      }
    }
  }

  @Test
  void create_impossible_leavesNothing() throws Exception {
    assertThrows(IllegalArgumentException.class, () -> VirtualMac.address(false, 0));
    assertThrows(IllegalArgumentException.class, () -> VirtualMac.address(false, 256));
    hosts.ip("link add vrrp.52 type veth peer name peer");
    try (Network network = Network.open(hosts.here)) {
      KernelException e =
          assertThrows(
              KernelException.class, () -> VirtualMac.create(network, "ek9", "vrrp.51", false, 51));
      assertEquals(Errno.ENODEV, e.errno());
      assertThrows(
          KernelException.class, () -> VirtualMac.create(network, "ek0", "vrrp.52", false, 52));
      assertFalse(hosts.ip("-o link show").contains("vrrp.51"));
      assertTrue(hosts.ip("-o link show").contains("vrrp.52"));
    }
  }

  private String link() throws Exception {
    // Without its number.
    return hosts.ip("-o -d link show vrrp.51").replaceFirst("^[0-9]+: ", "");
  }

  private Set<String> parents() throws Exception {
    // The one that keepalived leaves as it is.
    return sysctls("ek0").stream()
        .filter(line -> !line.contains("arp_announce"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> sysctls() throws Exception {
    return sysctls("vrrp/51");
  }

  private Set<String> sysctls(String device) throws Exception {
    String all =
        TwoHosts.in(
            hosts.here, "sysctl", "-a", "--pattern", "^net\\.ipv[46]\\.conf\\." + device + "\\.");
    Set<String> lines =
        all.lines()
            .filter(line -> !line.contains("stable_secret"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertFalse(lines.isEmpty());
    return lines;
  }

  private static int count(PacketSocket socket, MacAddress mac) throws Exception {
    byte[] frame = new byte[SOURCE + MacAddress.BYTES];
    int found = 0;
    while (true) {
      try {
        Sys.recvfrom(socket.fd(), frame, new byte[PacketSocket.SOCKADDR_BYTES]);
      } catch (KernelException e) {
        assertEquals(Errno.EAGAIN, e.errno());
        return found;
      }
      byte[] source = Arrays.copyOfRange(frame, SOURCE, frame.length);
      found += MacAddress.of(source).equals(mac) ? 1 : 0;
    }
  }
}
