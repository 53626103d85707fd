package io.evenkeel;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.Health;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.health.HealthEvent;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the health of one endpoint: runs its check, shared by all services that want the same one,
 * and steps the pure {@link Health}. Everything but the readers runs on the control thread.
 */
final class ServerMonitor {

  /** One monitor for each of these. */
  record Key(Endpoint endpoint, @Nullable CheckSpec spec) {}

  /** Where the check goes, resolved, and where it comes from; null: what the routes say. */
  record Where(InetSocketAddress address, @Nullable InetSocketAddress bind) {}

  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /** How long after a check's own time-out, whose reason says more, it is ended from here. */
  private static final long SPARE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Key key;
  private final Where where;
  private final EventLoop eventLoop;
  private final ScheduledExecutorService control;
  private final LongSupplier nanoTime;
  private final MonitorListener listener;
  private final LongAdder passed = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /** Written on the control thread, read by status calls and meters. */
  private volatile Health health;

  /** Which run a result belongs to; a result of another one is late and ignored. */
  private long run;

  private boolean running;

  /** Whether the check has had news since it was run last. */
  private boolean news;

  private boolean stopped;
  private Runnable watch = () -> {};
  private @Nullable Future<?> next;

  private @Nullable Future<?> retry;

  /** When the next check is due, or was, if it runs. */
  private long dueNanos;

  /** When the last one was due, those apart that came in between because of a doubt. */
  private long regularNanos;

  /** Why the last check could not be run; null: it could. */
  private @Nullable String hindrance;

