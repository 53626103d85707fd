package io.evenkeel.kernel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Pings from one network namespace to another, by a JVM in the first one, where the kernel allows
 * it and where it does not.
 */
@Tag("smoke")
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PingIT {
  private static final String ID = "ekp" + ProcessHandle.current().pid();
  private static final String HERE = ID + "a";
  private static final String THERE = ID + "b";

  @BeforeEach
  void makeNamespaces() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    for (String command :
        List.of(
            "ip netns add " + HERE,
            "ip netns add " + THERE,
            "ip -n " + HERE + " link set lo up",
            "ip -n " + THERE + " link set lo up",
            "ip -n " + HERE + " link add ek0 type veth peer name ek0 netns " + THERE,
            "ip -n " + HERE + " addr add 10.9.0.1/24 dev ek0",
            "ip -n " + HERE + " addr add 10.9.0.3/24 dev ek0",
            "ip -n " + THERE + " addr add 10.9.0.2/24 dev ek0",
            "ip -n " + HERE + " addr add fd09::1/64 dev ek0 nodad",
            "ip -n " + THERE + " addr add fd09::2/64 dev ek0 nodad",
            "ip -n " + HERE + " link set ek0 up",
            "ip -n " + THERE + " link set ek0 up",
            // What the router says of networks behind it.
            "ip -n " + HERE + " route add 10.10.0.0/16 via 10.9.0.2",
            "ip -n " + HERE + " route add fd10::/16 via fd09::2",
            "ip netns exec " + THERE + " sysctl -qw net.ipv4.ip_forward=1",
            "ip netns exec " + THERE + " sysctl -qw net.ipv6.conf.all.forwarding=1")) {
      run(command);
    }
  }

  @AfterEach
  void removeNamespaces() throws Exception {
    for (String namespace : List.of(HERE, THERE)) {
      new ProcessBuilder("ip", "netns", "del", namespace).start().waitFor(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void ping_allowed_answersAndFailsByItsReasons() throws Exception {
    allow("0 2147483647");
    try (Child child = new Child(HERE)) {
      assertEquals("true null", child.ask("available"));
      for (String host : List.of("10.9.0.2", "fd09::2", "127.0.0.1", "::1")) {
        for (int size : List.of(0, 56, 1400, 9000, 65_507)) {
          assertEquals("PASSED answer in time", child.ask(host + " 10000 " + size), host);
        }
      }
      assertEquals("PASSED answer in time", child.ask("10.9.0.2 10000 56 10.9.0.3"));
      // This host does not have it.
      assertEquals(
          "NONE bind: Cannot assign requested address (errno 99)",
          child.ask("10.9.0.2 10000 56 10.9.0.4"));

      assertEquals("FAILED network unreachable", child.ask("192.0.2.1 10000 56"));
      assertEquals("FAILED network unreachable", child.ask("2001:db8::1 10000 56"));
      // The router has no route; nobody has the address.
      assertEquals("FAILED network unreachable", child.ask("10.10.0.1 10000 56"));
      assertEquals("FAILED network unreachable", child.ask("fd10::1 10000 56"));
      assertEquals("FAILED host unreachable", child.ask("10.9.0.99 20000 56"));
      assertEquals("FAILED host unreachable", child.ask("fd09::99 20000 56"));
      assertEquals("FAILED no answer within 100 ms", child.ask("10.9.0.98 100 56"));

      run("ip -n " + THERE + " link set ek0 down");
      for (String host : List.of("10.9.0.2", "fd09::2")) {
        String answer = "";
        // Until the kernel has noticed that the carrier is gone, a second later where many links
        // change, the device drops what it gets: ENOBUFS.
        for (int i = 0; i < 1000 && !answer.startsWith("FAILED "); i++) {
          Thread.sleep(i == 0 ? 0 : 20);
          answer = child.ask(host + " 1000 56");
        }
        assertTrue(answer.startsWith("FAILED "), answer);
      }
      run("ip -n " + THERE + " link set ek0 up");
      String answer = "";
      for (int i = 0; i < 20 && !answer.startsWith("PASSED"); i++) {
        answer = child.ask("10.9.0.2 1000 56");
      }
      assertEquals("PASSED answer in time", answer);

      run("ip netns exec " + THERE + " sysctl -qw net.ipv4.icmp_echo_ignore_all=1");
      assertEquals("FAILED no answer within 300 ms", child.ask("10.9.0.2 300 56"));
    }
  }

  @Test
  void ping_thousandAtOnce_takesOneThreadAndLeavesNoDescriptor() throws Exception {
    allow("0 2147483647");
    try (Child child = new Child(HERE)) {
      assertEquals("{PASSED=1000} 0 1", child.ask("many 1000"));
    }
  }

  @Test
  void ping_denied_hasNoResultButTheCause() throws Exception {
    allow("1 0");
    try (Child child = new Child(HERE)) {
      String cause =
          "net.ipv4.ping_group_range: 1 0 (expected: a range that holds a group of this process: 0";
      String available = child.ask("available");
      assertTrue(available.startsWith("false " + cause), available);
      for (String host : List.of("127.0.0.1", "::1")) {
        String answer = child.ask(host + " 10000 56");
        assertTrue(answer.startsWith("NONE " + cause), answer);
      }
    }
  }

  private static void allow(String groups) throws Exception {
    run("ip", "netns", "exec", HERE, "sysctl", "-qw", "net.ipv4.ping_group_range=" + groups);
  }

  private static void run(String command) throws Exception {
    run(command.split(" ", -1));
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), String.join(" ", command));
    assertEquals(0, process.exitValue(), String.join(" ", command));
  }

  /** A {@link PingMain} in a namespace. */
  private static final class Child implements AutoCloseable {
    private final Process process;
    private final PrintWriter in;
    private final BufferedReader out;

    Child(String namespace) throws IOException {
      process =
          new ProcessBuilder(
                  "ip",
                  "netns",
                  "exec",
                  namespace,
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  PingMain.class.getName())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
      out = process.inputReader();
    }

    String ask(String question) throws IOException {
      in.println(question);
      return String.valueOf(out.readLine());
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
