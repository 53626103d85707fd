package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asking a neighbour whether it is there. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProbeIT {
  private static final long BOUND_SECONDS = 30;

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

  @ParameterizedTest
  @ValueSource(strings = {"10.9.0.2", "fd09::2"})
  void probe_neighbour_answersWhileItHasTheAddress(String target) throws Exception {
    InetAddress address = address(target);
    try (Network network = Network.open(hosts.here)) {
      Duration time = network.probe(address, "ek0", null).get(BOUND_SECONDS, TimeUnit.SECONDS);
      assertTrue(!time.isNegative() && time.toSeconds() < BOUND_SECONDS, time.toString());

      // What this host remembers does not count.
      hosts.ip("neigh replace " + target + " lladdr 02:00:00:00:00:09 dev ek0 nud permanent");
      network.probe(address, "ek0", null).get(BOUND_SECONDS, TimeUnit.SECONDS);
      TwoHosts.in(hosts.there, "ip", "addr", "flush", "dev", "ek0");
      CompletableFuture<Duration> silent =
          network.probe(address, "ek0", null).orTimeout(500, TimeUnit.MILLISECONDS);
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> silent.get(BOUND_SECONDS, TimeUnit.SECONDS));
      assertInstanceOf(TimeoutException.class, e.getCause());
    }
  }

  /** Each to its own future, though all come to each socket. */
  @Test
  void probe_severalAtOnce_answersThoseThatAreThere() throws Exception {
    try (Network network = Network.open(hosts.here)) {
      List<CompletableFuture<Duration>> there = new ArrayList<>();
      List<CompletableFuture<Duration>> missing = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        missing.add(network.probe(address(i % 2 == 0 ? "10.9.0.3" : "fd09::3"), "ek0", null));
        there.add(network.probe(address(i % 2 == 0 ? "10.9.0.2" : "fd09::2"), "ek0", null));
      }
      for (CompletableFuture<Duration> each : there) {
        each.get(BOUND_SECONDS, TimeUnit.SECONDS);
      }
      for (CompletableFuture<Duration> each : missing) {
        assertFalse(each.isDone());
        assertTrue(each.cancel(false));
      }
    }
  }

  /** A master with nothing but virtual addresses. */
  @Test
  void probe_withoutAnAddress_asksOfIpv4WithNone() throws Exception {
    hosts.ip("addr flush dev ek0");
    try (Network network = Network.open(hosts.here)) {
      network.probe(address("10.9.0.2"), "ek0", null).get(BOUND_SECONDS, TimeUnit.SECONDS);

      assertFails(
          "probe of fd09::2 on ek0: no source (expected: an IPv6 address on the device)",
          network.probe(address("fd09::2"), "ek0", null));
      assertFails(
          "probe of 127.0.0.1 on lo: no Ethernet address (expected: an Ethernet device)",
          network.probe(address("127.0.0.1"), "lo", null));
      assertFails(
          "probe of 10.9.0.2 on ek9: No such device (errno 19)",
          network.probe(address("10.9.0.2"), "ek9", null));
    }
  }

  @Test
  void probe_fromAnAddress_asksWithIt() throws Exception {
    TwoHosts.in(hosts.there, "ip", "neigh", "flush", "dev", "ek0");
    hosts.ip("addr add 10.9.0.77/24 dev ek0");
    try (Network network = Network.open(hosts.here)) {
      network
          .probe(address("10.9.0.2"), "ek0", address("10.9.0.77"))
          .get(BOUND_SECONDS, TimeUnit.SECONDS);

      // Who is asked remembers who asked.
      String known = TwoHosts.in(hosts.there, "ip", "neigh", "show", "dev", "ek0");
      assertTrue(known.contains("10.9.0.77 lladdr"), known);
      assertFalse(known.contains("10.9.0.1 lladdr"), known);
    }
  }

  private static void assertFails(String words, CompletableFuture<Duration> probe) {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> probe.get(BOUND_SECONDS, TimeUnit.SECONDS));
    assertEquals(words, e.getCause().getMessage());
  }

  private static InetAddress address(String text) throws IOException {
    return InetAddress.getByName(text);
  }
}
