package io.evenkeel;

import io.evenkeel.health.Ejection;
import io.evenkeel.health.Outliers;
import io.evenkeel.model.BreakerSpec;
import io.evenkeel.model.OutlierSpec;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.LoadListener;
import io.evenkeel.pool.Outcome;
import io.evenkeel.pool.Trial;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one service's connections say of its servers: who is ejected for them. Used on the control
 * thread only; it reads the cells' counters when it is told of a failure and in intervals, so that
 * nobody who opens or releases a connection pays for it.
 *
 * <p>A verdict is said and not carried out: whether a server that is ejected gets connections all
 * the same, for want of others, is decided by who asks. What this does at the cells is only to have
 * itself told of failures and latencies, and to bound the connections of a server on trial.
 *
 * <p>A server's circuit breaker is fed with what its counters say since it was fed last. When it
 * opens, the server is ejected for the breaker's time, as far as the share of ejected servers
 * allows; else the breaker begins anew. When the ejection ends, for whatever reason, the server is
 * on trial: it gets some connections at a time, and only what becomes of them counts. Those that
 * last longer than the breaker's time count as passed.
 */
final class PassiveHealth {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /**
   * A server is ejected, or not any more.
   *
   * @param destination which
   * @param ejected whether it is
   * @param reason why, in words
   */
  record Verdict(Destination destination, boolean ejected, String reason) {}

  private final Outliers outliers;
  private final @Nullable BreakerSpec breakerSpec;
  private final Predicate<Destination> isFit;
  private final Consumer<Destination> onFailure;

  /** What the breakers are told, once made. */
  private final Throwable failure = new Throwable("failed", null, false, false) {};

  private final Map<Destination, Server> servers = new LinkedHashMap<>();

  /**
   * Who was ejected or came back since verdicts were told last, and whether it was ejected then.
   */
  private final Map<Server, Boolean> wereEjected = new LinkedHashMap<>();

  private long intervalStartNanos;

  /**
   * Watches nobody yet.
   *
   * @param outliers who stands out, and how many may be ejected; null: nobody, and {@link
   *     OutlierSpec#none} says how many
   * @param breaker of each server; null: none
   * @param isFit whether a server gets new clients unless it is ejected
   * @param onFailure told, by any thread, that {@link #failed} is to be called; at most once until
   *     it is called
   */
  PassiveHealth(
      @Nullable OutlierSpec outliers,
      @Nullable BreakerSpec breaker,
      Predicate<Destination> isFit,
      Consumer<Destination> onFailure) {
    this.outliers = new Outliers(outliers == null ? OutlierSpec.none() : outliers);
    this.breakerSpec = breaker;
    this.isFit = isFit;
    this.onFailure = onFailure;
  }

  /** What follows from failures of a server, of which its cell gave notice. */
  List<Verdict> failed(Destination destination, long nowNanos) {
    Server server = servers.get(destination);
    if (server != null) {
      int row = destination.takeFailuresInARow();
      List<Server> fit = fitOr(server);
      become(
          server,
          outliers.failed(server.ejection, row, fit.size(), ejected(fit), nowNanos),
          nowNanos);
      feedBreaker(server, nowNanos);
    }
    return verdicts();
  }

  /** What follows from a check of a server that passed. */
  List<Verdict> checkPassed(Destination destination, long nowNanos) {
    Server server = servers.get(destination);
    if (server != null) {
      become(server, outliers.checkPassed(server.ejection, nowNanos), nowNanos);
    }
    return verdicts();
  }

  /**
   * What follows from time. To be called once in each interval of the specification, and at once
   * when servers come or go, or others are fit than before; more often does no harm.
   *
   * @param all the servers of the service, from now on
   */
  List<Verdict> look(Collection<Destination> all, long nowNanos) {
    if (servers.isEmpty()) {
      intervalStartNanos = nowNanos;
    }
    List<Verdict> verdicts = new ArrayList<>();
    if (all.size() != servers.size() || !servers.keySet().containsAll(all)) {
      keepOnly(all, verdicts);
      all.forEach(destination -> servers.computeIfAbsent(destination, Server::new));
    }
    List<Server> present = List.copyOf(servers.values());
    present.forEach(
        server -> become(server, outliers.endInTime(server.ejection, nowNanos), nowNanos));
    List<Server> fit = fitOr(null);
    becomeAll(fit, outliers.endTooMany(ejections(fit), nowNanos), nowNanos);
    if (breakerSpec != null) {
      present.forEach(server -> feedBreaker(server, nowNanos));
    }
    if (nowNanos - intervalStartNanos >= outliers.spec().interval().toNanos()) {
      intervalStartNanos = nowNanos;
      present.forEach(Server::endInterval);
      List<Outliers.Sample> samples = fit.stream().map(server -> server.sample).toList();
      becomeAll(fit, outliers.judge(ejections(fit), samples, nowNanos), nowNanos);
      present.forEach(server -> server.refusalSaid = false);
    }
    verdicts.addAll(verdicts());
    return verdicts;
  }

