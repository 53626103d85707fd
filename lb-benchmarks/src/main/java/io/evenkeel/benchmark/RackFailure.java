package io.evenkeel.benchmark;

import io.evenkeel.Director;
import io.evenkeel.Event;
import io.evenkeel.check.HttpCheck;
import io.evenkeel.check.TcpCheck;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.evenkeel.proxy.TcpProxy;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a director does when a rack dies: of many real servers, each an address of its own, some are
 * killed at once and refuse from then on, while clients come through the proxy, and a caller in
 * process chooses for itself. Then they are started again. Prints, of several rounds, the median
 * and the worst of what {@link RackFailureRound} names.
 *
 * <p>The servers that stay, those that die and the clients are processes of their own, so that the
 * processor time is the director's; the caller's is in it. The proxy and the caller have a service
 * each, with checks that differ a little: else they were shared, and what one sees of a server
 * would help the other.
 */
public final class RackFailure {
  private static final String PROXY_HOST = "127.255.0.1";
  private static final String CALLER_HOST = "127.255.0.2";
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);
  private static final long SETTLED_MILLIS = 1000;

  private final RackFailureOptions options;
  private final List<Integer> stayingIndexes;
  private final List<Integer> dyingIndexes;
  private final Process staying;
  private Process dying;
  private final int port;
  private final Set<Endpoint> dyingEndpoints;
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();
  private final Set<Destination> destinations = ConcurrentHashMap.newKeySet();
  private final Director director;
  private final RackFailureDispatch caller;

  private RackFailure(RackFailureOptions options) throws IOException, InterruptedException {
    this.options = options;
    Set<Integer> chosen = chosen(options);
    dyingIndexes = chosen.stream().sorted().toList();
    stayingIndexes =
        IntStream.range(0, options.servers).filter(i -> !chosen.contains(i)).boxed().toList();
    staying = servers(0, stayingIndexes);
    port = portOf(staying);
    dyingEndpoints =
        dyingIndexes.stream()
            .map(i -> CheckLoadRun.endpoint(i, port))
            .collect(Collectors.toUnmodifiableSet());
    dying = servers(port, dyingIndexes);
    portOf(dying);
    director = director();
    director.start();
    director.ready().join();
    caller =
        RackFailureDispatch.start(
            director.dispatcher(key(CALLER_HOST)),
            dyingEndpoints,
            options.dispatches,
            options.open);
  }

  /**
   * Measures.
   *
   * @param args options, see {@code --help}
   * @throws Exception if a process cannot be started, a server does not go or come back, or the
   *     thread is interrupted
   */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.println(RackFailureOptions.USAGE);
      return;
    }
    RackFailureOptions options;
    try {
      options = RackFailureOptions.of(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    System.out.println(options);
    List<RackFailureRound> rounds = measure(options);
    rounds.forEach(System.out::println);
    System.out.println();
    System.out.print(RackFailureRound.table(rounds));
  }

  static List<RackFailureRound> measure(RackFailureOptions options)
      throws IOException, InterruptedException {
    RackFailure rack = new RackFailure(options);
    try {
      List<RackFailureRound> rounds = new ArrayList<>();
      for (int i = 0; i < options.rounds; i++) {
        rounds.add(rack.round());
      }
      return rounds;
    } finally {
      rack.end();
    }
  }

  private static Set<Integer> chosen(RackFailureOptions options) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < options.servers; i++) {
      boolean isCandidate =
          switch (options.dead) {
            case RANDOM -> true;
            case FIRST -> i < options.kill;
            case LAST -> i >= options.servers - options.kill;
            case EVEN ->
                i * options.kill / options.servers < (i + 1) * options.kill / options.servers;
          };
      if (isCandidate) {
        all.add(i);
      }
    }
    Collections.shuffle(all, new Random(Pool.SEED));
    return new HashSet<>(all.subList(0, options.kill));
  }

  private static Process servers(int port, List<Integer> indexes) throws IOException {
    String all = indexes.stream().map(String::valueOf).collect(Collectors.joining(","));
    return CheckLoad.java(CheckLoadServer.class, List.of("" + port, all));
  }

  private static int portOf(Process server) throws IOException {
    BufferedReader said = server.inputReader(StandardCharsets.US_ASCII);
    String line = said.readLine();
    if (line == null) {
      throw new IOException("servers did not start");
    }
    return Integer.parseInt(line);
  }

  private ServiceKey key(String host) {
    return ServiceKey.tcp(host + ":" + port);
  }

  private Director director() {
    Scheduler original = Schedulers.named(options.scheduler).orElseThrow();
    HealthCheck check = options.check.equals("tcp") ? TcpCheck.create() : HttpCheck.get("/");
    CheckSpec spec =
        CheckSpec.of(check)
            .every(Duration.ofMillis(options.everyMillis), Duration.ofMillis(options.retryMillis))
            .counts(1, options.fall);
    // Under its own name, the scheduler hands over what it was given.
    return Director.builder()
        .scheduler(
            options.scheduler,
            (list, previous) -> {
              for (int i = 0; i < list.size(); i++) {
                destinations.add(list.get(i));
              }
              return original.selector(list, previous);
            })
        .service(service(PROXY_HOST, spec))
        .service(service(CALLER_HOST, spec.warmup(spec.timing().interval().plusMillis(1))))
        .dataPlane(TcpProxy.builder().connectAttempts(options.attempts).build())
        .listener(events::add)
        .build();
  }

  private VirtualService service(String host, CheckSpec spec) {
    VirtualService.Builder service =
        VirtualService.tcp(host + ":" + port).scheduler(options.scheduler);
    for (int i = 0; i < options.servers; i++) {
      service.realServer(RealServer.of(CheckLoadRun.endpoint(i, port)).withChecks(spec));
    }
    return service.build();
  }

  private RackFailureRound round() throws IOException, InterruptedException {
    List<Destination> proxied =
        destinations.stream().filter(d -> d.service().equals(key(PROXY_HOST))).toList();
    List<Destination> watched =
        proxied.stream().filter(d -> dyingEndpoints.contains(d.endpoint())).toList();
    final long connectsAtStart = sum(proxied, Destination::connects);
    RackFailureWatch watch = RackFailureWatch.start(watched);
    Process clients =
        CheckLoad.java(RackFailureClients.class, List.of(PROXY_HOST, "" + port, "" + options.rate));
    try {
      // A process takes its time to start; nobody would be there to meet dead servers.
      await("clients connect", () -> sum(proxied, Destination::connects) > connectsAtStart);
      TimeUnit.SECONDS.sleep(options.seconds);
      events.clear();
      final long deadBefore = caller.deadDispatches();
      final long connectsBefore = sum(watched, Destination::connects);
      final long activeBefore = sum(watched, Destination::active);
      final Instant killed = Instant.now();
      final long killedNanos = System.nanoTime();
      dying.destroyForcibly();
      caller.dead(true);
      dying.waitFor();
      final long goneNanos = System.nanoTime();
      await("all are down", () -> count(Event.Kind.SERVER_DOWN) >= 2L * options.kill);
      final double downMillis = millisOfLast(killed, Event.Kind.SERVER_DOWN);
      final double outMillis = millisUntilOut(killed);
      TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);
      final long activeAtKill = activeBefore + sum(watched, Destination::connects) - connectsBefore;
      watch.end();
      final long lastDispatchNanos = caller.lastNanos();
      final long deadDispatches = caller.deadDispatches() - deadBefore;

      // Before one of them is found to be up: until then nobody is sent there.
      caller.dead(false);
      dying = servers(port, dyingIndexes);
      portOf(dying);
      final Instant started = Instant.now();
      await("all are up", () -> count(Event.Kind.SERVER_UP) >= 2L * options.kill && areUp());
      final double upMillis = millisOfLast(started, Event.Kind.SERVER_UP);
      TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);

      Answers answers = end(clients, killedNanos, goneNanos);
      // No more were cut than were connected to a server that died; others were turned away.
      long cut = Math.min(answers.unansweredBefore, activeAtKill);
      return new RackFailureRound(
          deadDispatches == 0 ? 0 : (lastDispatchNanos - killedNanos) / 1e6,
          deadDispatches,
          watch.attempts() == 0 ? 0 : (watch.lastAttemptNanos() - killedNanos) / 1e6,
          watch.attempts(),
          answers.connections,
          answers.unanswered - cut,
          cut,
          outMillis,
          downMillis,
          watch.processorsUntil(killedNanos),
          watch.peakFrom(killedNanos),
          upMillis);
    } finally {
      watch.end();
      clients.destroyForcibly();
    }
  }

  /**
   * What clients say.
   *
   * @param connections how many they began
   * @param unanswered how many of those got no answer
   * @param unansweredBefore how many of those were begun before the servers were gone
   */
  private record Answers(long connections, long unanswered, long unansweredBefore) {}

  private static Answers end(Process clients, long killedNanos, long goneNanos) throws IOException {
    clients.getOutputStream().close();
    long unanswered = 0;
    long before = 0;
    double lastMillis = Double.NEGATIVE_INFINITY;
    Map<String, Integer> reasons = new HashMap<>();
    try (BufferedReader said = clients.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("connections")) {
          if (!reasons.isEmpty()) {
            System.err.printf(
                Locale.ROOT,
                "no answer to clients, of which the last began %.1f ms from the kill: %s%n",
                lastMillis,
                reasons);
          }
          return new Answers(Long.parseLong(words[1]), unanswered, before);
        }
        unanswered++;
        // One clock for all processes of a machine.
        long beganNanos = Long.parseLong(words[1]);
        before += beganNanos - goneNanos < 0 ? 1 : 0;
        lastMillis = Math.max(lastMillis, (beganNanos - killedNanos) / 1e6);
        reasons.merge(words[2], 1, Integer::sum);
      }
    }
    throw new IOException("the clients ended early");
  }

  private interface Counter {
    long of(Destination destination);
  }

  private static long sum(List<Destination> all, Counter counter) {
    return all.stream().mapToLong(counter::of).sum();
  }

  private static void await(String what, BooleanSupplier condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("not within " + LONGEST_WAIT + ": " + what);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private boolean isOfTheRack(Event event) {
    return event.server() != null && dyingEndpoints.contains(event.server());
  }

  private long count(Event.Kind kind) {
    return events.stream().filter(e -> e.kind() == kind && isOfTheRack(e)).count();
  }

  private boolean areUp() {
    return director.status().stream()
        .allMatch(s -> s.state() == ServerState.UP && s.effectiveWeight() > 0);
  }

  private double millisOfLast(Instant from, Event.Kind kind) {
    return events.stream()
        .filter(e -> e.kind() == kind && isOfTheRack(e))
        .mapToDouble(e -> millis(from, e))
        .max()
        .orElseThrow();
  }

  private double millisUntilOut(Instant from) {
    Map<String, Double> out = new HashMap<>();
    for (Event event : events) {
      boolean isOut =
          event.kind() == Event.Kind.SERVER_SUSPECT || event.kind() == Event.Kind.SERVER_DOWN;
      if (isOut && isOfTheRack(event)) {
        out.putIfAbsent(event.service() + " " + event.server(), millis(from, event));
      }
    }
    return Collections.max(out.values());
  }

  private static double millis(Instant from, Event event) {
    return Duration.between(from, event.at()).toNanos() / 1e6;
  }

  private void end() throws InterruptedException {
    caller.end();
    director.close(Duration.ZERO);
    dying.destroyForcibly().waitFor();
    staying.destroyForcibly().waitFor();
  }
}
