package io.evenkeel.lab;

import io.evenkeel.lab.LabDirector.Listed;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Selector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one service in both worlds, in the kernel and in ours: each change is made to
 * both, in the same order. Also remembers what was done, to be shown when they differ.
 */
final class LabServers {
  private static final int[] FACTORS = {1, 2, 5, 12, 30};
  private static final int MOST = 8;
  private static final long SETTLE_NANOS = 3_000_000_000L;

  /** One in both worlds; it keeps its connections when it is removed. */
  static final class Server {
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

  private final LabDirector director;
  private final String service;
  private final String key;
  private final int port;
  private final Scheduler scheduler;
  private final Supplier<String> addresses;
  private final SplittableRandom random;
  private final Map<String, Server> known = new HashMap<>();
  private final List<Server> present = new ArrayList<>();
  private final Deque<String> lately = new ArrayDeque<>();
  private Destinations list = Destinations.empty();
  private Selector selector;
  private int factor = 1;
  private int edits;
  private @Nullable String failure;

  /**
   * Those of a service that the kernel has already.
   *
   * @param service how ipvsadm names it
   * @param key how /proc/net/ip_vs names it
   * @param port of the servers; 0: that which the client asked for
   * @param addresses of new servers
   */
  LabServers(
      LabDirector director,
      String service,
      String key,
      int port,
      Scheduler scheduler,
      Supplier<String> addresses,
      SplittableRandom random) {
    this.director = director;
    this.service = service;
    this.key = key;
    this.port = port;
    this.scheduler = scheduler;
    this.addresses = addresses;
    this.random = random;
    this.selector = scheduler.selector(list, null);
  }

  /** What chooses in ours. */
  Selector selector() {
    return selector;
  }

  List<Server> present() {
    return present;
  }

  int edits() {
    return edits;
  }

  Server any() {
    return present.get(random.nextInt(present.size()));
  }

  /** A new one, or one that was removed. */
  void add() throws IOException {
    if (present.size() == MOST) {
      return;
    }
    Server server = known(unusedAddress());
    server.weight = weight();
    server.upper = 0;
    server.lower = 0;
    add(server);
  }

  void add(Server server) throws IOException {
    present.add(server);
    edit("-a", server);
  }

  private String unusedAddress() {
    List<String> removed = new ArrayList<>(known.keySet());
    present.forEach(server -> removed.remove(server.address));
    removed.sort(null);
    if (!removed.isEmpty() && random.nextBoolean()) {
      return removed.get(random.nextInt(removed.size()));
    }
    while (true) {
      String address = addresses.get();
      if (present.stream().noneMatch(server -> server.address.equals(address))) {
        return address;
      }
    }
  }

  /** The one with an address, as it was left. */
  Server known(String serverAddress) {
    return known.computeIfAbsent(
        serverAddress,
        address ->
            new Server(
                address,
                new Destination(
                    ServiceKey.tcp("10.2.0.1:" + LabServer.PORT),
                    new Endpoint(address, LabServer.PORT),
                    new InetSocketAddress(address, LabServer.PORT),
                    suspended -> {})));
  }

  void remove() throws IOException {
    remove(any());
  }

  void remove(Server server) throws IOException {
    present.remove(server);
    note("remove " + server.address);
    director.run("ipvsadm -d " + service + " -r " + real(server));
    server.cell.weight(-1);
    changed();
  }

  void weigh() throws IOException {
    Server server = any();
    server.weight = weight();
    edit(server);
  }

  void limit() throws IOException {
    Server server = any();
    server.upper = random.nextInt(3) == 0 ? 0 : random.nextInt(1, random.nextBoolean() ? 10 : 60);
    server.lower = random.nextBoolean() ? 0 : random.nextInt(server.upper + 1);
    edit(server);
  }

  /** Gives the kernel a server's weight and thresholds, and then ours the same. */
  void edit(Server server) throws IOException {
    edit("-e", server);
  }

  private void edit(String how, Server server) throws IOException {
    String command =
        String.format(
            "ipvsadm %s %s -r %s -m -w %d -x %d -y %d",
            how, service, real(server), server.weight, server.upper, server.lower);
    note(command);
    director.run(command);
    server.cell.thresholds(server.upper, server.lower);
    server.cell.weight(server.weight);
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

  private String real(Server server) {
    String host = server.address.indexOf(':') < 0 ? server.address : "[" + server.address + "]";
    return host + ":" + port;
  }

  /** Waits until the kernel has the same servers, weights and connections in the same order. */
  void compareLoads() throws IOException, InterruptedException {
    if (failed()) {
      return;
    }
    List<Listed> ours = ours();
    long start = System.nanoTime();
    List<Listed> kernel = director.services().get(key);
    while (!ours.equals(kernel)) {
      if (System.nanoTime() - start > SETTLE_NANOS) {
        fail("the kernel has " + kernel + ", we " + ours);
        return;
      }
      Thread.sleep(1);
      kernel = director.services().get(key);
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

  void note(String event) {
    lately.add(event);
    if (lately.size() > 40) {
      lately.remove();
    }
  }

  void fail(String what) {
    if (failure == null) {
      failure = what + "\n    " + ours() + "\n    after\n    " + String.join("\n    ", lately);
    }
  }

  boolean failed() {
    return failure != null;
  }

  /** Nothing, or after a colon how the two differed first. */
  String failure() {
    return failure == null ? "" : ": " + failure;
  }
}
