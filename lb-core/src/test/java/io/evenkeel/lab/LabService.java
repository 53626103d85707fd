package io.evenkeel.lab;

import io.evenkeel.lab.LabNetwork.Listed;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Selector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One scheduler at work twice, in the kernel and in ours, with the same servers, connections and
 * changes in the same order.
 */
final class LabService {
  private static final int[] FACTORS = {1, 2, 5, 12, 30};
  private static final int SERVERS = 8;
  private static final Set<String> COUNTS_INACTIVE = Set.of("lc", "wlc", "lblc", "lblcr");
  private static final int CONNECT_MILLIS = 10_000;
  private static final long SETTLE_NANOS = 3_000_000_000L;

  /** Which server it was, in both worlds; it keeps its connections when it is removed. */
  private static final class Server {
    final String address;
    final Destination cell;
    int weight;
    int upper;
    int lower;

    Server(String address, Destination cell) {
      this.address = address;
      this.cell = cell;
    }
  }

  private record Connection(Socket socket, Server server, Assignment assignment) {}

  private final int index;
  private final String name;
  private final boolean byMark;
  private final LabNetwork network;
  private final SplittableRandom random;
  private final Scheduler scheduler;
  private final Map<String, Server> known = new HashMap<>();
  private final List<Server> present = new ArrayList<>();
  private final List<Connection> open = new ArrayList<>();
  private final Deque<List<Connection>> closed = new ArrayDeque<>();
  private final Deque<String> lately = new ArrayDeque<>();
  private final Flow flow = new Flow();
  private final InetAddress[] virtualAddresses;
  private Destinations list = Destinations.empty();
  private Selector selector;
  private int factor = 1;
  private int clientPort = 1024;
  private boolean crowded;
  private int flows;
  private int agreed;
  private int refused;
  private int edits;
  private @Nullable String failure;

  /**
   * Sets the service up in the kernel.
   *
   * @param index 0..31, one of its own for each service
   * @param name of the scheduler and after a colon its flags, as in {@code sh:sh-port,sh-fallback}
   */
  LabService(LabNetwork network, int index, String name, Scheduler scheduler, long seed)
      throws IOException {
    this.network = network;
    this.index = index;
    this.name = name;
    this.scheduler = scheduler;
    this.random = new SplittableRandom(seed + index);
    this.selector = scheduler.selector(list, null);
    this.byMark = name.equals("dh") || name.startsWith("lblc");
    // These go by the address that the client asked for: a service with many of them has a mark.
    this.virtualAddresses = new InetAddress[byMark ? name.equals("dh") ? 400 : 40 : 1];
    for (int i = 0; i < virtualAddresses.length; i++) {
      virtualAddresses[i] =
          InetAddress.getByName(
              byMark
                  ? "10." + (32 + index) + "." + random.nextInt(256) + "." + random.nextInt(256)
                  : "10.2.0." + (index + 1));
    }
    String[] nameAndFlags = name.split(":", 2);
    network.run(
        "ipvsadm -A "
            + service()
            + " -s "
            + nameAndFlags[0]
            + (nameAndFlags.length > 1 ? " -b " + nameAndFlags[1] : ""));
    if (byMark) {
      network.run(
          "iptables-legacy -t mangle -A PREROUTING -d 10."
              + (32 + index)
              + ".0.0/16 -j MARK --set-mark "
              + mark());
    }
    for (int i = 0; i < 4; i++) {
      add();
    }
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
        + edits
        + " edits)"
        + (failure == null ? "" : ": " + failure);
  }

  int flows() {
    return flows;
  }

  boolean failed() {
    return failure != null;
  }

