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

/** A network namespace whose kernel does the balancing: commands run in it, and what it lists. */
final class LabDirector implements AutoCloseable {

  /** A server as the kernel lists it. */
  record Listed(String address, int weight, int active, int inactive) {}

  /**
   * A connection or a template as the kernel lists it.
   *
   * @param virtual address that the client asked for; the mark, as an address, in a template of one
   * @param seconds until it expires, rounded down; 0 also if the timer is late
   */
  record Entry(
      String protocol,
      String client,
      int clientPort,
      String virtual,
      int virtualPort,
      String server,
      String state,
      int seconds) {

    boolean isTemplate() {
      return clientPort == 0 && (state.equals("NONE") || state.equals("ASSURED"));
    }
  }

  private final Process shell;
  private final PrintWriter in;
  private final BufferedReader out;
  private final Path proc;

  LabDirector(String namespace) throws IOException {
    shell =
        new ProcessBuilder("ip", "netns", "exec", namespace, "sh")
            .redirectErrorStream(true)
            .start();
    in = new PrintWriter(shell.getOutputStream(), true, StandardCharsets.UTF_8);
    out = shell.inputReader();
    run("ip link");
    proc = Path.of("/proc/" + shell.pid() + "/net");
  }

  /** Runs a command in the namespace. */
  synchronized String run(String command) throws IOException {
    return LabNetwork.run(command, in, out);
  }

  /**
   * All services and their servers in list order, from /proc/net/ip_vs: by the first address and
   * port, or by the mark, as they stand there.
   */
  Map<String, List<Listed>> services() throws IOException {
    Map<String, List<Listed>> services = new HashMap<>();
    List<Listed> current = new ArrayList<>();
    for (String line : Files.readAllLines(proc.resolve("ip_vs"))) {
      String[] words = line.trim().split("\\s+", -1);
      switch (words[0]) {
        case "TCP", "UDP", "FWM" -> {
          current = new ArrayList<>();
          services.put(words[1], current);
        }
        case "->" -> {
          if (!words[1].startsWith("Remote")) {
            current.add(
                new Listed(
                    address(words[1].substring(0, words[1].lastIndexOf(':'))),
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

  /**
   * All connections and templates, from /proc/net/ip_vs_conn. The kernel goes on by number from one
   * page to the next: when an entry ends meanwhile, others are left out. So it is read until it is
   * the same twice.
   */
  Map<String, Entry> entries() throws IOException {
    Map<String, Entry> before = readEntries();
    while (true) {
      Map<String, Entry> again = readEntries();
      if (again.keySet().equals(before.keySet())) {
        return again;
      }
      before = again;
    }
  }

  private Map<String, Entry> readEntries() throws IOException {
    Map<String, Entry> entries = new HashMap<>();
    for (String line : Files.readAllLines(proc.resolve("ip_vs_conn"))) {
      String[] words = line.trim().split("\\s+", -1);
      if (!words[0].equals("Pro")) {
        entries.put(
            String.join(" ", List.of(words).subList(0, 7)),
            new Entry(
                words[0],
                address(words[1]),
                Integer.parseInt(words[2], 16),
                address(words[3]),
                Integer.parseInt(words[4], 16),
                address(words[5]),
                words[7],
                Integer.parseInt(words[8])));
      }
    }
    return entries;
  }

  /** Eight hexadecimal digits, or an IPv6 address. */
  private static String address(String word) throws IOException {
    if (word.length() != 8) {
      return InetAddress.getByName(word).getHostAddress();
    }
    int bits = Integer.parseUnsignedInt(word, 16);
    byte[] bytes = {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits};
    return InetAddress.getByAddress(bytes).getHostAddress();
  }

  @Override
  public void close() {
    shell.destroy();
  }
}
