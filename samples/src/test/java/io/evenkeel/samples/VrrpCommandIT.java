package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code evenkeel vrrp} as processes on two hosts that a wire connects. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VrrpCommandIT {
  private static final String ONE = "evv" + ProcessHandle.current().pid() + "a";
  private static final String TWO = "evv" + ProcessHandle.current().pid() + "b";

  @BeforeEach
  void makeHosts() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    for (String host : List.of(ONE, TWO)) {
      run("ip", "netns", "add", host);
    }
    run(
        "ip", "-n", ONE, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns",
        TWO);
    run("ip", "-n", ONE, "addr", "add", "192.0.2.1/24", "dev", "eth0");
    run("ip", "-n", TWO, "addr", "add", "192.0.2.2/24", "dev", "eth0");
    for (String host : List.of(ONE, TWO)) {
      run("ip", "-n", host, "link", "set", "eth0", "up");
    }
  }

  @AfterEach
  void removeHosts() throws Exception {
    for (String host : List.of(ONE, TWO)) {
      new ProcessBuilder("ip", "netns", "del", host).start().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), String.join(" ", command) + ": " + output);
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  private static EvenkeelJar vrrp(String host, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("vrrp", "--interface=eth0", "--vrid=51", "--vip=192.0.2.100/24", "--name=web"));
    arguments.addAll(List.of(more));
    return EvenkeelJar.start(
        List.of("ip", "netns", "exec", host), arguments.toArray(new String[0]));
  }

  private static boolean hasAddress(String host) throws Exception {
    return run("ip", "-n", host, "-o", "addr", "show").contains(" 192.0.2.100/24 ");
  }

  @Test
  @Tag("smoke")
  void run_twoHosts_theHigherIsMasterAndItsSigtermMovesTheAddress() throws Exception {
    try (EvenkeelJar one = vrrp(ONE, "--version=3", "--priority=90")) {
      one.awaitOut("web: INITIALIZE -> BACKUP: started"::equals);
      one.awaitOut(
          "web: BACKUP -> MASTER: no advertisement within the master-down interval"::equals);
      assertTrue(hasAddress(ONE));
      try (EvenkeelJar two = vrrp(TWO, "--version=3", "--priority=100")) {
        two.awaitOut("web: BACKUP -> MASTER: 192.0.2.1 has a lower priority"::equals);
        one.awaitOut("web: MASTER -> BACKUP: 192.0.2.2 has a higher priority"::equals);
        assertTrue(hasAddress(TWO));
        assertFalse(hasAddress(ONE));

        two.terminate();

        assertEquals(0, two.await());
        assertEquals(List.of(), two.err());
        assertEquals("web: MASTER -> INITIALIZE: stopped", two.out().get(two.out().size() - 1));
        assertFalse(hasAddress(TWO));
        one.awaitOut("web: BACKUP -> MASTER: the master resigned"::equals);
      }
    }
  }

  @Test
  void run_noSuchDevice_saysSo() throws Exception {
    run("ip", "-n", ONE, "link", "set", "eth0", "down");
    run("ip", "-n", ONE, "link", "set", "eth0", "name", "ek9");
    try (EvenkeelJar none = vrrp(ONE)) {
      assertEquals(1, none.await());
      assertEquals(List.of("device: eth0 is not there (expected: one of this host)"), none.err());
    }
  }

  @Test
  void run_withoutACapability_saysWhich() throws Exception {
    for (String missing : List.of("net_raw", "net_admin")) {
      List<String> without =
          List.of("ip", "netns", "exec", ONE, "setpriv", "--bounding-set=-" + missing);
      try (EvenkeelJar none =
          EvenkeelJar.start(
              without, "vrrp", "--interface=eth0", "--vrid=51", "--vip=192.0.2.100/24")) {
        assertEquals(1, none.await());
        assertEquals(1, none.err().size(), none.err()::toString);
        assertTrue(
            none.err().get(0).contains("CAP_" + missing.toUpperCase(java.util.Locale.ROOT)),
            none.err()::toString);
      }
    }
  }
}
