package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.net.NetworkEvent.AddressChanged;
import io.evenkeel.kernel.net.NetworkEvent.AddressRemoved;
import io.evenkeel.kernel.net.NetworkEvent.LinkChanged;
import io.evenkeel.kernel.net.NetworkEvent.LinkRemoved;
import io.evenkeel.kernel.sys.AddressText;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What others do to links and addresses of a namespace is heard of. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetworkWatchIT {
  private static final int COMING_AND_GOING = 6000;

  private final BlockingQueue<NetworkEvent> events = new LinkedBlockingQueue<>();

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

  @Test
  void watch_changesByOthers_areHeardInOrder() throws Exception {
    try (Network network = Network.open(hosts.here);
        NetworkWatch watch = network.watch(events::add)) {
      assertFalse(watch.isClosed());
      // What is there, first.
      link("lo", Link::isRunning);
      Link ek0 = link("ek0", Link::isRunning);
      address("10.9.0.1/24 on ek0");
      address("fd09::1/64 on ek0");

      hosts.ip("addr add 10.9.0.77/32 dev ek0");
      address("10.9.0.77/32 on ek0");
      hosts.ip("addr del 10.9.0.77/32 dev ek0");
      removed("10.9.0.77/32 on ek0");

      // A name that few would give, but the kernel takes.
      hosts.ip("link add ek\u0001 type veth peer name ek9");
      hosts.ip("addr add 10.9.7.1/32 dev ek\u0001");
      address("10.9.7.1/32 on ek\u0001");

      hosts.ip("addr add fd09::77/128 dev lo nodad preferred_lft 0");
      AddressChanged v6 = address("fd09::77/128 on lo");
      assertTrue(v6.address().noDad() && v6.address().deprecated(), v6.toString());

      // The other end of the wire.
      TwoHosts.run("ip", "-n", hosts.there, "link", "set", "ek0", "down");
      Link cut = link("ek0", link -> !link.isRunning());
      assertTrue(cut.up() && !cut.carrier(), cut.toString());
      TwoHosts.run("ip", "-n", hosts.there, "link", "set", "ek0", "up");
      link("ek0", Link::isRunning);
      hosts.ip("link set ek0 down");
      assertEquals(OperState.DOWN, link("ek0", link -> !link.up()).state());

      hosts.ip("link set ek0 name ek1");
      assertEquals(ek0.index(), link("ek1", link -> true).index());
      removed("10.9.0.1/24 on ek0");
      address("10.9.0.1/24 on ek1");

      hosts.ip("link del ek1");
      removed("10.9.0.1/24 on ek1");
      await(LinkRemoved.class, event -> event.link().name().equals("ek1"));
    }
  }

  @Test
  void watch_moreThanTheKernelKeeps_tellsTheDifference() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    Set<Address> here = new HashSet<>();
    Path batch = folder.resolve("batch");
    // Far more than a megabyte of messages. What is kept of them is of addresses that were there.
    StringBuilder commands = new StringBuilder();
    for (String command : List.of("add", "del")) {
      for (int i = 0; i < COMING_AND_GOING; i++) {
        commands.append("addr %s 10.8.%d.%d/32 dev lo\n".formatted(command, i / 250, i % 250 + 1));
      }
    }
    for (int i = 1; i <= 20; i++) {
      commands.append("addr add 10.9.2." + i + "/32 dev lo\n");
    }
    commands.append("addr del 10.9.0.1/24 dev ek0\n");
    Files.writeString(batch, commands);

    try (Network network = Network.open(hosts.here)) {
      network.watch(
          event -> {
            awaitQuietly(held);
            events.add(event);
          });
      hosts.ip("-batch " + batch);
      held.countDown();

      hosts.ip("addr add 10.9.3.1/32 dev lo");
      int count = 0;
      boolean last = false;
      while (!last) {
        NetworkEvent event = events.poll(30, TimeUnit.SECONDS);
        assertTrue(event != null, "after " + count + " events: " + here);
        count++;
        if (event instanceof AddressChanged changed) {
          here.add(changed.address());
          last = changed.address().toString().equals("10.9.3.1/32 on lo");
        } else if (event instanceof AddressRemoved gone) {
          here.remove(gone.address());
        }
      }
      assertEquals(new HashSet<>(network.addresses()), here);
      assertTrue(count < 2 * COMING_AND_GOING, "lost nothing: " + count);
    }
  }

  @Test
  void watch_consumerThrows_goesOnAndEndsWithTheNetwork() throws Exception {
    BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> failures.add(e));
    try (Network network = Network.open(hosts.here)) {
      network.watch(
          event -> {
            events.add(event);
            throw new IllegalStateException("consumer");
          });
      address("fd09::1/64 on ek0");
      hosts.ip("addr add 10.9.0.77/32 dev ek0");
      address("10.9.0.77/32 on ek0");
      assertEquals("consumer", failures.poll(30, TimeUnit.SECONDS).getMessage());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("evenkeel-network-watch")) {
        thread.join(30_000);
        assertFalse(thread.isAlive());
      }
    }
  }

  @Test
  void announce_neighboursWithAnotherMac_learnTheNewOne() throws Exception {
    InetAddress v4 = InetAddress.getByName("10.9.0.100");
    InetAddress v6 = InetAddress.getByName("fd09::100");
    for (InetAddress each : List.of(v4, v6)) {
      TwoHosts.in(
          hosts.there,
          "ip",
          ("neigh replace " + AddressText.of(each) + " lladdr 02:00:00:00:00:09 dev ek0 nud stale")
              .split(" ", -1));
    }
    // Announcements alone: a kernel reports its groups and asks for neighbours when it likes.
    String filter = " (arp and ether broadcast) or (dst host ff02::1 and icmp6[0] == 136)";
    Process tcpdump =
        new ProcessBuilder(
                ("ip netns exec "
                        + hosts.there
                        + " tcpdump -i ek0 -U -l -nn -e -t -v -c 3"
                        + filter)
                    .split(" ", -1))
            .redirectErrorStream(true)
            .start();
    try (Network network = Network.open(hosts.here);
        BufferedReader output = tcpdump.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.contains("listening on")) {
        line = output.readLine();
      }
      String mac = String.valueOf(network.link("ek0").mac());

      network.announce(v4, "ek0");
      network.announce(v6, "ek0");
      network.set(Sysctl.IPV6_FORWARDING, "ek0", 1);
      network.announce(v6, "ek0");

      String seen = String.join("\n", output.lines().toList());
      assertTrue(
          seen.contains(
              mac
                  + " > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Ethernet (len 6),"
                  + " IPv4 (len 4), Request who-has 10.9.0.100 tell 10.9.0.100"),
          seen);
      assertTrue(
          seen.contains(mac + " > 33:33:00:00:00:01, ethertype IPv6 (0x86dd), length 86:"), seen);
      assertTrue(
          seen.contains(
              "hlim 255, next-header ICMPv6 (58) payload length: 32) fd09::100 > ff02::1:"
                  + " [icmp6 sum ok] ICMP6, neighbor advertisement, length 32, tgt is fd09::100,"
                  + " Flags [override]"),
          seen);
      assertTrue(seen.contains("Flags [router, override]"), seen);
      String neighbours = TwoHosts.in(hosts.there, "ip", "neigh");
      assertTrue(neighbours.contains("10.9.0.100 dev ek0 lladdr " + mac), neighbours);
      assertTrue(neighbours.contains("fd09::100 dev ek0 lladdr " + mac), neighbours);
    } finally {
      tcpdump.destroyForcibly();
    }
  }

  private Link link(String name, Predicate<Link> condition) throws InterruptedException {
    return await(
            LinkChanged.class,
            event -> event.link().name().equals(name) && condition.test(event.link()))
        .link();
  }

  private AddressChanged address(String text) throws InterruptedException {
    return await(AddressChanged.class, event -> event.address().toString().equals(text));
  }

  private void removed(String text) throws InterruptedException {
    await(AddressRemoved.class, event -> event.address().toString().equals(text));
  }

  /** The next of its kind that is so; what comes before it is passed over. */
  private <T> T await(Class<T> type, Predicate<T> condition) throws InterruptedException {
    StringBuilder passed = new StringBuilder();
    while (true) {
      NetworkEvent event = events.poll(30, TimeUnit.SECONDS);
      assertTrue(event != null, "not heard; but" + passed);
      if (type.isInstance(event) && condition.test(type.cast(event))) {
        return type.cast(event);
      }
      passed.append(' ').append(event);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
