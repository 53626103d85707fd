package io.evenkeel.lab;

import io.evenkeel.Director;
import io.evenkeel.Event;
import io.evenkeel.check.HttpCheck;
import io.evenkeel.check.TcpCheck;
import io.evenkeel.model.CheckPlace;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.Probe;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Our checks beside keepalived's, of the same servers at the same time: to be run by {@code
 * dev/ipvs}, because keepalived's checkers need IPVS. Each server is killed and started again some
 * times. The moment of a kill is at a seeded phase of the checks of one of the two, in turn, and
 * the phases of one are spread evenly over its interval: so the medians of thirty say what those of
 * many thousands would. Prints a line for TCP and HTTP, and ends with status 1 if ours take longer
 * than theirs by more than a tenth of the interval, or another number of attempts.
 */
final class CheckerLab implements AutoCloseable {
  static final int KILLS = 30;

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(300);
  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private static final int RETRIES = 2;
  private static final int SERVERS = 10;
  private static final int PORT = 8001;

  /** The two that check, by the address that they come from. */
  enum Side {
    OURS("127.0.0.2"),
    KEEPALIVED("127.0.0.1");

    private final String address;

    Side(String address) {
      this.address = address;
    }
  }

  /** What is checked how, and where its servers are. */
  enum Kind {
    TCP("127.1.0.", "TCP_CHECK {"),
    HTTP("127.1.1.", "HTTP_GET { url { path /health }");

    private final String network;
    private final String keepalived;

    Kind(String network, String keepalived) {
      this.network = network;
      this.keepalived = keepalived;
    }

    Probe probe() {
      return this == TCP ? TcpCheck.create() : HttpCheck.get("/health");
    }

    /**
     * As often as keepalived checks a server that is down: over TCP it goes on with its retries,
     * over HTTP with its interval alone.
     */
    Duration downInterval() {
      return this == TCP
          ? INTERVAL.plus(RETRY.multipliedBy(RETRIES)).dividedBy(RETRIES + 1)
          : INTERVAL;
    }

    ServiceKey service() {
      return ServiceKey.tcp("10.9.0." + (ordinal() + 1) + ":80");
    }
  }

  private static final Pattern SYN =
      Pattern.compile("([0-9]+)\\.([0-9]{6}) IP ([0-9.]+)\\.[0-9]+ > ([0-9.]+)\\.[0-9]+: .*");
  private static final Pattern NEWS = Pattern.compile("RS \\[([0-9.]+)\\]:tcp:[0-9]+ .* (UP|DOWN)");

  private final Map<String, CheckedServer> servers = new TreeMap<>();
  private final Path directory = Files.createTempDirectory("checkers");
  private final List<Process> processes = new ArrayList<>();
  private final Director director;
  private volatile boolean closing;

  private CheckerLab() throws IOException, InterruptedException {
    for (Kind kind : Kind.values()) {
      for (int i = 1; i <= SERVERS; i++) {
        servers.put(kind.network + i, new CheckedServer(kind.network + i, PORT, kind == Kind.HTTP));
      }
    }
    run("ip", "link", "set", "lo", "up");
    Path news = directory.resolve("news");
    run("mkfifo", news.toString());
    Process dump = start("tcpdump", "-i", "lo", "-n", "-tt", "-l", "--immediate-mode", filter());
    read("attempts", dump.inputReader(), this::attempt);
    Path configuration = Files.writeString(directory.resolve("conf"), configuration(news));
    start(
        "keepalived",
        "-C",
        "-n",
        "-f",
        configuration.toString(),
        "-p",
        directory.resolve("pid").toString(),
        "-c",
        directory.resolve("checkers-pid").toString());
    read("news", Files.newBufferedReader(news), this::news);
    Director.Builder builder = Director.builder().threads(1).listener(this::event);
    for (Kind kind : Kind.values()) {
      builder.service(service(kind));
    }
    director = builder.build().start();
  }

  private static String filter() {
    return "dst port " + PORT + " and tcp[tcpflags] == tcp-syn";
  }

  private static VirtualService service(Kind kind) {
    CheckSpec spec =
        CheckSpec.of(kind.probe())
            .every(INTERVAL, RETRY)
            .timeout(TIMEOUT)
            .counts(1, RETRIES + 1)
            .whileDown(kind.downInterval())
            .at(new CheckPlace(null, 0, Side.OURS.address));
    VirtualService.Builder service = VirtualService.builder(kind.service());
    for (int i = 1; i <= SERVERS; i++) {
      service.realServer(RealServer.of(new Endpoint(kind.network + i, PORT)).withChecks(spec));
    }
    return service.build();
  }

  private static String configuration(Path news) {
    StringBuilder text = new StringBuilder();
    text.append("global_defs {\n lvs_notify_fifo ").append(news).append("\n}\n");
    for (Kind kind : Kind.values()) {
      String address = kind.service().toString().replaceAll("tcp |:80", "");
      text.append("virtual_server ").append(address).append(" 80 {\n delay_loop ");
      text.append(seconds(INTERVAL)).append("\n lb_algo rr\n lb_kind NAT\n protocol TCP\n");
      for (int i = 1; i <= SERVERS; i++) {
        text.append(" real_server ").append(kind.network).append(i).append(' ').append(PORT);
        text.append(" {\n  ").append(kind.keepalived);
        text.append("\n   connect_timeout ").append(seconds(TIMEOUT));
        text.append("\n   retry ").append(RETRIES);
        text.append("\n   delay_before_retry ").append(seconds(RETRY)).append("\n  }\n }\n");
      }
      text.append("}\n");
    }
    return text.toString();
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }

