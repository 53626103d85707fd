package io.evenkeel.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Clients, director and servers, each in a network namespace: the clients in this process's own,
 * which must hold nothing else (dev/ipvs). The kernel of the director does the balancing.
 *
 * <pre>
 * clients 10.1.0.0/16 ── director 10.2.0.0/16, 10.32.0.0/11 ── servers 10.3.0.0/16
 * </pre>
 */
final class LabNetwork implements AutoCloseable {

  /** A server as the kernel lists it. */
  record Listed(String address, int weight, int active, int inactive) {}

  private static final List<String> SET_UP =
      List.of(
          "ip netns add director",
          "ip netns add servers",
          "ip link add clients type veth peer name clients netns director",
          "ip link add servers netns director type veth peer name servers netns servers",
          // The clients' namespace. Every address of a local route is as good as a configured one.
          "ip address add 10.0.1.1/24 dev clients",
          "ip link set clients up",
          "ip route add local 10.1.0.0/16 dev lo",
          "ip route add default via 10.0.1.2",
          "ip -n servers link set lo up",
          "ip -n servers address add 10.0.2.1/24 dev servers",
          "ip -n servers link set servers up",
          "ip -n servers route add local 10.3.0.0/16 dev lo",
          "ip -n servers route add default via 10.0.2.2",
          "ip -n director link set lo up",
          "ip -n director address add 10.0.1.2/24 dev clients",
          "ip -n director address add 10.0.2.2/24 dev servers",
          "ip -n director link set clients up",
          "ip -n director link set servers up",
          "ip -n director route add local 10.2.0.0/16 dev lo",
          "ip -n director route add local 10.32.0.0/11 dev lo",
          "ip -n director route add 10.1.0.0/16 via 10.0.1.1",
          "ip -n director route add 10.3.0.0/16 via 10.0.2.1",
          // Who gets no server is told so by ICMP, each time.
          "ip netns exec director sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward;"
              + " echo 0 >/proc/sys/net/ipv4/icmp_ratemask'");

  private final Process director;
  private final PrintWriter toDirector;
  private final BufferedReader fromDirector;
  private final Process server;
  private final Path table;

  LabNetwork() throws IOException {
    // One shell for all commands: starting a process from here is slow under user-mode-linux.
    Process shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
    try (PrintWriter in = writer(shell);
        BufferedReader out = shell.inputReader()) {
      for (String command : SET_UP) {
        run(command, in, out);
      }
    }
    director =
        new ProcessBuilder("ip", "netns", "exec", "director", "sh")
            .redirectErrorStream(true)
            .start();
    toDirector = writer(director);
    fromDirector = director.inputReader();
    run("ip link");
    table = Path.of("/proc/" + director.pid() + "/net/ip_vs");
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
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                LabServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!LabServer.READY.equals(server.inputReader().readLine())) {
      throw new IOException("the servers did not start");
    }
  }

  private static PrintWriter writer(Process process) {
    return new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** Runs a command in the director's namespace. */
  String run(String command) throws IOException {
    return run(command, toDirector, fromDirector);
  }

  private static String run(String command, PrintWriter in, BufferedReader out) throws IOException {
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

  /**
   * All services and their servers in list order, from /proc/net/ip_vs: by the first address and
   * port, or by the mark, as they stand there.
   */
  Map<String, List<Listed>> services() throws IOException {
    Map<String, List<Listed>> services = new HashMap<>();
    List<Listed> current = new ArrayList<>();
    for (String line : Files.readAllLines(table)) {
      String[] words = line.trim().split("\\s+", -1);
      switch (words[0]) {
        case "TCP", "FWM" -> {
          current = new ArrayList<>();
          services.put(words[1], current);
        }
        case "->" -> {
          if (words[1].length() == "01020304:0050".length()) {
            current.add(
                new Listed(
                    address(words[1]),
                    Integer.parseInt(words[3]),
                    Integer.parseInt(words[4]),
                    Integer.parseInt(words[5])));
          }
        }
        default -> {}
      }
    }
    return services;
  }

  /** Four bytes in hexadecimal digits, and a port. */
  private static String address(String word) throws IOException {
    int bits = Integer.parseUnsignedInt(word.substring(0, 8), 16);
    byte[] bytes = {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits};
    return InetAddress.getByAddress(bytes).getHostAddress();
  }

  @Override
  public void close() {
    server.destroy();
    director.destroy();
  }
}
