// Over 500 lines: one world, in which everything happens to the same servers.
package io.evenkeel;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.Health;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.health.ServerHealth;
import io.evenkeel.health.ServerState;
import io.evenkeel.hook.EventQueue;
import io.evenkeel.hook.ListenerCalls;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.BreakerSpec;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.FailureAction;
import io.evenkeel.model.FlapDamping;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.OutlierSpec;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * 200 servers in four services that fail in all kinds of ways, their checks and their clients, in a
 * time of its own. What runs is what runs in a director: monitors, transitions, what is made of
 * connections, schedulers and dispatchers; only the checks and the clients are made up. Throws as
 * soon as something is not as promised.
 */
final class HealthSimulation {
  private static final int SERVERS = 200;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** How long a server is left alone that gets connections though it is down, and refuses one. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What ails a server. */
  private enum Ailment {
    NONE,
    REFUSES,
    HANGS,
    FLAPS,
    ERRORS,
    SLOW,
    /** Its checks cannot be run, and a connection fails now and then. */
    UNKNOWN
  }

  private static final class Server {
    final RealServer configured;
    final CheckSpec check;
    Ailment ailment = Ailment.NONE;
    long ailmentCount;

    /** When the first of the checks began that failed since one passed; -1: none. */
    long failingSinceNanos = -1;

    long refusedNanos = -2 * REST_NANOS;

    /** What its last check with a result said. */
    boolean passed = true;

    Server(RealServer configured) {
      this.configured = configured;
      this.check = configured.checks().get(0);
    }

    Endpoint endpoint() {
      return configured.endpoint();
    }
  }

  private final class Service {
    final List<Server> members;
    final ServiceCell cell;
    VirtualService configured;
    boolean hadQuorum = true;

    Service(VirtualService configured, List<Server> members) {
      this.configured = configured;
      this.members = members;
      this.cell =
          new ServiceCell(
              configured,
              scheduler(configured.scheduler()),
              null,
              failed -> time.execute(() -> transitions.connectFailed(failed)),
              time::nanoTime);
    }

    List<RealServer> servers() {
      return cell.now().service().realServers();
    }

    Destination destination(RealServer server) {
      return cell.now().destination(server);
    }

    ServerHealth health(RealServer server) {
      List<Health> checks = monitors.of(server).stream().map(ServerMonitor::health).toList();
      return ServerHealth.of(server, checks, transitions.isEjected(destination(server)));
    }
  }

  private final SplittableRandom random;
  private final long seed;
  private final ManualScheduler time = new ManualScheduler();
  private final Map<Endpoint, Server> servers = new HashMap<>();
  private final List<Service> services = new ArrayList<>();
  private final Map<Endpoint, InetSocketAddress> addresses = new HashMap<>();
  private final Map<String, Scheduler> schedulers = new HashMap<>();
  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
  private final Transitions transitions;
  private final Monitors monitors;

  /** Of the persistent service: whom each client was sent to last. */
  private final Map<Integer, Endpoint> ties = new HashMap<>();

  /** Collected, since who is called by what is tested does not know who would catch it. */
  private final List<String> violations = new ArrayList<>();

  private final Map<String, Long> seen = new TreeMap<>();

  HealthSimulation(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    EventQueue<EventListener, Event> events =
        new EventQueue<>(
            List.of(),
            EventListener::onEvent,
            new ListenerCalls(time, time, Duration.ofSeconds(1)));
    this.transitions =
        new Transitions(
            time,
            time::nanoTime,
            new Planes(List.of(new Plane())),
            new Chronicle(events),
            () -> {});
    this.monitors = new Monitors(time, eventLoops, time::nanoTime, new Ear());
    Isolation outliers =
        Isolation.DEFAULT.outliers(
            OutlierSpec.standard()
                .every(Duration.ofMinutes(2))
                .successRate(new OutlierSpec.SuccessRate(5, 5, 1.9))
                .ejection(Duration.ofMinutes(1), Duration.ofMinutes(5))
                .share(0.3));
    add("rr", outliers.quorum(60, 20).panicBelow(75), null, false);
    add("wlc", Isolation.DEFAULT.onFailure(FailureAction.QUIESCE).quorum(60, 10), null, true);
    add(
        "wrr",
        outliers.onFailure(FailureAction.INHIBIT),
        PersistenceSpec.perClient().timeout(Duration.ofMinutes(10)),
        false);
    BreakerSpec breaker = new BreakerSpec(50, 6, 20, Duration.ofMinutes(1), 2);
    add("sed", outliers.panicBelow(60).quorum(30, 10).breaker(breaker), null, true);
  }