  private void attempt(String line) {
    Matcher syn = SYN.matcher(line);
    if (syn.matches()) {
      CheckedServer server = servers.get(syn.group(4));
      Side side = syn.group(3).equals(Side.OURS.address) ? Side.OURS : Side.KEEPALIVED;
      if (server != null) {
        server.attempted(
            side, Long.parseLong(syn.group(1)) * 1_000_000 + Long.parseLong(syn.group(2)));
      }
    }
  }

  private void news(String line) {
    Matcher news = NEWS.matcher(line);
    if (news.matches()) {
      CheckedServer server = servers.get(news.group(1));
      if (server != null) {
        server.judged(Side.KEEPALIVED, news.group(2).equals("UP"));
      }
    }
  }

  private void event(Event event) {
    Endpoint endpoint = event.server();
    boolean up = event.kind() == Event.Kind.SERVER_UP;
    if (endpoint != null && (up || event.kind() == Event.Kind.SERVER_DOWN)) {
      CheckedServer server = servers.get(endpoint.host());
      if (server != null) {
        server.judged(Side.OURS, up);
      }
    }
  }

  private void read(String name, BufferedReader from, Consumer<String> reader) {
    Thread thread =
        new Thread(
            () -> {
              try (from) {
                from.lines().forEach(reader);
              } catch (IOException | UncheckedIOException e) {
                if (!closing) {
                  System.err.println(name + ": " + e);
                }
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private Process start(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectError(directory.resolve(command[0] + ".log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private void run(String... command) throws IOException, InterruptedException {
    Process process = start(command);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": status " + process.exitValue());
    }
  }

  /** Kills every server in turn; each of the two sets the phase of every second kill. */
  private List<Kill> kill(Kind kind, long seed) throws Exception {
    Random random = new Random(seed);
    Map<Side, List<Double>> down = new EnumMap<>(Side.class);
    Map<Side, List<Double>> up = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      down.put(side, phases(random));
      up.put(side, phases(random));
    }
    ExecutorService threads = Executors.newFixedThreadPool(SERVERS);
    List<Future<List<Kill>>> runs = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      CheckedServer server = servers.get(kind.network + (i + 1));
      int first = i * KILLS / SERVERS;
      runs.add(
          threads.submit(
              () -> {
                List<Kill> kills = new ArrayList<>();
                for (int k = first; k < first + KILLS / SERVERS; k++) {
                  for (Side side : Side.values()) {
                    double downPhase = down.get(side).get(k);
                    kills.add(server.kill(side, downPhase, up.get(side).get(k), INTERVAL));
                  }
                }
                return kills;
              }));
    }
    threads.shutdown();
    List<Kill> all = new ArrayList<>();
    for (Future<List<Kill>> run : runs) {
      all.addAll(run.get(5, TimeUnit.MINUTES));
    }
    return all;
  }

  private static List<Double> phases(Random random) {
    List<Double> phases = new ArrayList<>();
    for (int i = 0; i < KILLS; i++) {
      phases.add((i + 0.5) / KILLS);
    }
    Collections.shuffle(phases, random);
    return phases;
  }

  /** What became of one kill, as seen by the side that set its phase. */
  record Kill(Side side, double detectSeconds, double recoverSeconds, int attempts) {}

  private static double median(
      List<Kill> kills, Side side, Function<Kill, ? extends Number> value) {
    double[] sorted =
        kills.stream()
            .filter(kill -> kill.side == side)
            .mapToDouble(kill -> value.apply(kill).doubleValue())
            .sorted()
            .toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private static boolean report(Kind kind, List<Kill> kills) {
    StringBuilder line = new StringBuilder(kind.toString().toLowerCase(Locale.ROOT)).append(':');
    boolean slower = false;
    for (Function<Kill, Double> time :
        List.<Function<Kill, Double>>of(Kill::detectSeconds, Kill::recoverSeconds)) {
      double ours = median(kills, Side.OURS, time);
      double theirs = median(kills, Side.KEEPALIVED, time);
      slower |= ours > theirs + INTERVAL.toMillis() / 10_000.0;
      line.append(String.format(Locale.ROOT, " ours %.3f s, keepalived's %.3f s;", ours, theirs));
    }
    double ours = median(kills, Side.OURS, Kill::attempts);
    double theirs = median(kills, Side.KEEPALIVED, Kill::attempts);
    line.append(String.format(Locale.ROOT, " attempts %.1f and %.1f", ours, theirs));
    line.append(", kills ").append(kills.size() / 2).append(" each");
    System.out.println(line);
    return !slower && ours == theirs;
  }

  @Override
  public void close() throws IOException {
    closing = true;
    director.close(Duration.ZERO);
    processes.forEach(Process::destroy);
    processes.forEach(process -> process.onExit().join());
    for (CheckedServer server : servers.values()) {
      server.close();
    }
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(directory);
  }

  /** Argument: the seed of the phases. */
  public static void main(String[] args) throws Exception {
    long seed = Long.parseLong(args[0]);
    boolean good = true;
    try (CheckerLab lab = new CheckerLab()) {
      for (CheckedServer server : lab.servers.values()) {
        server.awaitChecks();
      }
      System.out.println("median time to the verdict after a kill, and after the return:");
      for (Kind kind : Kind.values()) {
        good &= report(kind, lab.kill(kind, seed));
      }
    }
    System.exit(good ? 0 : 1);
  }
}
