package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.AddressText;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What another host learns of announcements from one socket. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnnouncerIT {
  private static final String FORMER = "02:00:00:00:00:09";

  private TwoHosts hosts;

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

  @Test
  void announce_deviceChanges_tellsItsAddressOfNow() throws Exception {
    try (Network network = Network.open(hosts.here);
        Announcer announcer = network.announcer("ek0")) {
      assertLearnt(announcer, network.link("ek0").mac(), null);

      hosts.ip("link set ek0 address 02:00:00:00:00:01");
      assertLearnt(announcer, MacAddress.parse("02:00:00:00:00:01"), null);

      MacAddress virtual = MacAddress.parse("00:00:5e:00:01:42");
      assertLearnt(announcer, virtual, virtual);

      hosts.ip("link set ek0 down");
      hosts.ip("link set ek0 up");
      awaitCarrier();
      assertLearnt(announcer, MacAddress.parse("02:00:00:00:00:01"), null);

      hosts.ip("link set ek0 down");
      IOException e =
          assertThrows(IOException.class, () -> announcer.announce(address("10.9.0.100")));
      assertEquals(
          "announcement of 10.9.0.100 on ek0: send: Network is down (errno 100)", e.getMessage());
    }
  }

  @Test
  void announce_forwardingChanges_tellsWhetherThisIsARouter() throws Exception {
    InetAddress vip = address("fd09::100");
    try (Network network = Network.open(hosts.here);
        Announcer announcer = network.announcer("ek0")) {
      forget(vip);
      network.set(Sysctl.IPV6_FORWARDING, "ek0", 1);
      announcer.announce(vip);
      awaitNeighbour(vip, ".*lladdr (?!" + FORMER + ").* router .*");

      forget(vip);
      network.set(Sysctl.IPV6_FORWARDING, "ek0", 0);
      announcer.announce(vip);
      awaitNeighbour(vip, "(?!.* router ).*lladdr (?!" + FORMER + ").*");
    }
  }

  @Test
  void announce_closedOrGone_saysSo() throws Exception {
    InetAddress vip = address("10.9.0.100");
    try (Network network = Network.open(hosts.here)) {
      Announcer closed = network.announcer("ek0");
      closed.close();
      KernelException e = assertThrows(KernelException.class, () -> closed.announce(vip));
      assertEquals(Errno.EBADF, e.errno());

      hosts.ip("link add ek1 type veth peer name ek2");
      try (Announcer gone = network.announcer("ek1")) {
        hosts.ip("link del ek1");
        IOException refused = assertThrows(IOException.class, () -> gone.announce(vip));
        assertEquals(
            "announcement of 10.9.0.100 on ek1: no Ethernet address (expected: an Ethernet device)",
            refused.getMessage());
      }
    }
  }

  private void assertLearnt(Announcer announcer, MacAddress learnt, MacAddress told)
      throws Exception {
    for (InetAddress vip : List.of(address("10.9.0.100"), address("fd09::100"))) {
      forget(vip);
      announcer.announce(vip, told);
      awaitNeighbour(vip, ".*lladdr " + learnt + ".*");
    }
  }

  /** An entry that is there, as a gratuitous request makes none. */
  private void forget(InetAddress vip) throws Exception {
    TwoHosts.in(
        hosts.there,
        "ip",
        ("neigh replace " + AddressText.of(vip) + " lladdr " + FORMER + " dev ek0 nud stale")
            .split(" ", -1));
  }

  private void awaitNeighbour(InetAddress vip, String pattern) throws Exception {
    String found = "";
    for (int i = 0; i < 1000; i++) {
      found =
          TwoHosts.in(
              hosts.there, "ip", ("neigh show " + AddressText.of(vip) + " dev ek0").split(" ", -1));
      if (found.strip().matches(pattern)) {
        return;
      }
      Thread.sleep(20);
    }
    assertEquals(pattern, found);
  }

  private void awaitCarrier() throws Exception {
    for (int i = 0; !hosts.ip("link show ek0").contains("state UP"); i++) {
      assertTrue(i < 1000, "no carrier");
      Thread.sleep(20);
    }
  }

  private static InetAddress address(String text) throws IOException {
    return InetAddress.getByName(text);
  }
}
