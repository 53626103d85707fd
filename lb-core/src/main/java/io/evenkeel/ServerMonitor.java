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

  /** When the next check is due, or was, if it runs. */
  private long dueNanos;

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
      checkAt(spec, nanoTime.getAsLong() + delay);
      watch = ((HealthCheck) spec.probe()).watch(() -> control.execute(() -> heard(spec)));
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
    watch.run();
  }

  void connectFailed() {
    boolean wasUp = health.state() == ServerState.UP;
    step(new HealthEvent(HealthEvent.Kind.CONNECT_FAILED, "a connection failed"));
    CheckSpec spec = key.spec();
    if (!wasUp || stopped) {
      return;
    }
    if (spec == null) {
      next =
          control.schedule(
              () -> step(new HealthEvent(HealthEvent.Kind.RETRY_DUE, "to be tried again")),
              Health.RETRY_AFTER.toNanos(),
              TimeUnit.NANOSECONDS);
    } else if (!running) {
      long retry = nanoTime.getAsLong() + health.nextCheckAfter(spec).toNanos();
      checkAt(spec, retry - dueNanos < 0 ? retry : dueNanos);
    }
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
                  key.endpoint(),
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
    } catch (RuntimeException e) {
      limit.cancel(false);
      finish(thisRun, spec, CheckResult.fail(e.toString()));
    }
  }

  private void finish(long finishedRun, CheckSpec spec, CheckResult result) {
    if (stopped || !running || finishedRun != run) {
      return;
    }
    running = false;
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
    if (!stopped) {
      long now = nanoTime.getAsLong();
      checkAt(spec, news ? now : nextDueNanos(health.nextCheckAfter(spec).toNanos(), now));
    }
  }

  /**
   * Who is late leaves checks out rather than the times at which they are due: else many that were
   * late at the same moment would stay together for ever.
   */
  private long nextDueNanos(long interval, long now) {
    long due = dueNanos + interval;
    long late = now - due;
    if (late <= 0) {
      return due;
    }
    return health.isDoubtful() ? now : due + (late / interval + 1) * interval;
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

  private void cancelNext() {
    if (next != null) {
      next.cancel(false);
    }
  }
}
