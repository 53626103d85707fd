package io.evenkeel.samples;

import io.evenkeel.Director;
import io.evenkeel.Event;
import io.evenkeel.InvalidConfigurationException;
import io.evenkeel.ServerStatus;
import io.evenkeel.check.HttpCheck;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.VirtualService;
import io.evenkeel.proxy.TcpProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Three servers, a director in front of them, clients; one server is killed and comes back. */
final class Quickstart implements AutoCloseable {
  private static final int CLIENTS = 12;
  private static final Duration WORK_TIME = Duration.ofMillis(12);
  private static final Duration CLIENT_PAUSE = Duration.ofMillis(12);
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);
  private static final long TICK_MILLIS = 100;

  /** Which server is killed. */
  private static final int VICTIM = 1;

  /** How much longer than planned to wait for what must come, on a slow machine. */
  private static final double PATIENCE_SECONDS = 5;

  /** Fewer answers than these in a second say nothing about shares. */
  private static final long MIN_ANSWERS = 30;

  /** An event of the director's and when it was seen. */
  private record Seen(Event event, long nanos) {}

  private final int seconds;
  private final Display display;
  private final List<DemoServer> servers = new ArrayList<>();
  private final Shares shares = new Shares();

  /** Written by the director's listener. */
  private final Queue<Seen> news = new ConcurrentLinkedQueue<>();

  private final List<Seen> history = new ArrayList<>();
  private @Nullable Director director;
  private @Nullable Traffic traffic;
  private long startNanos;
  private volatile boolean stopping;

  Quickstart(int seconds, Display display) {
    this.seconds = seconds;
    this.display = display;
  }

  /**
   * Runs for the time given, or some seconds more if that is what it takes.
   *
   * @throws InterruptedException if it was told to stop
   */
  Facts run() throws IOException, InterruptedException {
    for (String name : List.of("A", "B", "C")) {
      servers.add(DemoServer.start(name, WORK_TIME));
    }
    Director balancer = startDirector();
    director = balancer;
    Traffic clients = startTraffic(balancer);
    traffic = clients;
    startNanos = System.nanoTime();
    watch(() -> true, seconds / 3.0);

    DemoServer victim = servers.get(VICTIM);
    long killNanos = System.nanoTime();
    victim.kill();
    long killedNanos = System.nanoTime();
    display.event(elapsed(), "server " + victim.name() + " is killed");
    watch(() -> avoided(killNanos) != null, 0);
    long sentBefore = status().get(VICTIM).connections();
    watch(() -> first(Event.Kind.SERVER_DOWN, killNanos) != null, seconds * 0.6);
    final long sentWhileOut = status().get(VICTIM).connections() - sentBefore;

    victim.startAgain();
    long againNanos = System.nanoTime();
    display.event(elapsed(), "server " + victim.name() + " is started again");
    final Duration shareBackAfter =
        watch(() -> hasShareBack(againNanos), 0) ? since(againNanos, System.nanoTime()) : null;
    watch(() -> true, seconds);

    final List<Double> lastShares = shares.all();
    clients.stop();
    clients.await();
    long open = openAtEnd();
    int cutOff = balancer.close(CLOSE_GRACE);
    display.event(elapsed(), "director stopped");
    Seen down = first(Event.Kind.SERVER_DOWN, killNanos);
    return new Facts(
        victim.name(),
        (killNanos - startNanos) / 1e9,
        clients.requests(),
        clients.failed(),
        clients.failures().stream().filter(f -> !f.wasOnItsWay(killNanos, killedNanos)).count(),
        since(killNanos, avoided(killNanos)),
        since(killNanos, down),
        down == null ? "" : reason(down.event()),
        sentWhileOut,
        since(againNanos, first(Event.Kind.SERVER_UP, againNanos)),
        shareBackAfter,
        lastShares,
        open,
        cutOff);
  }

  /** Has {@link #run} end early. Called by any thread. */
  void stop() {
    stopping = true;
  }

  @Override
  public void close() {
    if (traffic != null) {
      traffic.stop();
    }
    if (director != null) {
      director.close(Duration.ZERO);
    }
    servers.forEach(DemoServer::kill);
  }

  private Director startDirector() throws IOException {
    CheckSpec check =
        CheckSpec.of(HttpCheck.get("/health"))
            .every(Duration.ofMillis(300), Duration.ofMillis(200))
            .counts(2, 3);
    for (int attempt = 1; ; attempt++) {
      VirtualService.Builder service =
          VirtualService.tcp(DemoServer.freeEndpoint().toString()).scheduler("rr").check(check);
      servers.forEach(server -> service.realServer(server.endpoint().toString()));
      try {
        return Director.builder()
            .service(service.build())
            .dataPlane(TcpProxy.create())
            .listener(event -> news.add(new Seen(event, System.nanoTime())))
            .build()
            .start();
      } catch (InvalidConfigurationException e) {
        // Someone else took the port that was free.
        if (attempt == 3) {
          throw e;
        }
      }
    }
  }

  private Traffic startTraffic(Director balancer) {
    Endpoint listen =
        balancer.configuration().services().iterator().next().addresses().get(0).endpoint();
    Traffic clients =
        new Traffic(
            new InetSocketAddress(listen.host(), listen.port()),
            servers.stream().map(DemoServer::name).toList(),
            CLIENT_PAUSE);
    display.event(
        0, servers.size() + " servers, a director on " + listen + ", " + CLIENTS + " clients");
    clients.start(CLIENTS);
    return clients;
  }

  /**
   * Shows what goes on until something has come and a time is reached, but does not wait for ever.
   *
   * @return whether it has come
   */
  private boolean watch(BooleanSupplier hasCome, double untilSeconds) throws InterruptedException {
    double limit = Math.max(untilSeconds, elapsed()) + PATIENCE_SECONDS;
    do {
      tick();
    } while (elapsed() < untilSeconds || (!hasCome.getAsBoolean() && elapsed() < limit));
    return hasCome.getAsBoolean();
  }

  private void tick() throws InterruptedException {
    Thread.sleep(TICK_MILLIS);
    if (stopping) {
      throw new InterruptedException("told to stop");
    }
    for (Seen seen = news.poll(); seen != null; seen = news.poll()) {
      history.add(seen);
      if (seen.event().server() != null && seen.event().kind() != Event.Kind.CONFIGURED) {
        display.event((seen.nanos() - startNanos) / 1e9, inWords(seen.event()));
      }
    }
    display.show(frame());
  }

  private Frame frame() {
    Traffic clients = Objects.requireNonNull(traffic);
    List<Long> answered = clients.answered();
    shares.add(System.nanoTime(), answered);
    List<ServerStatus> status = status();
    List<Frame.Row> rows = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      rows.add(
          new Frame.Row(
              servers.get(i).name(),
              status.get(i).server().toString(),
              status.get(i).state(),
              shares.all().get(i),
              status.get(i).active(),
              answered.get(i)));
    }
    return new Frame(elapsed(), rows, clients.requests(), clients.failed(), shares.perSecond());
  }

  private List<ServerStatus> status() {
    return Objects.requireNonNull(director).status();
  }

  private boolean hasShareBack(long againNanos) {
    return first(Event.Kind.SERVER_UP, againNanos) != null
        && shares.answers() >= MIN_ANSWERS
        && Verdict.isEven(shares.all());
  }

  /** Waits a little: a connection ends after its client has its answer. */
  private long openAtEnd() throws InterruptedException {
    long open = open();
    for (double limit = elapsed() + PATIENCE_SECONDS; open > 0 && elapsed() < limit; ) {
      tick();
      open = open();
    }
    return open;
  }

  private long open() {
    return status().stream().mapToLong(server -> server.active() + server.inactive()).sum();
  }

  private @Nullable Seen avoided(long afterNanos) {
    Seen suspect = first(Event.Kind.SERVER_SUSPECT, afterNanos);
    return suspect == null ? first(Event.Kind.SERVER_DOWN, afterNanos) : suspect;
  }

  private @Nullable Seen first(Event.Kind kind, long afterNanos) {
    Endpoint victim = servers.get(VICTIM).endpoint();
    for (Seen seen : history) {
      if (seen.event().kind() == kind
          && victim.equals(seen.event().server())
          && seen.nanos() - afterNanos >= 0) {
        return seen;
      }
    }
    return null;
  }

  private String inWords(Event event) {
    String words = event.text();
    for (DemoServer server : servers) {
      words = words.replace(server.endpoint().toString(), server.name());
    }
    return words.replace(event.service() + ": ", "");
  }

  /** What stands after "server HOST:PORT down: ". */
  private static String reason(Event event) {
    String mark = " down: ";
    return event.text().substring(event.text().indexOf(mark) + mark.length());
  }

  private static @Nullable Duration since(long fromNanos, @Nullable Seen seen) {
    return seen == null ? null : since(fromNanos, seen.nanos());
  }

  private static Duration since(long fromNanos, long toNanos) {
    return Duration.ofNanos(toNanos - fromNanos);
  }

  private double elapsed() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
