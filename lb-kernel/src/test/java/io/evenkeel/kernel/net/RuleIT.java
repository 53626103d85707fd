package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.KernelException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Policy rules of a namespace, changed and put back. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RuleIT {
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
  void add_everySelector_isTheKernelsAndGoneOnClose() throws Exception {
    String before = rules();
    try (Network network = Network.open(hosts.here)) {
      for (Rule rule :
          List.of(
              Rule.from(subnet("10.9.0.100", 32), 100, 1000),
              Rule.to(subnet("10.60.0.0", 16), 100_000, 1001),
              Rule.from(subnet("fd09::100", 128), 100, 1000),
              new Rule(
                  true,
                  4_000_000_000L,
                  subnet("::", 0),
                  subnet("fd60::", 16),
                  "ek0",
                  0x10,
                  0xf0,
                  254),
              new Rule(false, 0, null, null, "lo", 7, 0xffff_ffffL, 100))) {
        assertTrue(network.add(rule), rule.toString());
        assertFalse(network.add(rule), rule.toString());
      }
      String now = rules().replace("[detached] ", "");
      for (String line :
          List.of(
              "1000:\tfrom 10.9.0.100 lookup 100",
              "1001:\tfrom all to 10.60.0.0/16 lookup 100000",
              "1000:\tfrom fd09::100 lookup 100",
              "4000000000:\tfrom all to fd60::/16 fwmark 0x10/0xf0 iif ek0 lookup main",
              "0:\tfrom all fwmark 0x7 iif lo lookup 100")) {
        assertTrue(now.contains(line), line + " in " + now);
      }
    }
    assertEquals(before, rules());
  }

  /** Each differs from the one that is asked for in one thing. */
  @Test
  void remove_othersLikeIt_stay() throws Exception {
    Rule rule = Rule.from(subnet("10.9.0.100", 32), 100, 1000);
    String before = rules();
    for (String other :
        List.of(
            "from 10.9.0.100 to 10.0.0.0/8 table 100 priority 1000",
            "from 10.9.0.100 iif ek0 table 100 priority 1000",
            "from 10.9.0.100 oif ek0 table 100 priority 1000",
            "from 10.9.0.100 fwmark 1 table 100 priority 1000",
            "from 10.9.0.100 ipproto tcp table 100 priority 1000",
            "not from 10.9.0.100 table 100 priority 1000",
            "from 10.9.0.100 tos 0x10 table 100 priority 1000",
            "from 10.9.0.100 prohibit priority 1000",
            "from 10.9.0.101 table 100 priority 1000",
            "from 10.9.0.100/31 table 100 priority 1000",
            "from 10.9.0.100 table 101 priority 1000",
            "from 10.9.0.100 table 100 priority 1001")) {
      hosts.ip("rule add " + other);
      String there = rules();
      try (Network network = Network.open(hosts.here)) {
        assertFalse(network.remove(rule), other);
      }
      assertEquals(there, rules());
      hosts.ip("rule del " + other);
    }
    hosts.ip("rule add from 10.9.0.100 to 10.0.0.0/8 table 100 priority 1000");
    try (Network network = Network.open(hosts.here)) {
      KernelException e = assertThrows(KernelException.class, () -> network.add(rule));
      assertEquals(
          "rule IPv4 1000: from 10.9.0.100/32 table 100: another is there that differs in more"
              + " (errno 17)",
          e.getMessage());
    }
    hosts.ip("rule del priority 1000");
    hosts.ip("rule add from 10.9.0.102 table 100 priority 1000");
    try (Network network = Network.open(hosts.here)) {
      Rule there = Rule.from(subnet("10.9.0.102", 32), 100, 1000);
      assertFalse(network.add(there));
      assertTrue(network.remove(there));
      assertFalse(network.remove(there));
    }
    assertEquals(before, rules());
  }

  @Test
  void make_outOfRange_isRefused() {
    assertRefused(
        "10.9.0.1/24 (expected: no bits after the first 24)", () -> subnet("10.9.0.1", 24));
    assertRefused("prefix: 33 (expected: 0..32)", () -> subnet("10.9.0.1", 33));
    assertRefused(
        "table: 0 (expected: 1..4294967295)", () -> Rule.to(subnet("10.9.0.1", 32), 0, 1));
    assertRefused(
        "from: 10.9.0.1/32 (expected: of IPv6)",
        () -> new Rule(true, 1, subnet("10.9.0.1", 32), null, null, 0, 0, 1));
    assertRefused(
        "mark: 0x11 (expected: no bits outside of the mask 0xf0)",
        () -> new Rule(true, 1, null, null, null, 0x11, 0xf0, 1));
  }

  private String rules() throws Exception {
    return hosts.ip("rule show") + hosts.ip("-6 rule show");
  }

  private static void assertRefused(String words, Runnable attempt) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, attempt::run);
    assertEquals(words, e.getMessage());
  }

  private static Subnet subnet(String address, int prefix) {
    try {
      return new Subnet(InetAddress.getByName(address), prefix);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