  /** Watches nobody any more. */
  List<Verdict> end() {
    List<Verdict> verdicts = new ArrayList<>();
    keepOnly(List.of(), verdicts);
    return verdicts;
  }

  boolean isEjected(Destination destination) {
    Server server = servers.get(destination);
    return server != null && server.ejection.ejected();
  }

  private void keepOnly(Collection<Destination> all, List<Verdict> verdicts) {
    Set<Destination> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    wanted.addAll(all);
    servers
        .values()
        .removeIf(
            server -> {
              if (wanted.contains(server.destination)) {
                return false;
              }
              server.leave();
              if (server.ejection.ejected()) {
                verdicts.add(new Verdict(server.destination, false, "not watched any more"));
              }
              return true;
            });
  }

  /** Takes note of what its counters say. */
  private void feedBreaker(Server server, long nowNanos) {
    CircuitBreaker breaker = server.breaker;
    if (breaker == null || breakerSpec == null) {
      return;
    }
    Trial trial = server.trial;
    if (server.ejection.ejected()) {
      // What ends while it is out began before.
      server.skip();
    } else if (trial != null) {
      server.feedTrial(breaker, trial, breakerSpec, nowNanos);
    } else {
      server.feed(breaker, breakerSpec.window());
    }
    switch (breaker.getState()) {
      case OPEN -> opened(server, breaker, breakerSpec, nowNanos);
      case CLOSED -> server.endTrial();
      default -> {}
    }
  }

  private void opened(Server server, CircuitBreaker breaker, BreakerSpec spec, long nowNanos) {
    if (server.ejection.ejected()) {
      return;
    }
    String why =
        String.format(
            Locale.ROOT,
            "circuit breaker open: %.1f %% failed (expected: under %.1f %%)",
            breaker.getMetrics().getFailureRate(),
            spec.failureRate());
    long openNanos = spec.openTime().toNanos();
    List<Server> fit = fitOr(server);
    become(
        server,
        outliers.eject(server.ejection, why, openNanos, fit.size(), ejected(fit), nowNanos),
        nowNanos);
    if (!server.ejection.ejected()) {
      breaker.reset();
      server.endTrial();
    }
  }

  private void becomeAll(List<Server> all, List<Ejection> next, long nowNanos) {
    for (int i = 0; i < all.size(); i++) {
      become(all.get(i), next.get(i), nowNanos);
    }
  }

  private void become(Server server, Ejection next, long nowNanos) {
    Ejection before = server.ejection;
    server.ejection = next;
    if (next.ejected() != before.ejected()) {
      wereEjected.putIfAbsent(server, before.ejected());
    }
    if (next.ejected() && !before.ejected()) {
      server.endTrial();
    } else if (before.ejected() && !next.ejected()) {
      server.comeBack(breakerSpec, nowNanos);
    } else if (!next.ejected() && !next.reason().equals(before.reason()) && !server.refusalSaid) {
      server.refusalSaid = true;
      LOG.warn("{}: {}", server.destination, next.reason());
    }
  }

