package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Two network namespaces that a wire connects, ek0 in each: 10.9.0.1 and .2, fd09::1 and ::2. */
final class TwoHosts {
  private static final AtomicInteger MADE = new AtomicInteger();
  private static final long TIMEOUT_SECONDS = 30;

  final String here = "ekn" + ProcessHandle.current().pid() + "h" + MADE.incrementAndGet();
  final String there = here + "t";

  /** Root in a container may not make namespaces. */
  static boolean isPossible() throws Exception {
    return new ProcessBuilder("unshare", "--net", "true").start().waitFor() == 0;
  }

  TwoHosts() throws Exception {
    try {
      for (String name : List.of(here, there)) {
        run("ip netns add " + name);
        run("ip -n " + name + " link set lo up");
      }
      run("ip -n " + here + " link add ek0 type veth peer name ek0 netns " + there);
      for (String name : List.of(here, there)) {
        int host = name.equals(here) ? 1 : 2;
        run("ip -n " + name + " addr add 10.9.0." + host + "/24 dev ek0");
        run("ip -n " + name + " addr add fd09::" + host + "/64 dev ek0 nodad");
        // No address of its own, which would come some time later.
        run("ip -n " + name + " link set ek0 addrgenmode none");
        run("ip -n " + name + " link set ek0 up");
      }
      // Until the kernel has noticed the carrier, which takes it up to a second.
      for (String name : List.of(here, there)) {
        for (int i = 0; !run("ip -n " + name + " link show ek0").contains("state UP"); i++) {
          assertTrue(i < TIMEOUT_SECONDS * 50, "no carrier in " + name);
          Thread.sleep(20);
        }
      }
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  /** All that there is of links, addresses, routes and sysctls, by lines. */
  Set<String> everything() throws Exception {
    StringBuilder all = new StringBuilder();
    for (String what :
        List.of(
            "-o -d link show", "-o addr show", "route show table all", "-6 route show table all")) {
      all.append(in(here, "ip", what.split(" ", -1)));
    }
    all.append(in(here, "sysctl", "-a", "--pattern", "^net\\.ipv[46]\\.(conf|ip_forward)"));
    return all.toString()
        // They go by time.
        .replaceAll("expires [0-9]+sec", "")
        .lines()
        .filter(line -> !line.matches(".*(stable_secret|mc_forwarding).*"))
        // ip says so of a namespace that another process removes meanwhile.
        .filter(line -> !line.startsWith("Error: Peer netns reference is invalid"))
        // A link that has been up once has another while it is down.
        .map(line -> line.replaceAll("qdisc (noop|noqueue) ", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** That nothing is there that was not, and the other way round. */
  void assertEverythingIs(Set<String> before) throws Exception {
    Set<String> more = everything();
    Set<String> less = new TreeSet<>(before);
    less.removeAll(more);
    more.removeAll(before);
    assertEquals(Set.of(), more);
    assertEquals(Set.of(), less);
  }

  String ip(String command) throws Exception {
    return in(here, "ip", command.split(" ", -1));
  }

  static String in(String namespace, String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace, program));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private static String run(String command) throws Exception {
    return run(command.split(" ", -1));
  }

  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), String.join(" ", command));
      assertEquals(0, process.exitValue(), String.join(" ", command) + ": " + output);
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Waits for the answer to an echo request from the other host. */
  void ping(InetAddress address) throws Exception {
    in(there, "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");
    try (NetworkNamespace namespace = NetworkNamespace.enter(there)) {
      namespace.call(() -> Pinger.ping(address, null, 56)).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Takes both away, with all that is in them. */
  void close() throws Exception {
    for (String name : List.of(here, there)) {
      new ProcessBuilder("ip", "netns", "del", name).start().waitFor(10, TimeUnit.SECONDS);
    }
  }
}
