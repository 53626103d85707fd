package io.evenkeel.lab;

import io.evenkeel.lab.LabServers.Server;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Schedulers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One scheduler at work twice, in the kernel and in ours, with the same servers, connections and
 * changes in the same order.
 */
final class LabService {
  private static final String IPV6 = "/ipv6";
  private static final Set<String> COUNTS_INACTIVE = Set.of("lc", "wlc", "lblc", "lblcr");

  private record Connection(LabClient client, Server server, Assignment assignment) {}

  private final int index;
  private final String name;
  private final boolean ipv6;
  private final boolean byMark;
  private final SplittableRandom random;
  private final LabServers servers;
  private final List<Connection> open = new ArrayList<>();
  private final Deque<List<Connection>> closed = new ArrayDeque<>();
  private final Flow flow = new Flow();
  private final InetAddress[] virtualAddresses;
  private int clientPort = 1024;
  private boolean crowded;
  private int flows;
  private int agreed;
  private int refused;

  /**
   * Sets the service up in the kernel.
   *
   * @param index 0..31, one of its own for each service
   * @param name of the scheduler, after a colon its flags, and at last {@code /ipv6} if it is to be
   *     for such clients and servers, as in {@code sh:sh-port/ipv6}
   */
  LabService(LabDirector director, int index, String name, long seed) throws IOException {
    this.index = index;
    this.name = name;
    this.random = new SplittableRandom(seed + index);
    this.ipv6 = name.endsWith(IPV6);
    String scheduler = ipv6 ? name.substring(0, name.length() - IPV6.length()) : name;
    this.byMark = scheduler.equals("dh") || scheduler.startsWith("lblc");
    // These go by the address that the client asked for: a service with many of them has a mark.
    this.virtualAddresses = new InetAddress[byMark ? scheduler.equals("dh") ? 400 : 40 : 1];
    for (int i = 0; i < virtualAddresses.length; i++) {
      virtualAddresses[i] =
          InetAddress.getByName(
              byMark
                  ? "10." + (32 + index) + "." + random.nextInt(256) + "." + random.nextInt(256)
                  : ipv6 ? "fd02::" + (index + 1) : "10.2.0." + (index + 1));
    }
    String only = virtualAddresses[0].getHostAddress();
    String service = byMark ? "-f " + mark() : "-t " + (ipv6 ? "[" + only + "]" : only) + ":80";
    String[] nameAndFlags = scheduler.split(":", 2);
    director.run(
        "ipvsadm -A "
            + service
            + " -s "
            + nameAndFlags[0]
            + (nameAndFlags.length > 1 ? " -b " + nameAndFlags[1] : ""));
    if (byMark) {
      director.run(
          "iptables-legacy -t mangle -A PREROUTING -d 10."
              + (32 + index)
              + ".0.0/16 -j MARK --set-mark "
              + mark());
    }
    this.servers =
        new LabServers(
            director,
            service,
            key(),
            byMark ? 0 : LabServer.PORT,
            Schedulers.named(scheduler).orElseThrow(),
            () -> address(3),
            random);
    for (int i = 0; i < 4; i++) {
      servers.add();
    }
  }

  /** Whether it is a name that the constructor takes. */
  static boolean isName(String name) {
    return Schedulers.named(name.replace(IPV6, "")).isPresent();
  }

  /** As in {@code wlc: 2000 of 2000}. */
  String result() {
    return name
        + ": "
        + agreed
        + " of "
        + flows
        + " ("
        + refused
        + " refused, "
        + servers.edits()
        + " edits)"
        + servers.failure();
  }

  String name() {
    return name;
  }

  int flows() {
    return flows;
  }

  boolean failed() {
    return servers.failed();
  }

  /** One change or one flow. */
  void step() throws IOException, InterruptedException {
    if (failed()) {
      return;
    }
    int die = random.nextInt(1000);
    if (die < 15 || servers.present().isEmpty()) {
      servers.add();
    } else if (die < 25) {
      servers.remove();
    } else if (die < 55) {
      servers.weigh();
    } else if (die < 70) {
      servers.limit();
    } else {
      flows++;
      if (connect()) {
        agreed++;
      }
    }
  }

