package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses that the kernel takes away by itself. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AddressLifetimeIT {
  /** What the kernel rounds away. */
  private static final Duration EARLY = Duration.ofMillis(50);

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
  @ValueSource(strings = {"10.9.0.100", "fd09::100"})
  void add_forATime_isGoneByItselfSoonAfter(String text) throws Exception {
    Address vip = Address.virtual(InetAddress.getByName(text), "ek0");
    try (Network network = Network.open(hosts.here)) {
      // Longer than a first ping takes.
      assertTrue(network.add(vip, Duration.ofSeconds(100)));
      hosts.ping(vip.address());
      long start = System.nanoTime();
      assertFalse(network.add(vip, Duration.ofSeconds(2)));

      Duration time = untilGone(network, vip, start);

      assertTrue(time.plus(EARLY).compareTo(Duration.ofSeconds(2)) >= 0, "gone after " + time);
      assertTrue(time.compareTo(Duration.ofSeconds(30)) < 0, "gone after " + time);
      // And it may come again.
      assertTrue(network.add(vip, Duration.ofSeconds(2)));
    }
    assertFalse(hosts.ip("-o addr").contains(text + "/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.9.0.100", "fd09::100"})
  void add_renewed_staysUntilNobodyDoes(String text) throws Exception {
    Address vip = Address.virtual(InetAddress.getByName(text), "ek0");
    try (Network network = Network.open(hosts.here)) {
      long start = System.nanoTime();
      assertTrue(network.add(vip, Duration.ofSeconds(5)));
      long renewed = start;
      while (System.nanoTime() - start < Duration.ofSeconds(7).toNanos()) {
        Thread.sleep(200);
        renewed = System.nanoTime();
        assertFalse(network.add(vip, Duration.ofSeconds(5)), "it was gone");
      }
      List<Address> found = network.addresses();
      assertTrue(found.contains(vip), found.toString());

      Duration time = untilGone(network, vip, renewed);

      assertTrue(time.plus(EARLY).compareTo(Duration.ofSeconds(5)) >= 0, "gone after " + time);
    }
  }

  /** What a process that was killed has left. */
  @Test
  void add_isThereForEver_getsATime() throws Exception {
    hosts.ip("addr add 10.9.0.100/32 dev ek0");
    Address vip = Address.virtual(InetAddress.getByName("10.9.0.100"), "ek0");
    try (Network network = Network.open(hosts.here)) {
      long start = System.nanoTime();
      assertFalse(network.add(vip, Duration.ofSeconds(1)));
      untilGone(network, vip, start);
    }
  }

  @Test
  void add_timeOutOfRange_isRefused() throws Exception {
    Address vip = Address.virtual(InetAddress.getByName("10.9.0.100"), "ek0");
    try (Network network = Network.open(hosts.here)) {
      for (Duration lifetime :
          List.of(
              Duration.ZERO,
              Duration.ofSeconds(-1),
              Duration.ofMillis(1500),
              Duration.ofSeconds(1L << 31))) {
        assertThrows(IllegalArgumentException.class, () -> network.add(vip, lifetime));
      }
    }
  }

  private static Duration untilGone(Network network, Address vip, long start) throws Exception {
    while (network.addresses().stream().anyMatch(each -> each.address().equals(vip.address()))) {
      assertTrue(
          System.nanoTime() - start < Duration.ofSeconds(60).toNanos(), "still there: " + vip);
      Thread.sleep(5);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
