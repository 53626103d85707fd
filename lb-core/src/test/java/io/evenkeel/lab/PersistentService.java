// Over 500 lines: one service, told twice, and what is compared of the two.
package io.evenkeel.lab;

import io.evenkeel.lab.LabDirector.Entry;
import io.evenkeel.lab.LabServers.Server;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.Protocol;
import io.evenkeel.persistence.Template;
import io.evenkeel.persistence.Templates;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Schedulers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One persistent service in the kernel and in ours, with the same servers, connections and changes:
 * who is chosen must be the same, and so must be the templates, where they lead and when they
 * expire.
 *
 * <p>The kernel's timers are late by up to an eighth of their time ({@code kernel/time/timer.c}: at
 * 100 ticks a second up to 80 ms of 3 s, 640 ms of 12 s, 5.12 s of 60 s). What ends by itself ends
 * later there, and a template that fires late and is held is later by as much from then on. While
 * the two may differ for that reason nothing is chosen that depends on it; else they must agree to
 * a quarter of a second. The kernel shows whole seconds, but at many different moments.
 */
final class PersistentService {
  private static final long SECOND = 1_000_000_000L;

  /** Until a connection that was reset is forgotten, and a datagram's (udp_timeout is set so). */
  private static final long RESET_NANOS = 10 * SECOND;

  static final int UDP_SECONDS = 1;

  /** How late a timer of that time is. */
  private static final long RESET_LATE_NANOS = 640_000_000L;

  private static final long REARM_NANOS = 60 * SECOND;

  /** How late a timer of 60 s is. */
  private static final long REARM_LATE_NANOS = 5_120_000_000L;

  /** How far the ticks that a guest counts time by are off on a busy machine. */
  private static final long SLACK_NANOS = 250_000_000L;

  /** A burst lasts so long at most, and none begins if something ends by itself within twice it. */
  private static final long BURST_NANOS = 200_000_000L;

  private static final class Connection {
    final LabClient client;
    final Server server;
    final Assignment assignment;

    /** Whose template holds it. */
    final String group;

    /** When the kernel will forget it, or a little later. */
    long endNanos = Long.MAX_VALUE;

    Connection(LabClient client, Server server, Assignment assignment, String group) {
      this.client = client;
      this.server = server;
      this.assignment = assignment;
      this.group = group;
    }
  }

  /** What is known of a client's template beside what the two say. */
  private static final class Known {
    long heldNanos;
    long skewNanos;
    long deadlineNanos;
    boolean rearmed;

    /** Whether its timer is about to fire, or has fired in one of the two. */
    boolean uncertain;
  }

  private record Ours(String server, long leftNanos) {}

  private final PersistentKind kind;
  private final LabDirector director;
  private final LabServers servers;
  private final SplittableRandom random;
  private final Templates templates;
  private final Flow flow = new Flow();
  private final List<String> clients = new ArrayList<>();
  private final Map<String, Connection> connections = new HashMap<>();
  private final Map<String, Known> known = new HashMap<>();
  private PersistenceSpec spec;

  /** When the connection that is released now has ended. */
  private long releaseNanos = System.nanoTime();

  private long observedNanos = System.nanoTime();
  private int nextServer;
  private int clientPort;
  private int bursts;
  private int flows;
  private int agreed;
  private int refused;
  private int compared;
  private int expired;
  private int rearmed;
  private int expiredRearmed;
  private int hitsAtWeight0;

  /** Sets the service up in the kernel. */
  PersistentService(LabDirector director, int index, PersistentKind kind, long seed)
      throws IOException {
    this.director = director;
    this.kind = kind;
    this.random = new SplittableRandom(seed + index);
    this.clientPort = 1024 + 8000 * index;
    this.spec =
        PersistenceSpec.perClient()
            .timeout(Duration.ofSeconds(kind.seconds()))
            .prefixes(kind.ipv6() ? 32 : kind.prefix(), kind.ipv6() ? kind.prefix() : 128);
    this.templates = new Templates(spec, () -> releaseNanos, null);
    for (int i = 0; i < 40; i++) {
      clients.add(clientAddress());
    }
    director.run("ipvsadm -A " + settings());
    this.servers =
        new LabServers(
            director,
            kind.service(),
            kind.key(),
            kind.port(),
            Schedulers.named(kind.scheduler()).orElseThrow(),
            this::serverAddress,
            random);
    for (int i = 0; i < 5; i++) {
      servers.add();
    }
  }