  /**
   * Opens about 256 connections to one server, of which {@link #closeSome} closes all: as many
   * inactive ones weigh as much as an active one. Not counted as flows: nobody else can be chosen.
   */
  void crowd() throws IOException, InterruptedException {
    if (failed() || servers.present().isEmpty() || !COUNTS_INACTIVE.contains(name)) {
      return;
    }
    Server only = servers.any();
    Map<Server, Integer> weights = new LinkedHashMap<>();
    for (Server server : servers.present()) {
      weights.put(server, server.weight);
      server.weight = server == only ? 1 : 0;
      server.upper = 0;
      server.lower = 0;
      servers.edit(server);
    }
    int count = random.nextInt(250, 262);
    for (int i = 0; i < count && connect(); i++) {}
    for (Map.Entry<Server, Integer> entry : weights.entrySet()) {
      entry.getKey().weight = Math.max(entry.getValue(), 1);
      servers.edit(entry.getKey());
    }
    crowded = true;
  }

  /** False if the two have chosen differently. */
  private boolean connect() throws IOException, InterruptedException {
    InetSocketAddress from = null;
    LabClient client = null;
    InetAddress address = InetAddress.getByName(address(1));
    while (client == null) {
      // Each address and port only once, lest a connection of before be found.
      from = new InetSocketAddress(address, clientPort++);
      client = LabClient.at(address, from.getPort(), false);
    }
    InetAddress virtual = virtualAddresses[random.nextInt(virtualAddresses.length)];
    InetSocketAddress to = new InetSocketAddress(virtual, LabServer.PORT);

    flow.client(from).destination(to);
    Destination ours = servers.selector().select(flow, System.nanoTime());
    String chosenByUs = ours == null ? "nobody" : ours.endpoint().host();

    String server = client.ask(to, ours == null);
    if (server == null) {
      client.close();
      refused++;
    }
    String chosenByKernel = server == null ? "nobody" : server;
    String event = from + " to " + to + ": kernel " + chosenByKernel + ", ours " + chosenByUs;
    servers.note(event);
    if (!chosenByKernel.equals(chosenByUs)) {
      servers.fail(event);
      return false;
    }
    if (ours != null) {
      Assignment assignment = new Assignment();
      assignment.assign(ours, System.nanoTime());
      // The kernel counts it as active from the first SYN on.
      assignment.established();
      open.add(new Connection(client, servers.known(chosenByKernel), assignment));
    }
    servers.compareLoads();
    return true;
  }

  /** Any address of a network that is named as in {@link LabNetwork}. */
  private String address(int network) {
    if (!ipv6) {
      return "10." + network + "." + random.nextInt(256) + "." + random.nextInt(256);
    }
    StringBuilder address = new StringBuilder("fd0" + network);
    for (int i = 0; i < 7; i++) {
      address.append(':').append(Integer.toHexString(random.nextInt(1 << 16)));
    }
    return address.toString();
  }

  /** Ends some connections with a reset. */
  void closeSome() {
    int percent = crowded ? 100 : 20 * random.nextInt(1, 6);
    crowded = false;
    List<Connection> ended = new ArrayList<>();
    for (Connection connection : List.copyOf(open)) {
      // Of a server that is not there the kernel drops all packets, the reset too.
      if (servers.present().contains(connection.server) && random.nextInt(100) < percent) {
        try {
          connection.client.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        connection.assignment.closing();
        open.remove(connection);
        ended.add(connection);
      }
    }
    closed.add(ended);
    servers.note(ended.size() + " closed");
  }

  /** The kernel has forgotten the connections that were closed first, or is about to. */
  void forgetOldest() {
    List<Connection> oldest = closed.remove();
    oldest.forEach(connection -> connection.assignment.release(Outcome.SUCCESS));
    servers.note(oldest.size() + " forgotten");
  }

  void compareLoads() throws IOException, InterruptedException {
    servers.compareLoads();
  }

  /** How /proc/net/ip_vs names it. */
  private String key() {
    if (byMark) {
      return String.format("%08X", mark());
    }
    return ipv6
        ? String.format("[fd02:0000:0000:0000:0000:0000:0000:%04x]:0050", index + 1)
        : String.format("%08X:0050", virtualAddresses[0].hashCode());
  }

  private int mark() {
    return index + 1;
  }
}
