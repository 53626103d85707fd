package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.net.LinkKind.Dummy;
import io.evenkeel.kernel.net.LinkKind.Macvlan;
import io.evenkeel.kernel.netlink.Netlink;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Links, addresses, routes and sysctls of a namespace, changed and put back. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetworkIT {
  private static final MacAddress MAC = MacAddress.parse("00:00:5e:00:01:42");

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
  void add_virtualAddresses_areUsableAtOnceAndGoneOnClose() throws Exception {
    Address v4 = Address.virtual(address("10.9.0.100"), "ek0");
    Address v6 = Address.virtual(address("fd09::100"), "ek0");
    try (Network network = Network.open(hosts.here)) {
      assertTrue(network.add(v4));
      assertTrue(network.add(v6));

      String addresses = hosts.ip("-o addr show dev ek0");
      assertTrue(addresses.contains("inet 10.9.0.100/32 scope global ek0"), addresses);
      assertTrue(
          addresses.contains("inet6 fd09::100/128 scope global nodad deprecated"), addresses);
      assertFalse(addresses.contains("tentative"), addresses);
      assertTrue(network.addresses().contains(v4), network.addresses().toString());
      assertTrue(network.addresses().contains(v6), network.addresses().toString());
      hosts.ping(v4.address());
      hosts.ping(v6.address());

      assertTrue(network.remove(v6));
      assertFalse(network.remove(v6));
      assertFalse(network.addresses().contains(v6));
      assertFalse(network.remove(Address.virtual(address("10.9.0.100"), "ek9")));
    }
    assertFalse(hosts.ip("-o addr").contains("10.9.0.100"));
  }

  @Test
  void add_labelAndScope_areTheKernels() throws Exception {
    Address address =
        new Address(address("10.9.0.101"), 32, "ek0", Address.HOST, "ek0:web", false, false);
    try (Network network = Network.open(hosts.here)) {
      network.add(address);

      assertTrue(network.addresses().contains(address), network.addresses().toString());
      assertTrue(hosts.ip("-o addr").contains("10.9.0.101/32 scope host ek0:web"));
    }
  }

  @Test
  void close_afterChangesOfEveryKind_leavesAllAsItWas() throws Exception {
    hosts.ip("addr add 10.9.0.50/32 dev lo");
    hosts.ip("route add 10.50.0.0/16 via 10.9.0.2");
    TwoHosts.in(hosts.here, "sysctl", "-qw", "net.ipv4.conf.ek0.forwarding=1");
    TwoHosts.in(hosts.here, "sysctl", "-qw", "net.ipv4.conf.all.accept_redirects=0");
    Set<String> before = hosts.everything();
    try (Network network = Network.open(hosts.here)) {
      assertTrue(network.add("vrrp.66", new Macvlan("ek0", Macvlan.Mode.PRIVATE, MAC)));
      assertTrue(network.set("vrrp.66", true));
      assertTrue(network.add(Address.virtual(address("10.9.0.100"), "vrrp.66")));
      assertTrue(network.add(Address.virtual(address("fd09::100"), "vrrp.66")));
      assertTrue(network.add(Route.via(address("10.60.0.0"), 16, address("10.9.0.2"))));
      assertTrue(network.add(Route.on(address("fd60::"), 64, "vrrp.66")));
      // But those that make and take addresses.
      Set<Sysctl> all =
          EnumSet.complementOf(EnumSet.of(Sysctl.DISABLE_IPV6, Sysctl.ADDRESS_GENERATION));
      for (Sysctl sysctl : all) {
        for (String device : new String[] {Sysctl.ALL, Sysctl.DEFAULT, "ek0", "vrrp.66"}) {
          int value = network.read(sysctl, device);
          network.set(sysctl, device, 1 - Math.min(value, 1));
          network.set(sysctl, device, 1);
          assertEquals(1, network.read(sysctl, device), sysctl.name(device));
        }
      }
      // What was there before.
      assertFalse(network.add(Address.virtual(address("10.9.0.50"), "lo")));
      assertFalse(network.add(Route.via(address("10.50.0.0"), 16, address("10.9.0.2"))));
      assertFalse(network.set("ek0", true));
      assertFalse(network.add("vrrp.66", new Macvlan("ek0", Macvlan.Mode.PRIVATE, MAC)));
      assertFalse(network.add(Address.virtual(address("10.9.0.100"), "vrrp.66")));
      assertNotEquals(before, hosts.everything());
    }
    hosts.assertEverythingIs(before);
  }

  @ParameterizedTest
  @EnumSource(names = {"DISABLE_IPV6", "ADDRESS_GENERATION"})
  void close_afterOneOfAllDevices_isAsItWasOnEach(Sysctl sysctl) throws Exception {
    String pattern = "^net\\.ipv6\\.conf\\..*\\.(disable_ipv6|addr_gen_mode)$";
    String before = TwoHosts.in(hosts.here, "sysctl", "-a", "--pattern", pattern);
    try (Network network = Network.open(hosts.here)) {
      int other = 1 - network.read(sysctl, Sysctl.ALL);
      network.set(sysctl, Sysctl.ALL, other);
      assertEquals(other, network.read(sysctl, "ek0"));
      assertEquals(other, network.read(sysctl, Sysctl.DEFAULT));
    }
    assertEquals(before, TwoHosts.in(hosts.here, "sysctl", "-a", "--pattern", pattern));
  }

  @Test
  void close_whatIsGoneAlready_isNoError() throws Exception {
    try (Network network = Network.open(hosts.here)) {
      network.add("m0", new Macvlan("ek0", Macvlan.Mode.BRIDGE, null));
      network.set("m0", true);
      network.add(Address.virtual(address("10.9.0.100"), "m0"));
      network.add(Address.virtual(address("10.9.0.101"), "ek0"));
      network.add(Route.via(address("10.60.0.0"), 16, address("10.9.0.2")));
      network.set(Sysctl.ARP_IGNORE, "m0", 1);
      network.set(Sysctl.IPV4_FORWARDING, Sysctl.ALL, 1);
      hosts.ip("link del m0");
      hosts.ip("addr del 10.9.0.101/32 dev ek0");
      hosts.ip("route del 10.60.0.0/16");
    }
  }

  @Test
  void remove_othersRoutesOfOtherMetrics_stay() throws Exception {
    Route v4 = Route.via(address("0.0.0.0"), 0, address("10.9.0.2"));
    Route v6 = Route.via(address("fd60::"), 64, address("fd09::2"));
    hosts.ip("route add default via 10.9.0.2 metric 100");
    hosts.ip("-6 route add fd60::/64 via fd09::2 metric 512");
    Set<String> before = hosts.everything();
    try (Network network = Network.open(hosts.here)) {
      assertFalse(network.remove(v4));
      assertFalse(network.remove(v6));
      hosts.assertEverythingIs(before);

      assertTrue(network.add(v4));
      assertTrue(network.add(v6));
      assertTrue(network.remove(v4));
      assertTrue(network.remove(v6));
      hosts.assertEverythingIs(before);

      // What undoes them, with one and without the other.
      assertTrue(network.add(v4));
      assertTrue(network.add(v6));
      hosts.ip("route del default metric 0");
      assertTrue(network.routes().stream().noneMatch(route -> RouteMessages.isSame(v4, route)));
    }
    hosts.assertEverythingIs(before);
  }

  @Test
  void take_linkByItsNameAlone_isThatOne() throws Exception {
    hosts.ip("link add ek7 type veth peer name ek8");
    try (NetworkNamespace namespace = NetworkNamespace.enter(hosts.here);
        Netlink netlink = namespace.call(() -> Netlink.open(Netlink.ROUTE))) {
      Requests requests = new Requests(netlink);
      assertTrue(requests.take(LinkMessages.remove("ek7", 0)));
      assertFalse(requests.take(LinkMessages.remove("ek7", 0)));
    }
    assertFalse(hosts.ip("link").contains("ek7"));
    assertTrue(hosts.ip("link").contains("ek0"));
  }

  @Test
  void addresses_deviceWithAnyLegalName_areListed() throws Exception {
    hosts.ip("link add ek\u0001 type veth peer name ek9");
    hosts.ip("addr add 10.9.7.1/32 dev ek\u0001");
    try (Network network = Network.open(hosts.here)) {
      assertTrue(
          network.addresses().stream().anyMatch(one -> one.device().equals("ek\u0001")),
          network.addresses().toString());
    }
  }

  @Test
  void close_thenAnything_isRefused() throws Exception {
    Network network = Network.open(hosts.here);
    network.close();

    assertRefused(
        "sysctl net.ipv4.conf.ek0.arp_ignore: closed (errno 9)",
        () -> network.set(Sysctl.ARP_IGNORE, "ek0", 1));
    assertRefused(
        "sysctl net.ipv4.conf.ek0.arp_ignore: closed (errno 9)",
        () -> network.read(Sysctl.ARP_IGNORE, "ek0"));
    assertRefused("watch: closed (errno 9)", () -> network.watch(event -> {}));
    assertRefused("link ek0 down: closed (errno 9)", () -> network.set("ek0", false));
    assertRefused("link m0 type dummy: closed (errno 9)", () -> network.add("m0", new Dummy()));
    network.close();
  }

  /** Else it would be of nobody, and never be closed. */
  @Test
  void watch_whileClosing_isRefused() throws Exception {
    Network network = Network.open(hosts.here);
    CompletableFuture<NetworkWatch> watch = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                watch.complete(network.watch(event -> {}));
              } catch (Exception | Error e) {
                watch.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    // As close() has it.
    synchronized (network) {
      thread.start();
      while (thread.getState() != Thread.State.BLOCKED && thread.isAlive()) {
        Thread.onSpinWait();
      }
      network.close();
    }
    thread.join();

    Throwable refused = assertThrows(ExecutionException.class, watch::get).getCause();
    assertEquals("watch: closed (errno 9)", refused.getMessage());
  }

  @Test
  void call_interrupted_waitsForTheEnd() throws Exception {
    try (NetworkNamespace namespace = NetworkNamespace.enter(hosts.here)) {
      CountDownLatch never = new CountDownLatch(1);
      Thread caller = Thread.currentThread();
      String result =
          namespace.call(
              () -> {
                caller.interrupt();
                // Time for a caller that gives up to do so.
                never.await(200, TimeUnit.MILLISECONDS);
                return "done";
              });

      assertTrue(Thread.interrupted());
      assertEquals("done", result);
    }
  }

  /** A libc that cannot be loaded, as where no file may be written. */
  @Test
  void enter_withoutSystemCalls_throwsAndLeavesNoThread() throws Exception {
    assertEquals(
        "network: jnr-ffi\nnetwork namespace n: jnr-ffi\nthreads: 0\n",
        TwoHosts.run(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Djffi.extract.dir=/proc/none",
            "-cp",
            System.getProperty("java.class.path"),
            EnterMain.class.getName()));
  }

  /** Opens what it cannot. */
  static final class EnterMain {
    public static void main(String[] arguments) {
      say(() -> Network.open());
      say(() -> NetworkNamespace.enter("n"));
      long threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("evenkeel"))
              .count();
      System.out.println("threads: " + threads);
    }

    private static void say(Attempt attempt) {
      try {
        attempt.run();
      } catch (IOException e) {
        System.out.println(e.getMessage().replaceAll("(jnr-ffi).*", "$1"));
      } catch (Exception e) {
        System.out.println(e);
      }
    }
  }

  @Test
  void list_linksAndRoutes_areTheKernels() throws Exception {
    try (Network network = Network.open(hosts.here)) {
      int before = network.links().size();
      network.add("m0", new Macvlan("ek0", Macvlan.Mode.PRIVATE, MAC));

      Link lo = network.link("lo");
      Link made = network.link("m0");
      assertTrue(lo.loopback() && lo.isRunning() && lo.kind().isEmpty());
      assertNull(lo.mac());
      assertEquals(65_536, lo.mtu());
      assertEquals("macvlan", made.kind());
      assertEquals(MAC, made.mac());
      assertFalse(made.up());
      assertTrue(network.link("ek0").isRunning());
      assertEquals("veth", network.link("ek0").kind());
      assertNull(network.link("ek9"));
      assertEquals(before + 1, network.links().size());

      hosts.ip("route add default via 10.9.0.2 src 10.9.0.1");
      hosts.ip("route add 10.70.0.0/16 table 1000 nexthop via 10.9.0.2 nexthop via 10.9.0.3");
      hosts.ip("route add blackhole 10.80.0.0/16 metric 7");
      hosts.ip("route add 10.90.0.0/16 via inet6 fd09::2 dev ek0");
      Route toV6 =
          new Route(
              Route.Type.UNICAST,
              address("10.90.0.0"),
              16,
              address("fd09::2"),
              "ek0",
              null,
              Route.MAIN,
              0);
      for (Route route :
          new Route[] {
            new Route(
                Route.Type.UNICAST,
                address("0.0.0.0"),
                0,
                address("10.9.0.2"),
                "ek0",
                address("10.9.0.1"),
                Route.MAIN,
                0),
            hop("10.9.0.2"),
            hop("10.9.0.3"),
            new Route(
                Route.Type.BLACKHOLE, address("10.80.0.0"), 16, null, null, null, Route.MAIN, 7),
            toV6
          }) {
        assertTrue(network.routes().contains(route), route + " in " + network.routes());
      }
      assertTrue(network.remove(toV6));
      assertFalse(network.remove(toV6));
      assertTrue(network.add(toV6));
      assertTrue(network.routes().contains(toV6));
      assertTrue(network.removeLink("m0"));
      assertFalse(network.removeLink("m0"));
    }
  }

  @Test
  void add_refused_saysWhatWasTriedAndWhy() throws Exception {
    hosts.ip("addr add fd09::50/64 dev ek0 nodad");
    hosts.ip("route add 10.50.0.0/16 via 10.9.0.2");
    try (Network network = Network.open(hosts.here)) {
      assertRefused(
          "address 10.0.0.1/32 on eth9: No such device (errno 19)",
          () -> network.add(Address.virtual(address("10.0.0.1"), "eth9")));
      assertRefused(
          "address fd09::50/128 on ek0: another is there that differs in more (errno 17)",
          () -> network.add(Address.virtual(address("fd09::50"), "ek0")));
      assertRefused(
          "route 10.50.0.0/16 via 10.9.0.3: another is there that differs in more (errno 17)",
          () -> network.add(Route.via(address("10.50.0.0"), 16, address("10.9.0.3"))));
      assertRefused(
          "route 10.60.0.0/16 via 192.0.2.1: Network is unreachable: Nexthop has invalid gateway"
              + " (errno 101)",
          () -> network.add(Route.via(address("10.60.0.0"), 16, address("192.0.2.1"))));
      assertRefused(
          "link ek0 type macvlan: another is there that differs in more (errno 17)",
          () -> network.add("ek0", new Macvlan("lo", Macvlan.Mode.PRIVATE, null)));
      assertRefused(
          "link m0 type macvlan: No such device (errno 19)",
          () -> network.add("m0", new Macvlan("eth9", Macvlan.Mode.PRIVATE, null)));
      assertRefused("link eth9 up: No such device (errno 19)", () -> network.set("eth9", true));
      assertRefused(
          "sysctl net.ipv4.conf.eth9.arp_ignore: no such device, or not in this kernel",
          () -> network.set(Sysctl.ARP_IGNORE, "eth9", 1));
      assertRefused(
          "announcement of 10.9.0.1 on lo: no Ethernet address (expected: an Ethernet device)",
          () -> network.announce(address("10.9.0.1"), "lo"));
    }
    assertRefused(
        "network namespace none: open: No such file or directory (errno 2)",
        () -> Network.open("none"));
  }

  /** A root without these capabilities, as in a container. */
  @Test
  void change_withoutCapabilities_saysWhichIsMissing() throws Exception {
    String said =
        TwoHosts.in(
            hosts.here,
            "setpriv",
            "--bounding-set",
            "-net_admin,-net_raw",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            NetworkMain.class.getName());

    assertEquals(
        """
        address 10.9.0.100/32 on ek0: not permitted, expected: CAP_NET_ADMIN (errno 1)
        link m0 type dummy: not permitted, expected: CAP_NET_ADMIN (errno 1)
        announcement of 10.9.0.100 on ek0: socket: Operation not permitted (errno 1) (expected: CAP_NET_RAW)
        raw socket on ek0: socket: Operation not permitted (errno 1) (expected: CAP_NET_RAW)
        CAP_NET_RAW: missing (expected: CAP_NET_RAW and CAP_SYS_ADMIN, such as by AmbientCapabilities= of systemd)
        """,
        said);
  }

  /** Tries what it may not. */
  static final class NetworkMain {
    public static void main(String[] arguments) throws IOException {
      InetAddress address = address("10.9.0.100");
      try (Network network = Network.open()) {
        say(() -> network.add(Address.virtual(address, "ek0")));
        say(() -> network.add("m0", new Dummy()));
        say(() -> network.announce(address, "ek0"));
        say(() -> network.rawSocket("ek0", false, 112));
        System.out.println(
            Network.missingCapabilities(Set.of(Capability.CAP_NET_RAW, Capability.CAP_SYS_ADMIN)));
      }
    }

    private static void say(Attempt attempt) {
      try {
        attempt.run();
        System.out.println("done");
      } catch (Exception e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** What may be refused. */
  private interface Attempt {
    void run() throws Exception;
  }

  private static void assertRefused(String words, Attempt attempt) {
    IOException e = assertThrows(IOException.class, attempt::run);
    assertEquals(words, e.getMessage());
    assertEquals(
        e instanceof KernelException,
        words.matches(".*\\(errno [0-9]+\\)") && !words.startsWith("network"));
  }

  private static Route hop(String via) {
    return new Route(
        Route.Type.UNICAST, address("10.70.0.0"), 16, address(via), "ek0", null, 1000, 0);
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