  /** Who comes back is first, and makes room for who goes: so the share is held in between, too. */
  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    wereEjected.forEach(
        (server, before) -> {
          Ejection now = server.ejection;
          if (now.ejected() != before) {
            verdicts.add(new Verdict(server.destination, now.ejected(), now.reason()));
          }
        });
    wereEjected.clear();
    verdicts.sort(Comparator.comparing(Verdict::ejected));
    return verdicts;
  }

  /** Who is; and one that counts all the same: its last failure may be what it is not fit for. */
  private List<Server> fitOr(@Nullable Server one) {
    return servers.values().stream()
        .filter(server -> server == one || isFit.test(server.destination))
        .toList();
  }

  private static int ejected(List<Server> all) {
    return (int) all.stream().filter(server -> server.ejection.ejected()).count();
  }

  private static List<Ejection> ejections(List<Server> all) {
    return all.stream().map(server -> server.ejection).toList();
  }

  private static CircuitBreakerConfig config(BreakerSpec spec) {
    return CircuitBreakerConfig.custom()
        .failureRateThreshold((float) spec.failureRate())
        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
        .slidingWindowSize(spec.window())
        .minimumNumberOfCalls(spec.minimumResults())
        .permittedNumberOfCallsInHalfOpenState(spec.trialConnections())
        // It is told when its time is over, and asks no clock of its own.
        .currentTimestampFunction(clock -> 0L, TimeUnit.NANOSECONDS)
        .build();
  }

  /** What is held of one server. */
  private final class Server implements LoadListener {
    private final Destination destination;
    private final @Nullable CircuitBreaker breaker;
    private final boolean timed = outliers.spec().latency() != null;

    /** Written by whoever gets an answer. */
    private final LongAdder answers = new LongAdder();

    private final LongAdder answerNanos = new LongAdder();

    private Ejection ejection = Ejection.none();
    private boolean refusalSaid;
    private @Nullable Trial trial;
    private long trialSinceNanos;

    /** As they were when the breaker was fed last. */
    private long fedSuccesses;

    private long fedFailures;

    /** As they were when the interval began. */
    private Outliers.Sample start;

    /** Of the last interval. */
    private Outliers.Sample sample = new Outliers.Sample(0, 0, 0, 0);

    Server(Destination destination) {
      this.destination = destination;
      this.breaker =
          breakerSpec == null
              ? null
              : CircuitBreaker.of(destination.endpoint().toString(), config(breakerSpec));
      this.start = totals();
      skip();
      destination.forgetFailures();
      if (timed) {
        destination.watch(this, 0);
      }
      destination.onFailure(onFailure);
    }

    void leave() {
      destination.onFailure(null);
      if (timed) {
        destination.unwatch(this);
      }
      endTrial();
    }

    @Override
    public void loadChanged(int index) {}

    @Override
    public void latencyMeasured(int index, long nanos, long nowNanos) {
      answers.increment();
      answerNanos.add(nanos);
    }

    private Outliers.Sample totals() {
      return new Outliers.Sample(successes(), failures(), answers.sum(), answerNanos.sum());
    }

    void endInterval() {
      Outliers.Sample before = start;
      start = totals();
      sample =
          new Outliers.Sample(
              start.successes() - before.successes(),
              start.failures() - before.failures(),
              start.answers() - before.answers(),
              start.latencyNanos() - before.latencyNanos());
    }

    private long successes() {
      return destination.released(Outcome.SUCCESS);
    }

    private long failures() {
      long sum = 0;
      for (Outcome outcome : Outcome.values()) {
        if (outcome.isFailure()) {
          sum += destination.released(outcome);
        }
      }
      return sum;
    }

    void skip() {
      fedSuccesses = successes();
      fedFailures = failures();
    }

    /** In proportion, if there is more than the breaker looks back on. */
    void feed(CircuitBreaker fed, int window) {
      long passed = successes() - fedSuccesses;
      long failed = failures() - fedFailures;
      skip();
      long all = passed + failed;
      if (all > window) {
        failed = failed * window / all;
        passed = window - failed;
      }
      // What came first is not known: so it opens only if it would be open at the end.
      succeed(fed, passed);
      fail(fed, failed);
    }

    void feedTrial(CircuitBreaker fed, Trial counted, BreakerSpec spec, long nowNanos) {
      skip();
      fail(fed, counted.takeFailed());
      succeed(fed, counted.takePassed());
      boolean undecided = fed.getState() == CircuitBreaker.State.HALF_OPEN;
      if (undecided && nowNanos - trialSinceNanos >= spec.openTime().toNanos()) {
        succeed(fed, Math.min(counted.open(), spec.trialConnections()));
        beginTrial(spec, nowNanos);
      }
    }

    private void fail(CircuitBreaker fed, long times) {
      for (long i = 0; i < times; i++) {
        fed.onError(0, TimeUnit.NANOSECONDS, failure);
      }
    }

    private void succeed(CircuitBreaker fed, long times) {
      for (long i = 0; i < times; i++) {
        fed.onSuccess(0, TimeUnit.NANOSECONDS);
      }
    }

    void comeBack(@Nullable BreakerSpec spec, long nowNanos) {
      destination.forgetFailures();
      skip();
      if (breaker == null || spec == null || breaker.getState() == CircuitBreaker.State.CLOSED) {
        return;
      }
      if (breaker.getState() == CircuitBreaker.State.OPEN) {
        breaker.transitionToHalfOpenState();
      }
      beginTrial(spec, nowNanos);
    }

    private void beginTrial(BreakerSpec spec, long nowNanos) {
      trial = new Trial(spec.trialConnections());
      trialSinceNanos = nowNanos;
      destination.trial(trial);
    }

    void endTrial() {
      if (trial != null) {
        trial = null;
        destination.trial(null);
      }
    }
  }
}