  /** A monitor that has not run yet. */
  ServerMonitor(
      Key key,
      Where where,
      Health health,
      EventLoop eventLoop,
      ScheduledExecutorService control,
      LongSupplier nanoTime,
      MonitorListener listener) {
    this.key = key;
    this.where = where;
    this.health = health;
    this.eventLoop = eventLoop;
    this.control = control;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  Key key() {
    return key;
  }

  Health health() {
    return health;
  }

  long passed() {
    return passed.sum();
  }

  long failed() {
    return failed.sum();
  }

  /**
   * Begins to check. From then on checks are due at fixed times, however long each of them takes.
   *
   * @param phase when the first check starts within the warm-up, 0..1
   */
  void start(double phase) {
    CheckSpec spec = key.spec();
    if (spec != null) {
      long delay = (long) (phase * spec.timing().warmup().toNanos());
      regularNanos = nanoTime.getAsLong() + delay;
      checkAt(spec, regularNanos);
      watch(spec);
    }
  }

  private void watch(CheckSpec spec) {
    try {
      watch =
          Objects.requireNonNull(
              ((HealthCheck) spec.probe()).watch(() -> control.execute(() -> heard(spec))),
              "no end of the watch");
    } catch (RuntimeException | Error e) {
      LOG.error("{}: {} cannot be watched, and is run in its intervals", key.endpoint(), spec, e);
    }
  }

  /** The check itself says that it would find something new. */
  private void heard(CheckSpec spec) {
    news = true;
    if (!stopped && !running) {
      checkAt(spec, nanoTime.getAsLong());
    }
  }

  void stop() {
    stopped = true;
    cancelNext();
    cancelRetry();
    try {
      watch.run();
    } catch (RuntimeException | Error e) {
      LOG.error("{}: the watch did not end", key.endpoint(), e);
    }
  }

  void connectFailed() {
    boolean wasUp = health.state() == ServerState.UP;
    step(new HealthEvent(HealthEvent.Kind.CONNECT_FAILED, "a connection failed"));
    CheckSpec spec = key.spec();
    if (!wasUp || stopped) {
      return;
    }
    retryLater();
    if (spec != null && !running) {
      long soon = nanoTime.getAsLong() + health.nextCheckAfter(spec).toNanos();
      checkAt(spec, soon - dueNanos < 0 ? soon : dueNanos);
    }
  }

  private void retryLater() {
    retry =
        control.schedule(
            () -> {
              step(new HealthEvent(HealthEvent.Kind.RETRY_DUE, "to be tried again"));
              // A check has failed since: the next result may not come, so this goes on.
              if (health.state() == ServerState.SUSPECT && !stopped) {
                retryLater();
              }
            },
            Health.RETRY_AFTER.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void checkAt(CheckSpec spec, long due) {
    cancelNext();
    dueNanos = due;
    next =
        control.schedule(
            () -> check(spec), Math.max(due - nanoTime.getAsLong(), 0), TimeUnit.NANOSECONDS);
  }

  private void check(CheckSpec spec) {
    if (stopped) {
      return;
    }
    running = true;
    news = false;
    long thisRun = ++run;
    Duration timeout = spec.timing().timeout();
    Future<?> limit =
        control.schedule(
            () ->
                finish(
                    thisRun,
                    spec,
                    CheckResult.fail("no result within " + timeout.toMillis() + " ms")),
            timeout.toNanos() + SPARE_NANOS,
            TimeUnit.NANOSECONDS);
    try {
      ((HealthCheck) spec.probe())
          .check(
              new CheckTarget(
                  spec.place().of(key.endpoint()),
                  where.address(),
                  where.bind(),
                  spec.timing().connectTimeout(),
                  timeout,
                  eventLoop))
          .whenComplete(
              (result, failure) ->
                  control.execute(
                      () -> {
                        limit.cancel(false);
                        finish(thisRun, spec, resultOf(result, failure));
                      }));
    } catch (RuntimeException | Error e) {
      limit.cancel(false);
      finish(thisRun, spec, CheckResult.fail(e.toString()));
    }
  }

  private void finish(long finishedRun, CheckSpec spec, CheckResult result) {
    if (stopped || !running || finishedRun != run) {
      return;
    }
    running = false;
    try {
      judge(result);
    } finally {
      if (!stopped) {
        long now = nanoTime.getAsLong();
        checkAt(spec, news ? now : nextDueNanos(health.nextCheckAfter(spec).toNanos(), now));
      }
    }
  }

  private void judge(CheckResult result) {
    switch (result.verdict()) {
      case PASSED -> {
        passed.increment();
        step(event(HealthEvent.Kind.CHECK_PASSED, result));
        listener.passed(this);
      }
      case FAILED -> {
        failed.increment();
        step(event(HealthEvent.Kind.CHECK_FAILED, result));
      }
      case NONE -> {
        if (!result.reason().equals(hindrance)) {
          LOG.warn("{}: could not be checked: {}", key.endpoint(), result.reason());
        }
      }
    }
    hindrance = result.verdict() == CheckResult.Verdict.NONE ? result.reason() : null;
  }

  /**
   * In doubt after the retry interval, else at one of its regular times: who is late leaves some of
   * them out. So those that failed or were late together do not stay together for ever.
   */
  private long nextDueNanos(long interval, long now) {
    if (health.isDoubtful()) {
      long due = dueNanos + interval;
      return due - now < 0 ? now : due;
    }
    if (regularNanos - now <= 0) {
      regularNanos += ((now - regularNanos) / interval + 1) * interval;
    }
    return regularNanos;
  }

  private static HealthEvent event(HealthEvent.Kind kind, CheckResult result) {
    return new HealthEvent(kind, result.reason(), result.weight(), result.admin());
  }

  private static CheckResult resultOf(@Nullable CheckResult result, @Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      return CheckResult.fail(cause.toString());
    }
    return result == null ? CheckResult.fail("no result (a defect of the check)") : result;
  }

  private void step(HealthEvent event) {
    Health before = health;
    health = before.step(key.spec(), event, nanoTime.getAsLong());
    if (health.state() != ServerState.SUSPECT) {
      cancelRetry();
    }
    if (stopped) {
      return;
    }
    if (health.differs(before)) {
      listener.changed(this);
    }
    if (health.proven() && !before.proven()) {
      listener.proven();
    }
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel(false);
    }
  }

  private void cancelNext() {
    if (next != null) {
      next.cancel(false);
    }
  }
}
