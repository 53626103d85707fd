package io.evenkeel.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Clients, two directors and servers, each in a network namespace: the clients in this process's
 * own, which must hold nothing else (dev/ipvs). The directors share nothing, the lists of their
 * connections and their settings included.
 *
 * <pre>
 * clients 10.1.0.0/16 ── schedulers 10.2.0.0/16, 10.32.0.0/11 ─┬─ servers 10.3.0.0/16
 *         fd01::/16                 fd02::/16                  │          fd03::/16
 * clients 10.4.0.0/16 ── templates  10.5.0.0/16 ───────────────┘
 *         fd04::/16                 fd05::/16
 * </pre>
 */
final class LabNetwork implements AutoCloseable {
  private static final List<String> SET_UP =
      List.of(
          "ip netns add servers",
          "ip -n servers link set lo up",
          // Every address of a local route is as good as a configured one, but IPv6 wants to be
          // told when a client takes one.
          "echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind",
          "ip -n servers route add local 10.3.0.0/16 dev lo",
          "ip -n servers -6 route add local fd03::/16 dev lo",
          // A port where nobody listens is told by ICMP, each time.
          "ip netns exec servers sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratemask'");

  private static final List<String> SET_UP_SCHEDULERS =
      List.of(
          "ip route add default via 10.0.1.2",
          "ip -6 route add default via fd0a:1::2",
          "ip -n schedulers route add local 10.2.0.0/16 dev lo",
          "ip -n schedulers route add local 10.32.0.0/11 dev lo",
          "ip -n schedulers -6 route add local fd02::/16 dev lo");

  private static final List<String> SET_UP_TEMPLATES =
      List.of(
          "ip route add 10.5.0.0/16 via 10.0.3.2",
          "ip -6 route add fd05::/16 via fd0a:3::2",
          "ip -n templates route add local 10.5.0.0/16 dev lo",
          "ip -n templates -6 route add local fd05::/16 dev lo");

  private final LabDirector schedulers;
  private final LabDirector templates;
  private final Process server;

  LabNetwork() throws IOException {
    // One shell for all commands: starting a process from here is slow under user-mode-linux.
    Process shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
    try (PrintWriter in = new PrintWriter(shell.getOutputStream(), true, StandardCharsets.UTF_8);
        BufferedReader out = shell.inputReader()) {
      run(SET_UP, in, out);
      run(link("schedulers", 1, 1), in, out);
      run(SET_UP_SCHEDULERS, in, out);
      run(link("templates", 3, 4), in, out);
      run(SET_UP_TEMPLATES, in, out);
    }
    schedulers = new LabDirector("schedulers");
    templates = new LabDirector("templates");
    server =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                "servers",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                LabServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!LabServer.READY.equals(server.inputReader().readLine())) {
      throw new IOException("the servers did not start");
    }
  }

  /**
   * A director between the clients and the servers.
   *
   * @param subnet of its link to the clients; that to the servers is the next one
   * @param clients number of its clients' network
   */
  private static List<String> link(String director, int subnet, int clients) {
    int other = subnet + 1;
    String toClients = director + "-c";
    String toServers = director + "-s";
    return List.of(
        "ip netns add " + director,
        "ip -n " + director + " link set lo up",
        "ip link add " + toClients + " type veth peer name " + toClients + " netns " + director,
        "ip link add "
            + toServers
            + " netns "
            + director
            + " type veth peer name "
            + toServers
            + " netns servers",
        "ip address add 10.0." + subnet + ".1/24 dev " + toClients,
        "ip address add fd0a:" + subnet + "::1/64 dev " + toClients + " nodad",
        "ip link set " + toClients + " up",
        "ip route add local 10." + clients + ".0.0/16 dev lo",
        "ip -6 route add local fd0" + clients + "::/16 dev lo",
        "ip -n " + director + " address add 10.0." + subnet + ".2/24 dev " + toClients,
        "ip -n " + director + " address add fd0a:" + subnet + "::2/64 dev " + toClients + " nodad",
        "ip -n " + director + " address add 10.0." + other + ".2/24 dev " + toServers,
        "ip -n " + director + " address add fd0a:" + other + "::2/64 dev " + toServers + " nodad",
        "ip -n " + director + " link set " + toClients + " up",
        "ip -n " + director + " link set " + toServers + " up",
        "ip -n servers address add 10.0." + other + ".1/24 dev " + toServers,
        "ip -n servers address add fd0a:" + other + "::1/64 dev " + toServers + " nodad",
        "ip -n servers link set " + toServers + " up",
        "ip -n servers route add 10." + clients + ".0.0/16 via 10.0." + other + ".2",
        "ip -n servers -6 route add fd0" + clients + "::/16 via fd0a:" + other + "::2",
        "ip -n " + director + " route add 10." + clients + ".0.0/16 via 10.0." + subnet + ".1",
        "ip -n " + director + " -6 route add fd0" + clients + "::/16 via fd0a:" + subnet + "::1",
        "ip -n " + director + " route add 10.3.0.0/16 via 10.0." + other + ".1",
        "ip -n " + director + " -6 route add fd03::/16 via fd0a:" + other + "::1",
        // Who gets no server is told so by ICMP, each time.
        "ip netns exec "
            + director
            + " sh -c 'cd /proc/sys/net;"
            + " echo 1 >ipv4/ip_forward; echo 1 >ipv6/conf/all/forwarding;"
            + " echo 0 >ipv4/icmp_ratemask; echo 0 >ipv6/icmp/ratelimit'");
  }

  /** Where schedulers are compared. */
  LabDirector schedulers() {
    return schedulers;
  }

  /** Where persistence and thresholds are. */
  LabDirector templates() {
    return templates;
  }

  private static void run(List<String> commands, PrintWriter in, BufferedReader out)
      throws IOException {
    for (String command : commands) {
      run(command, in, out);
    }
  }

  /** What a command says to a shell that is at the other end. */
  static String run(String command, PrintWriter in, BufferedReader out) throws IOException {
    in.println(command + "\necho \"status $?\"");
    StringBuilder said = new StringBuilder();
    while (true) {
      String line = out.readLine();
      if (line == null) {
        throw new IOException(command + ": the shell has ended: " + said);
      }
      if (line.equals("status 0")) {
        return said.toString();
      }
      if (line.startsWith("status ")) {
        throw new IOException(command + ": " + line + ": " + said);
      }
      said.append(line).append('\n');
    }
  }

  @Override
  public void close() {
    server.destroy();
    schedulers.close();
    templates.close();
  }
}
