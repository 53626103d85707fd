package io.evenkeel.vrrp.lab;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Four hosts on a bridge, each a network namespace, with IPv4 and IPv6 addresses that are there at
 * once.
 *
 * <pre>
 * low  192.0.2.1 fd51::1 fe80::1 ── p1 ┐
 * high 192.0.2.2 fd51::2 fe80::2 ── p2 ┤ br0
 * third                      ::3 ── p3 ┤
 * fourth                     ::4 ── p4 ┘
 * </pre>
 *
 * The virtual addresses are 192.0.2.100, or fe80::100 and fd51::100.
 */
final class Segment implements AutoCloseable {
  /** The link of each host. */
  static final String DEVICE = "eth0";

  private static final AtomicInteger MADE = new AtomicInteger();

  private final String name =
      "evl" + ProcessHandle.current().pid() + "-" + MADE.incrementAndGet() + "-";

  /** When the whole lab is ended. */
  private final Thread last = new Thread(this::remove);

  Segment() throws IOException {
    Runtime.getRuntime().addShutdownHook(last);
    StringBuilder script = new StringBuilder();
    script.append(namespace(bridge()));
    script.append(
        in(bridge(), "ip link add br0 type bridge forward_delay 0 mcast_snooping 0")
            + in(bridge(), "ip link set br0 addrgenmode none up"));
    for (Host host : Host.values()) {
      String there = name(host);
      int number = host.number;
      script.append(namespace(there));
      script.append(
          in(bridge(), "ip link add p" + number + " type veth peer name eth0 netns " + there)
              + in(bridge(), "ip link set p" + number + " addrgenmode none master br0 up")
              + in(there, "ip link set eth0 addrgenmode none address 02:00:00:00:00:0" + number)
              + in(there, "ip link set eth0 up")
              + in(there, "ip addr add 192.0.2." + number + "/24 dev eth0")
              + in(there, "ip addr add fd51::" + number + "/64 dev eth0 nodad")
              + in(there, "ip addr add fe80::" + number + "/64 dev eth0 nodad"));
    }
    try {
      LabShell.script(script.toString());
      await();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static String namespace(String name) {
    return "ip netns add "
        + name
        + "\nip -n "
        + name
        + " link set lo up\nip netns exec "
        + name
        + " sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0\n";
  }

  private static String in(String namespace, String command) {
    return command.replaceFirst("ip ", "ip -n " + namespace + " ") + "\n";
  }

  /** Until the kernel has noticed every carrier, which takes it up to a second. */
  private void await() throws IOException {
    for (int i = 0; i < 500; i++) {
      if (LabShell.run("ip", "-n", bridge(), "-o", "link", "show", "up", "master", "br0")
              .lines()
              .filter(line -> line.contains("state UP"))
              .count()
          == Host.values().length) {
        return;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    throw new IOException("no carrier in " + name);
  }

  /** A host's network namespace. */
  String name(Host host) {
    return name + host.number;
  }

  /** The bridge's network namespace. */
  String bridge() {
    return name + "b";
  }

  /**
   * What lets a program run on a host. Unlike {@code ip netns exec} it mounts nothing, for which
   * the kernel would keep everybody else waiting.
   */
  List<String> enter(Host host) {
    return List.of("nsenter", "--net=/run/netns/" + name(host));
  }

  /** What a command prints that runs on a host. */
  String in(Host host, String command) throws IOException {
    return LabShell.script(String.join(" ", enter(host)) + " " + command);
  }

  /** Pulls a host's cable, or plugs it in. */
  void cable(Host host, boolean plugged) throws IOException {
    LabShell.run("ip", "-n", bridge(), "link", "set", "p" + host.number, plugged ? "up" : "down");
  }

  /** Cuts a host off from everybody, or joins it again. Its link stays up. */
  void isolate(Host host, boolean isolated) throws IOException {
    String port = "p" + host.number;
    LabShell.script(in(bridge(), "ip link set " + port + (isolated ? " nomaster" : " master br0")));
  }

  /** Cuts the way between two hosts, or opens it. Each reaches all others. */
  void cut(boolean cut) throws IOException {
    for (Host host : new Host[] {Host.LOW, Host.HIGH}) {
      String state = " type bridge_slave isolated " + (cut ? "on" : "off");
      LabShell.script(in(bridge(), "ip link set p" + host.number + state));
    }
  }

  /** Lets a host hear no advertisement, or hear them again. */
  void deaf(Host host, boolean deaf) throws IOException {
    in(
        host,
        deaf
            ? "nft 'add table inet lab; add chain inet lab in { type filter hook input priority 0; };"
                + " add rule inet lab in meta l4proto { 51, 112 } drop'"
            : "nft delete table inet lab");
  }

  /** As it was when it was made, whatever has been left behind on it. */
  void clear() throws IOException {
    StringBuilder script = new StringBuilder();
    for (Host host : new Host[] {Host.LOW, Host.HIGH}) {
      String there = "ip -n " + name(host) + " ";
      script
          .append(String.join(" ", enter(host)) + " nft flush ruleset\n")
          .append("ip -n " + bridge() + " link set p" + host.number + " up\n")
          .append(there + "addr flush dev eth0 to 192.0.2.100\n")
          .append(there + "-6 addr flush dev eth0 to fd51::100\n")
          .append(there + "-6 addr flush dev eth0 to fe80::100\n");
    }
    LabShell.script(script.toString());
    await();
  }

  @Override
  public void close() throws IOException {
    remove();
    Runtime.getRuntime().removeShutdownHook(last);
  }

  /** With all that still runs there. */
  private void remove() {
    StringBuilder script = new StringBuilder();
    for (Host host : Host.values()) {
      script
          .append("ip netns pids " + name(host) + " | xargs -r kill -9\n")
          .append("ip netns delete " + name(host) + "\n");
    }
    try {
      LabShell.run("sh", "-c", script + "ip netns delete " + bridge());
    } catch (IOException e) {
      System.out.println("left behind: " + e.getMessage());
    }
  }
}