  /** One change or one flow. */
  void step() throws IOException, InterruptedException {
    if (failed()) {
      return;
    }
    int die = random.nextInt(1000);
    if (die < 15 || present.isEmpty()) {
      add();
    } else if (die < 25) {
      remove();
    } else if (die < 55) {
      weigh();
    } else if (die < 70) {
      limit();
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
    if (failed() || present.isEmpty() || !COUNTS_INACTIVE.contains(name)) {
      return;
    }
    Server only = any();
    Map<Server, Integer> weights = new LinkedHashMap<>();
    for (Server server : present) {
      weights.put(server, server.weight);
      server.weight = server == only ? 1 : 0;
      server.upper = 0;
      server.lower = 0;
      edit("-e", server);
    }
    int count = random.nextInt(250, 262);
    for (int i = 0; i < count && connect(); i++) {}
    for (Map.Entry<Server, Integer> entry : weights.entrySet()) {
      entry.getKey().weight = Math.max(entry.getValue(), 1);
      edit("-e", entry.getKey());
    }
    crowded = true;
  }

  private void add() throws IOException {
    if (present.size() == SERVERS) {
      return;
    }
    Server server = known(serverAddress());
    server.weight = weight();
    server.upper = 0;
    server.lower = 0;
    present.add(server);
    edit("-a", server);
  }

  /** A new one, or one that was removed. */
  private String serverAddress() {
    List<String> removed = new ArrayList<>(known.keySet());
    present.forEach(server -> removed.remove(server.address));
    removed.sort(null);
    if (!removed.isEmpty() && random.nextBoolean()) {
      return removed.get(random.nextInt(removed.size()));
    }
    while (true) {
      String address = "10.3." + random.nextInt(256) + "." + random.nextInt(256);
      if (!known.containsKey(address)) {
        return address;
      }
    }
  }

  private Server known(String serverAddress) {
    return known.computeIfAbsent(
        serverAddress,
        address ->
            new Server(
                address,
                new Destination(
                    ServiceKey.tcp("10.2.0." + (index + 1) + ":" + LabServer.PORT),
                    new Endpoint(address, LabServer.PORT),
                    new InetSocketAddress(address, LabServer.PORT),
                    suspended -> {})));
  }

  private void remove() throws IOException {
    Server server = any();
    present.remove(server);
    note("remove " + server.address);
    network.run("ipvsadm -d " + service() + " -r " + real(server));
    changed();
  }

  private void weigh() throws IOException {
    Server server = any();
    server.weight = weight();
    edit("-e", server);
  }

  private void limit() throws IOException {
    Server server = any();
    server.upper = random.nextInt(3) == 0 ? 0 : random.nextInt(1, random.nextBoolean() ? 10 : 60);
    server.lower = random.nextBoolean() ? 0 : random.nextInt(server.upper + 1);
    edit("-e", server);
  }

  /** Gives the kernel a server's weight and thresholds, and then ours the same. */
  private void edit(String how, Server server) throws IOException {
    String command =
        String.format(
            "ipvsadm %s %s -r %s -m -w %d -x %d -y %d",
            how, service(), real(server), server.weight, server.upper, server.lower);
    note(command);
    network.run(command);
    server.cell.thresholds(server.upper, server.lower);
    changed();
  }

  private void changed() {
    Map<Destination, Integer> weights = new LinkedHashMap<>();
    present.forEach(server -> weights.put(server.cell, server.weight));
    list = list.with(weights);
    selector = scheduler.selector(list, selector);
    selector.begin();
    edits++;
  }

  private int weight() {
    if (random.nextInt(20) == 0) {
      factor = FACTORS[random.nextInt(FACTORS.length)];
    }
    return random.nextInt(7) == 0 ? 0 : factor * random.nextInt(1, 10);
  }

  private Server any() {
    return present.get(random.nextInt(present.size()));
  }

  /** False if the two have chosen differently. */
  private boolean connect() throws IOException, InterruptedException {
    InetAddress client =
        InetAddress.getByName("10.1." + random.nextInt(256) + "." + random.nextInt(256));
    Socket socket = boundTo(client);
    InetSocketAddress from = (InetSocketAddress) socket.getLocalSocketAddress();
    InetAddress virtual = virtualAddresses[random.nextInt(virtualAddresses.length)];
    InetSocketAddress to = new InetSocketAddress(virtual, LabServer.PORT);

    flow.client(from).destination(to).mark(byMark ? mark() : 0);
    Destination ours = selector.select(flow, System.nanoTime());
    String chosenByUs = ours == null ? "nobody" : ours.endpoint().host();

    String chosenByKernel;
    try {
      socket.setSoLinger(true, 0);
      socket.connect(to, CONNECT_MILLIS);
      chosenByKernel =
          InetAddress.getByAddress(socket.getInputStream().readNBytes(4)).getHostAddress();
    } catch (ConnectException e) {
      socket.close();
      chosenByKernel = "nobody";
      refused++;
    }
    String event = from + " to " + to + ": kernel " + chosenByKernel + ", ours " + chosenByUs;
    note(event);
    if (!chosenByKernel.equals(chosenByUs)) {
      fail(event);
      return false;
    }
    if (ours != null) {
      Assignment assignment = new Assignment();
      assignment.assign(ours, System.nanoTime());
      // The kernel counts it as active from the first SYN on.
      assignment.established();
      open.add(new Connection(socket, known(chosenByKernel), assignment));
    }
    compareLoads();
    return true;
  }

  /** Each address and port only once, lest a connection of before be found. */
  private Socket boundTo(InetAddress client) throws IOException {
    while (true) {
      Socket socket = new Socket();
      try {
        socket.bind(new InetSocketAddress(client, clientPort++));
        return socket;
      } catch (BindException e) {
        // Another service's client has it.
        socket.close();
      }
    }
  }

  /** Ends some connections with a reset. */
  void closeSome() {
    int percent = crowded ? 100 : 20 * random.nextInt(1, 6);
    crowded = false;
    List<Connection> ended = new ArrayList<>();
    for (Connection connection : List.copyOf(open)) {
      // Of a server that is not there the kernel drops all packets, the reset too.
      if (present.contains(connection.server) && random.nextInt(100) < percent) {
        try {
          connection.socket.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        connection.assignment.closing();
        open.remove(connection);
        ended.add(connection);
      }
    }
    closed.add(ended);
    note(ended.size() + " closed");
  }

  /** The kernel has forgotten the connections that were closed first, or is about to. */
  void forgetOldest() {
    List<Connection> oldest = closed.remove();
    oldest.forEach(connection -> connection.assignment.release(Outcome.SUCCESS));
    note(oldest.size() + " forgotten");
  }

  /** Waits until the kernel has the same servers, weights and connections in the same order. */
  void compareLoads() throws IOException, InterruptedException {
    if (failed()) {
      return;
    }
    List<Listed> ours = ours();
    long start = System.nanoTime();
    List<Listed> kernel = network.services().get(key());
    while (!ours.equals(kernel)) {
      if (System.nanoTime() - start > SETTLE_NANOS) {
        fail("the kernel has " + kernel + ", we " + ours);
        return;
      }
      Thread.sleep(1);
      kernel = network.services().get(key());
    }
  }

  private List<Listed> ours() {
    List<Listed> servers = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      Destination cell = list.get(i);
      servers.add(
          new Listed(cell.endpoint().host(), list.weight(i), cell.active(), cell.inactive()));
    }
    return servers;
  }

  private void fail(String what) {
    failure = what + "\n    " + ours() + "\n    after\n    " + String.join("\n    ", lately);
  }

  private void note(String event) {
    lately.add(event);
    if (lately.size() > 40) {
      lately.remove();
    }
  }

  private String service() {
    return byMark ? "-f " + mark() : "-t " + virtualAddresses[0].getHostAddress() + ":80";
  }

  private String real(Server server) {
    return server.address + (byMark ? ":0" : ":80");
  }

  /** How /proc/net/ip_vs names it. */
  private String key() {
    return byMark
        ? String.format("%08X", mark())
        : String.format("%08X:0050", virtualAddresses[0].hashCode());
  }

  private int mark() {
    return index + 1;
  }
}