  /** How often what was seen. */
  Map<String, Long> seen() {
    return seen;
  }

  /** Whether each thing happened that something is promised for. */
  boolean sawEverything() {
    return seen.keySet()
        .containsAll(
            List.of(
                "down",
                "ejected",
                "panic",
                "quorum lost",
                "quorum gained",
                "share used up",
                "sorry server",
                "drained by itself",
                "trial",
                "suspect without a result, and back",
                "pick of a server that is down, by template",
                "pick of a server that is down, in panic",
                "verdict in time"));
  }

  void run(Duration duration) {
    try {
      apply();
      servers.values().forEach(this::ail);
      services.forEach(this::visit);
      services.forEach(this::operate);
      services.forEach(this::disaster);
      for (long hour = 0; hour < duration.toHours(); hour++) {
        time.advance(Duration.ofHours(1));
        for (Throwable failure : time.failures()) {
          throw new AssertionError(where(), failure);
        }
        if (!violations.isEmpty()) {
          throw new AssertionError(violations.get(0));
        }
      }
    } finally {
      eventLoops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }

  private void add(
      String scheduler, Isolation isolation, @Nullable PersistenceSpec persistence, boolean sorry) {
    int number = services.size();
    List<Server> members = new ArrayList<>();
    VirtualService.Builder builder =
        VirtualService.builder(ServiceKey.tcp("10.0.0." + number + ":80"))
            .scheduler(scheduler)
            .isolation(isolation);
    for (int i = 0; i < SERVERS / 4; i++) {
      RealServer server =
          RealServer.of("10.1." + number + "." + i + ":80")
              .withWeight(1 + i % 4)
              .withChecks(spec(i));
      if (i % 7 == 0) {
        server = server.withChecks(server.checks().get(0), slow());
      }
      members.add(new Server(server));
      builder.realServer(server);
    }
    if (sorry) {
      builder.sorryServer("10.2.0." + number + ":80");
    }
    if (persistence != null) {
      builder.persistent(persistence);
    }
    VirtualService service = builder.build();
    members.forEach(server -> servers.put(server.endpoint(), server));
    services.add(new Service(service, members));
  }

  /** Each with a rhythm of its own. */
  private CheckSpec spec(int number) {
    Duration interval = Duration.ofMillis(random.nextLong(40_000, 60_000));
    Duration retry = Duration.ofMillis(random.nextLong(5_000, number % 5 == 0 ? 80_000 : 20_000));
    CheckSpec spec =
        CheckSpec.of(new Check())
            .every(interval, retry)
            .timeout(TIMEOUT)
            .warmup(Duration.ZERO)
            .counts(1 + random.nextInt(3), 1 + random.nextInt(4));
    return number % 3 == 0 ? spec.damped(FlapDamping.standard()) : spec;
  }

  /** Of another kind, which nothing ails: it knows nothing of failed connections for hours. */
  private static CheckSpec slow() {
    HealthCheck fine =
        new HealthCheck() {
          @Override
          public String name() {
            return "fine";
          }

          @Override
          public CompletionStage<CheckResult> check(CheckTarget target) {
            return CompletableFuture.completedFuture(CheckResult.pass("well"));
          }
        };
    return CheckSpec.of(fine).every(Duration.ofHours(3), Duration.ofHours(3)).warmup(Duration.ZERO);
  }

  private void apply() {
    Map<ServiceKey, ServiceCell> cells = new LinkedHashMap<>();
    List<RealServer> all = new ArrayList<>();
    Map<ServiceCell, ServiceCell.State> next = new LinkedHashMap<>();
    for (Service service : services) {
      VirtualService wanted = service.configured;
      wanted.addresses().stream().map(VirtualAddress::endpoint).forEach(this::resolve);
      all.addAll(wanted.realServers());
      if (wanted.sorryServer() != null) {
        all.add(wanted.sorryServer());
      }
      cells.put(wanted.key(), service.cell);
    }
    all.forEach(server -> resolve(server.endpoint()));
    for (Service service : services) {
      next.put(
          service.cell,
          service.cell.next(
              service.configured,
              scheduler(service.configured.scheduler()),
              addresses,
              server ->
                  monitors.health(
                      server,
                      transitions.isEjected(service.cell.now().servers().get(server.endpoint())),
                      Map.of())));
    }
    monitors.renew(all, addresses, Map.of());
    next.forEach((cell, state) -> cell.publish(state, cell.selectorFor(state)));
    transitions.follow(cells, monitors);
    transitions.tell();
    look();
  }

  private Scheduler scheduler(String name) {
    return schedulers.computeIfAbsent(name, n -> Schedulers.named(n).orElseThrow());
  }

  private void resolve(Endpoint endpoint) {
    addresses.computeIfAbsent(
        endpoint,
        e ->
            new InetSocketAddress(
                NetUtil.createInetAddressFromIpAddressString(e.host()), e.port()));
  }

  // What happens to servers.

  private void ail(Server server) {
    after(
        server.ailment == Ailment.NONE ? Duration.ofHours(8) : Duration.ofMinutes(15),
        () -> {
          Ailment[] all = Ailment.values();
          become(
              server,
              server.ailment != Ailment.NONE
                  ? Ailment.NONE
                  : all[1 + random.nextInt(all.length - 1)]);
          ail(server);
        });
  }

  private void become(Server server, Ailment next) {
    server.ailment = next;
    long count = ++server.ailmentCount;
    if (next == Ailment.NONE) {
      long interval = server.check.timing().interval().toNanos();
      long retry = server.check.timing().retryInterval().toNanos();
      long bound =
          2 * interval + (server.check.rise() + 1) * Math.max(interval, retry) + TIMEOUT.toNanos();
      FlapDamping damping = server.check.damping();
      at(
          bound + (damping == null ? 0 : damping.longest().toNanos() + Math.max(interval, retry)),
          () -> {
            if (server.ailmentCount == count) {
              recovered(server);
            }
          });
    }
  }

  private void recovered(Server server) {
    RealServer configured = server.configured;
    for (Service service : services) {
      if (service.servers().contains(configured)) {
        ServerHealth health = service.health(configured);
        check(health.state() == ServerState.UP, "well, and not up: " + server.endpoint());
      }
    }
  }

  /** Many servers of a service at once, and soon some are taken away. */
  private void disaster(Service service) {
    after(
        Duration.ofHours(15),
        () -> {
          double share = random.nextDouble(0.3, 1.2);
          Ailment kind = random.nextBoolean() ? Ailment.REFUSES : Ailment.ERRORS;
          for (Server server : service.members) {
            if (random.nextDouble() < share) {
              become(server, kind);
            }
          }
          after(Duration.ofMinutes(5), () -> shrink(service));
          disaster(service);
        });
  }

  /** Servers come and go, and are maintained. */
  private void operate(Service service) {
    after(
        Duration.ofHours(3),
        () -> {
          switch (random.nextInt(3)) {
            case 0 -> maintain(service);
            case 1 -> shrink(service);
            default -> grow(service);
          }
          operate(service);
        });
  }

  private void maintain(Service service) {
    List<RealServer> all = service.configured.realServers();
    Endpoint one = all.get(random.nextInt(all.size())).endpoint();
    AdminState[] states = AdminState.values();
    service.configured = service.configured.withAdmin(one, states[random.nextInt(states.length)]);
    apply();
  }

  private void shrink(Service service) {
    for (Server server : service.members) {
      boolean there = service.configured.realServer(server.endpoint()).isPresent();
      if (there && random.nextInt(3) == 0 && service.configured.realServers().size() > 1) {
        server.failingSinceNanos = -1;
        service.configured = service.configured.without(server.endpoint());
      }
    }
    apply();
  }

  private void grow(Service service) {
    for (Server server : service.members) {
      if (service.configured.realServer(server.endpoint()).isEmpty()) {
        service.configured = service.configured.with(server.configured);
      }
    }
    apply();
  }

  private final class Check implements HealthCheck {
    @Override
    public String name() {
      return "made up";
    }

    @Override
    public CompletionStage<CheckResult> check(CheckTarget target) {
      Server server = Objects.requireNonNull(servers.get(target.endpoint()));
      long took = random.nextLong(1_000_000, 50_000_000);
      if (server.ailment == Ailment.UNKNOWN) {
        server.failingSinceNanos = -1;
        return CompletableFuture.completedFuture(CheckResult.none("not permitted"));
      }
      boolean passes =
          switch (server.ailment) {
            case NONE, ERRORS, UNKNOWN -> true;
            case REFUSES -> false;
            case FLAPS -> random.nextBoolean();
            case HANGS -> {
              took = TIMEOUT.toNanos();
              yield false;
            }
            case SLOW -> {
              took = random.nextLong(TIMEOUT.toNanos() / 2, TIMEOUT.toNanos() * 3 / 2);
              boolean inTime = took < TIMEOUT.toNanos();
              took = Math.min(took, TIMEOUT.toNanos());
              yield inTime;
            }
          };
      CompletableFuture<CheckResult> result = new CompletableFuture<>();
      if (passes) {
        at(
            took,
            () -> {
              server.failingSinceNanos = -1;
              server.passed = true;
              result.complete(well());
            });
      } else {
        expectVerdict(server);
        server.passed = false;
        at(took, () -> result.complete(CheckResult.fail("ill")));
      }
      return result;
    }
  }

  /** Now and then the server has something to say besides. */
  private CheckResult well() {
    CheckResult well = CheckResult.pass("well");
    return switch (random.nextInt(200)) {
      case 0 -> well.with(new DynamicWeight(DynamicWeight.Kind.PERCENT, random.nextInt(200)));
      case 1, 2 -> well.with(new DynamicWeight(DynamicWeight.Kind.PERCENT, 100));
      case 3 -> {
        saw("drained by itself");
        yield well.with(AdminState.DRAIN);
      }
      case 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 -> well.with(AdminState.READY);
      default -> well;
    };
  }

  /** From the first check on that fails. */
  private void expectVerdict(Server server) {
    if (server.failingSinceNanos >= 0) {
      return;
    }
    long since = time.nanoTime();
    server.failingSinceNanos = since;
    long longest =
        Math.max(
            server.check.timing().interval().toNanos(),
            server.check.timing().retryInterval().toNanos());
    at(
        (server.check.fall() - 1) * longest + TIMEOUT.toNanos() + 1,
        () -> {
          if (server.failingSinceNanos == since) {
            for (Service service : services) {
              if (service.servers().contains(server.configured)) {
                saw("verdict in time");
                check(
                    service.health(server.configured).state() == ServerState.DOWN,
                    "no verdict in time: " + server.endpoint());
              }
            }
          }
        });
  }

  // What clients do.

  private void visit(Service service) {
    after(
        Duration.ofSeconds(45),
        () -> {
          for (int i = 0; i < 15; i++) {
            pick(service, true);
            time.runDue();
          }
          visit(service);
        });
  }

  /**
   * One connection, wherever it goes.
   *
   * @param settled whether the lists are made of what is known
   */
  private void pick(Service service, boolean settled) {
    int client = random.nextInt(1, 200);
    Flow flow = new Flow().client(0, 0xffff_0a03_0000L + client, 1024 + random.nextInt(60_000));
    Assignment assignment = new Assignment();
    if (!service.cell.dispatcher().dispatch(flow, assignment)) {
      saw("nobody");
      check(!settled || nobodyIsFree(service), "nobody chosen");
      return;
    }
    Destination chosen = assignment.destination();
    Server server = servers.get(chosen.endpoint());
    if (server == null) {
      saw("sorry server");
      check(
          !settled || service.cell.now().rotation().sorry() || nobodyIsFree(service),
          "sorry server chosen, though there are others");
      assignment.release(Outcome.SUCCESS);
      return;
    }
    if (chosen.isOnTrial()) {
      saw("trial");
    }
    judge(service, server, client);
    connect(server, assignment);
  }

  private boolean nobodyIsFree(Service service) {
    return service.servers().stream()
        .allMatch(
            server -> {
              ServerHealth health = service.health(server);
              return health.weight() == 0
                  || !health.isLive()
                  || service.destination(server).isSuspended();
            });
  }

  private void judge(Service service, Server server, int client) {
    RealServer configured = service.configured.realServer(server.endpoint()).orElse(null);
    check(configured != null, "removed, and chosen: " + server.endpoint());
    if (configured == null) {
      return;
    }
    ServerHealth health = service.health(configured);
    boolean persistent = service.configured.persistence() != null;
    Endpoint tie = persistent ? ties.get(client) : null;
    boolean tied = tie != null && server.endpoint().equals(tie);
    if (persistent) {
      ties.put(client, server.endpoint());
    }
    check(health.admin() != AdminState.MAINTENANCE, "in maintenance: " + server.endpoint());
    if (service.cell.now().rotation().panic() && health.admin() == AdminState.READY) {
      if (health.state() == ServerState.DOWN) {
        saw("pick of a server that is down, in panic");
      }
      return;
    }
    check(health.admin() == AdminState.READY || tied, "drained: " + server.endpoint());
    if (health.state() == ServerState.DOWN && tied) {
      saw("pick of a server that is down, by template");
      return;
    }
    check(health.state() == ServerState.UP, health.state() + ": " + server.endpoint());
    check(!health.ejected(), "ejected: " + server.endpoint());
  }

  private void connect(Server server, Assignment assignment) {
    boolean unknown = server.ailment == Ailment.UNKNOWN && random.nextInt(20) == 0;
    if (server.ailment == Ailment.REFUSES || unknown) {
      long since = time.nanoTime();
      server.refusedNanos = since;
      assignment.release(Outcome.CONNECT_FAILED);
      if (unknown && server.passed) {
        at(Health.RETRY_AFTER.toNanos() + 1, () -> trustedAgain(server, since));
      }
      return;
    }
    assignment.established();
    int draw = random.nextInt(100);
    Outcome outcome =
        switch (server.ailment) {
          case HANGS -> Outcome.TIMED_OUT;
          case ERRORS -> draw < 70 ? Outcome.SERVER_ERROR : Outcome.SUCCESS;
          case FLAPS -> draw < 30 ? Outcome.FAILED : Outcome.SUCCESS;
          default -> draw < 2 ? Outcome.ABORTED : Outcome.SUCCESS;
        };
    after(Duration.ofSeconds(20), () -> assignment.release(outcome));
  }

  private void trustedAgain(Server server, long refusedNanos) {
    if (server.refusedNanos != refusedNanos || !server.passed) {
      return;
    }
    for (Service service : services) {
      if (service.servers().contains(server.configured)) {
        saw("suspect without a result, and back");
        check(
            service.health(server.configured).state() != ServerState.SUSPECT,
            "suspect for too long: " + server.endpoint());
      }
    }
  }

  // What must hold.

  /** Looks as soon as a monitor has said something, before lists are made of it. */
  private final class Ear implements MonitorListener {
    @Override
    public void changed(ServerMonitor monitor) {
      if (monitor.health().state() == ServerState.DOWN) {
        saw("down");
      }
      transitions.changed(monitor);
      for (Service service : services) {
        if (servers.containsKey(monitor.key().endpoint())
            && service.members.contains(servers.get(monitor.key().endpoint()))) {
          pick(service, false);
          pick(service, false);
        }
      }
    }

    @Override
    public void passed(ServerMonitor monitor) {
      transitions.passed(monitor);
    }

    @Override
    public void proven() {}
  }

  /** Looks whenever lists have been made. */
  private final class Plane implements DataPlane {
    @Override
    public List<String> validate(Collection<VirtualService> all) {
      return List.of();
    }

    @Override
    public CompletionStage<Void> apply(Collection<EffectiveService> all) {
      look();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Integer> close(Duration grace) {
      return CompletableFuture.completedFuture(0);
    }
  }

  private void look() {
    for (Service service : services) {
      lookAtQuorum(service);
      lookAtEjections(service);
      lookAtPanic(service);
    }
  }

  private void lookAtQuorum(Service service) {
    long live = 0;
    for (RealServer server : service.servers()) {
      ServerHealth health = service.health(server);
      live += health.isLive() ? health.weight() : 0;
    }
    boolean has = service.cell.now().rotation().quorum();
    Isolation isolation = service.configured.isolation();
    String where = service.configured.key() + ": live " + live + ", quorum " + has;
    int gained = isolation.quorum() + isolation.hysteresis();
    int lost = isolation.quorum() - isolation.hysteresis();
    check(live > 0 || !has, where);
    check(live < gained || has, where);
    check(live >= lost || !has, where);
    check(has == service.hadQuorum || live >= gained || live < lost || live == 0, where);
    if (has != service.hadQuorum) {
      saw(has ? "quorum gained" : "quorum lost");
    }
    service.hadQuorum = has;
  }

  private void lookAtEjections(Service service) {
    OutlierSpec spec = service.configured.isolation().outliers();
    if (spec == null) {
      return;
    }
    List<ServerHealth> fit =
        service.servers().stream()
            .map(service::health)
            .filter(s -> s.state() == ServerState.UP)
            .filter(s -> s.admin() == AdminState.READY && s.weight() > 0)
            .toList();
    long ejected = fit.stream().filter(ServerHealth::ejected).count();
    long most = (long) Math.floor(spec.maxEjectedShare() * fit.size() + 1e-9);
    check(ejected <= most, service.configured.key() + ": ejected " + ejected + " of " + most);
    check(
        fit.isEmpty() || ejected < fit.size(), service.configured.key() + ": all that are fit out");
    if (ejected > 0) {
      saw(ejected == most ? "share used up" : "ejected");
    }
  }

  /** In panic, all get connections that would get some if they were fit. */
  private void lookAtPanic(Service service) {
    if (!service.cell.now().rotation().panic()) {
      return;
    }
    saw("panic");
    for (RealServer configured : service.servers()) {
      ServerHealth health = service.health(configured);
      Server server = Objects.requireNonNull(servers.get(configured.endpoint()));
      boolean wanted = health.admin() == AdminState.READY && health.weight() > 0;
      boolean refused = time.nanoTime() - server.refusedNanos <= REST_NANOS;
      check(
          !wanted || refused || service.destination(configured).isAvailable(),
          "panic, and not available: " + configured.endpoint() + " " + health);
    }
  }

  private void check(boolean holds, String otherwise) {
    if (!holds) {
      violations.add(where() + ": " + otherwise);
    }
  }

  private String where() {
    return "-Devenkeel.seed=" + seed + ", after " + Duration.ofNanos(time.nanoTime());
  }

  private void saw(String what) {
    seen.merge(what, 1L, Long::sum);
  }

  /** After a time that is this long on average. */
  private void after(Duration mean, Runnable then) {
    at((long) (-Math.log(1 - random.nextDouble()) * mean.toNanos()), then);
  }

  private void at(long nanos, Runnable then) {
    time.schedule(then, nanos, TimeUnit.NANOSECONDS);
  }
}