  private String clientAddress() {
    String last = (random.nextInt(24) + 1) + (kind.ipv6() ? "::" : ".") + random.nextInt(1, 255);
    return (kind.ipv6() ? "fd04:0:0:" : "10.4.") + last;
  }

  private String serverAddress() {
    nextServer++;
    return kind.ipv6()
        ? "fd03:0:0:0:0:0:0:" + nextServer
        : LabServer.OF_DATAGRAMS.get(nextServer % LabServer.OF_DATAGRAMS.size());
  }

  private String settings() {
    int bits = kind.ipv6() ? spec.ipv6Prefix() : spec.ipv4Prefix();
    String mask = kind.ipv6() ? Integer.toString(bits) : dotted(bits == 0 ? 0 : -1 << (32 - bits));
    return kind.service()
        + " -s "
        + kind.scheduler()
        + " -p "
        + spec.timeout().toSeconds()
        + " -M "
        + mask;
  }

  private static String dotted(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  String result() {
    return kind.name()
        + ": "
        + agreed
        + " of "
        + flows
        + " ("
        + refused
        + " refused, "
        + servers.edits()
        + " edits, "
        + templates.hits()
        + " by template, "
        + hitsAtWeight0
        + " of them to weight 0; "
        + compared
        + " times a template was the same, "
        + expired
        + " expired, "
        + rearmed
        + " re-armed, "
        + expiredRearmed
        + " of them expired)"
        + servers.failure();
  }

  int flows() {
    return flows;
  }

  boolean failed() {
    return servers.failed();
  }

  /** A run in which something never happened has compared nothing of it. */
  void requireAll() {
    require(compared, "was compared");
    require(expired, "expired");
    require(hitsAtWeight0, "led to weight 0");
    if (kind.rearmed()) {
      require(rearmed, "was re-armed");
    }
  }

  private void require(int times, String what) {
    if (times == 0) {
      servers.fail("no template " + what);
    }
  }

  /** What the kernel's expire_quiescent_template was set to. */
  void expireQuiescent(boolean value) {
    servers.note("expire_quiescent_template " + value);
    configure(spec.expireQuiescent(value));
  }

  private void configure(PersistenceSpec value) {
    spec = value;
    templates.configure(value);
  }

  /** Some changes and flows, unless something is about to end by itself. */
  void burst() throws IOException, InterruptedException {
    observe();
    long start = System.nanoTime();
    if (failed() || endsWithin(start)) {
      return;
    }
    servers.compareLoads();
    for (int i = 0; i < 24 && !failed() && System.nanoTime() - start < BURST_NANOS; i++) {
      step();
    }
    if (bursts++ % 3 == 0) {
      closeSome();
    }
  }

  private boolean endsWithin(long now) {
    return connections.values().stream()
        .anyMatch(
            c -> c.endNanos != Long.MAX_VALUE && c.endNanos - SLACK_NANOS - now < 2 * BURST_NANOS);
  }

  private void step() throws IOException, InterruptedException {
    int die = random.nextInt(100);
    if (die < 3 || servers.present().isEmpty()) {
      servers.add();
    } else if (die < 5) {
      servers.remove();
    } else if (die < 12) {
      Server server = servers.any();
      server.weight = random.nextInt(3) == 0 ? 0 : random.nextInt(1, 4);
      servers.edit(server);
    } else if (die < 16) {
      servers.limit();
    } else if (die < 17) {
      edit();
    } else {
      connect();
    }
  }

  /** Another timeout or mask from now on. */
  private void edit() throws IOException {
    if (random.nextBoolean()) {
      configure(spec.timeout(Duration.ofSeconds(kind.seconds() + random.nextInt(2))));
    } else if (!kind.ipv6() && kind.prefix() < 32) {
      configure(spec.prefixes(kind.prefix() + random.nextInt(2), 128));
    }
    servers.note("-E " + settings());
    director.run("ipvsadm -E " + settings());
  }

  private void connect() throws IOException, InterruptedException {
    Protocol protocol = kind.protocols().get(random.nextInt(kind.protocols().size()));
    boolean udp = protocol == Protocol.UDP;
    int who = Math.min(random.nextInt(clients.size()), random.nextInt(clients.size()));
    InetAddress address = InetAddress.getByName(clients.get(who));
    Known before = known.get(masked(address));
    if (before != null && before.uncertain) {
      return;
    }
    int port = udp ? LabServer.PORT : kind.ports().get(random.nextInt(kind.ports().size()));
    InetSocketAddress to =
        new InetSocketAddress(kind.virtual().get(random.nextInt(kind.virtual().size())), port);
    LabClient client = null;
    while (client == null) {
      client = LabClient.at(address, ++clientPort, udp);
    }
    InetSocketAddress from = new InetSocketAddress(address, clientPort);
    flows++;

    long now = System.nanoTime();
    flow.client(from).destination(to).protocol(protocol);
    // As Dispatcher does it.
    Template template = templates.find(flow, now);
    boolean hit = template != null;
    if (template == null) {
      Destination chosen = servers.selector().select(flow, now);
      if (chosen != null) {
        template = templates.tie(flow, chosen, now);
      }
    }
    String ours = template == null ? null : template.destination().endpoint().host();
    if (hit && template.destination().weight() == 0) {
      hitsAtWeight0++;
    }

    String kernel = client.ask(to, ours == null);
    String event =
        protocol
            + " "
            + from
            + " to "
            + to
            + ": kernel "
            + kernel
            + ", ours "
            + ours
            + (hit ? ", by template" : "");
    servers.note(event);
    if (kernel == null ? ours != null : !kernel.equals(ours)) {
      servers.fail(event);
      return;
    }
    agreed++;
    if (template == null || kernel == null) {
      client.close();
      refused++;
      return;
    }
    Assignment assignment = new Assignment();
    assignment.assign(template.destination(), now, template);
    Connection connection =
        new Connection(client, servers.known(kernel), assignment, masked(address));
    long after = System.nanoTime();
    if (udp) {
      client.close();
      connection.endNanos = now + UDP_SECONDS * SECOND;
    } else {
      assignment.established();
    }
    connections.put(key(address.getHostAddress(), clientPort), connection);
    Known tie = before == null || !hit ? new Known() : before;
    tie.heldNanos = now;
    tie.skewNanos = after - now;
    tie.deadlineNanos = now + spec.timeout().toNanos();
    known.put(masked(address), tie);
    // Another client in its place, lest every template be renewed for ever.
    if (random.nextInt(12) == 0) {
      clients.set(who, clientAddress());
    }
    servers.compareLoads();
  }

  /** Resets most connections, but not one in every sixth client's. */
  private void closeSome() throws IOException {
    for (Connection connection : connections.values()) {
      // Of a server that is not there the kernel drops all packets, the reset too.
      if (connection.endNanos == Long.MAX_VALUE
          && servers.present().contains(connection.server)
          && random.nextInt(6) != 0) {
        connection.endNanos = System.nanoTime() + RESET_NANOS;
        connection.client.close();
        connection.assignment.closing();
      }
    }
  }

  private static String key(String client, int port) {
    return client + " " + port;
  }

  /** The first address of the client's group. */
  private String masked(InetAddress address) throws IOException {
    byte[] bytes = address.getAddress();
    int bits = kind.ipv6() ? spec.ipv6Prefix() : spec.ipv4Prefix();
    for (int i = 0; i < bytes.length; i++) {
      int kept = Math.max(0, Math.min(8, bits - 8 * i));
      bytes[i] &= (byte) (0xff00 >> kept);
    }
    return InetAddress.getByAddress(bytes).getHostAddress();
  }

  /** Ends what the kernel has forgotten, and compares the templates. */
  void observe() throws IOException {
    if (failed()) {
      return;
    }
    long before = System.nanoTime();
    Set<String> alive = new HashSet<>();
    Map<String, Entry> theirs = new HashMap<>();
    for (Entry entry : director.entries().values()) {
      if (!entry.isTemplate()) {
        alive.add(key(entry.client(), entry.clientPort()));
      } else if (kind.template()
          .equals(entry.protocol() + " " + entry.virtual() + " " + entry.virtualPort())) {
        theirs.put(entry.client(), entry);
      }
    }
    long now = System.nanoTime();
    connections
        .entrySet()
        .removeIf(
            e -> {
              Connection connection = e.getValue();
              if (alive.contains(e.getKey())) {
                return false;
              }
              if (now < connection.endNanos - SLACK_NANOS) {
                servers.fail("the kernel has lost " + e.getKey());
              }
              release(connection, theirs.get(connection.group), now);
              return true;
            });
    observedNanos = before;
    Map<String, Ours> ours = new HashMap<>();
    templates.forEach(
        now,
        (client, template, leftNanos) ->
            ours.put(
                client.getHostAddress(),
                new Ours(template.destination().endpoint().host(), leftNanos)));
    Set<String> all = new HashSet<>(ours.keySet());
    all.addAll(theirs.keySet());
    all.addAll(known.keySet());
    for (String client : all) {
      compare(client, ours.get(client), theirs.get(client), before, now);
    }
  }

  /**
   * It is not known to the millisecond when the kernel forgot a connection. Where a template's
   * timer fired at about that time, the kernel says which was first: if it has set the timer again,
   * the timer.
   */
  private void release(Connection connection, @Nullable Entry template, long now) {
    if (template != null && template.seconds() > 0) {
      releaseNanos = Math.min(now, connection.endNanos + RESET_LATE_NANOS) + SLACK_NANOS;
    } else {
      Known tie = known.get(connection.group);
      long late = tie != null && tie.rearmed ? REARM_LATE_NANOS : kind.lateNanos();
      releaseNanos = Math.max(observedNanos, connection.endNanos) - late - SLACK_NANOS;
    }
    connection.assignment.release(Outcome.SUCCESS);
  }

  private void compare(
      String client, @Nullable Ours ours, @Nullable Entry theirs, long before, long now) {
    Known tie = known.get(client);
    if (tie == null) {
      servers.fail(client + " has a template: kernel " + theirs + ", ours " + ours);
      return;
    }
    if (ours == null && theirs == null) {
      known.remove(client);
      if (now - tie.deadlineNanos >= 0) {
        expired++;
        expiredRearmed += tie.rearmed ? 1 : 0;
      }
      return;
    }
    long sinceHeld = now - tie.heldNanos;
    long late =
        SLACK_NANOS
            + tie.skewNanos
            + (sinceHeld < kind.seconds() * SECOND ? 0 : kind.lateNanos())
            + (sinceHeld < REARM_NANOS ? 0 : REARM_LATE_NANOS);
    String difference = client + ": kernel " + theirs + ", ours " + ours + ", may be late " + late;
    tie.uncertain = true;
    if (ours == null) {
      if (now - tie.deadlineNanos > late) {
        servers.fail(difference);
      }
      return;
    }
    if (theirs == null) {
      if (ours.leftNanos > SLACK_NANOS) {
        servers.fail(difference);
      }
      return;
    }
    if (!ours.server.equals(theirs.server())) {
      servers.fail(difference);
      return;
    }
    boolean fired =
        theirs.seconds() == 0 && ours.leftNanos > REARM_NANOS - late && ours.leftNanos > 2 * SECOND;
    if (!fired) {
      long shown = theirs.seconds() * SECOND;
      if (shown > ours.leftNanos + (now - before) + late
          || shown + SECOND < ours.leftNanos - SLACK_NANOS) {
        servers.fail(difference);
        return;
      }
      compared++;
      if (ours.leftNanos > (kind.seconds() + 2) * SECOND && !tie.rearmed) {
        tie.rearmed = true;
        rearmed++;
      }
    }
    tie.uncertain = fired || ours.leftNanos < 2 * BURST_NANOS + SLACK_NANOS;
    tie.deadlineNanos = now + ours.leftNanos;
  }
}
