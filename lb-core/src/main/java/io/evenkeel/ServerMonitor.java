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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
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

  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  private final Key key;
  private final InetSocketAddress address;
  private final EventLoop eventLoop;
  private final ScheduledExecutorService control;
  private final Consumer<ServerMonitor> onStateChange;
  private final LongAdder passed = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /** Written on the control thread, read by status calls and meters. */
  private volatile Health health;

  /** Which run a result belongs to; a result of another one is late and ignored. */
  private long run;

  private boolean running;
  private boolean stopped;
  private @Nullable Future<?> next;

  /** A monitor that has not run yet; {@code onStateChange} must not throw. */
  ServerMonitor(
      Key key,
      InetSocketAddress address,
      Health health,
      EventLoop eventLoop,
      ScheduledExecutorService control,
      Consumer<ServerMonitor> onStateChange) {
    this.key = key;
    CheckSpec spec = key.spec();
    this.address =
        spec == null || spec.place().port() == 0
            ? address
            : new InetSocketAddress(address.getAddress(), spec.place().port());
    this.health = health;
    this.eventLoop = eventLoop;
    this.control = control;
    this.onStateChange = onStateChange;
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
   * The first check comes at a random point of the first interval, so that not all come at once.
   */
  void start() {
    CheckSpec spec = key.spec();
    if (spec != null) {
      checkAfter(
          spec,
          Duration.ofNanos(ThreadLocalRandom.current().nextLong(spec.timing().warmup().toNanos())));
    }
  }

  void stop() {
    stopped = true;
    cancelNext();
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
      checkAfter(spec, health.nextCheckAfter(spec));
    }
  }

  private void checkAfter(CheckSpec spec, Duration delay) {
    cancelNext();
    next = control.schedule(() -> check(spec), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void check(CheckSpec spec) {
    if (stopped) {
      return;
    }
    running = true;
    long thisRun = ++run;
    Duration timeout = spec.timing().timeout();
    // Later than the check's own time-out, whose reason says more.
    Future<?> limit =
        control.schedule(
            () ->
                finish(
                    thisRun,
                    spec,
                    CheckResult.fail("no result within " + timeout.toMillis() + " ms")),
            timeout.toNanos() + TimeUnit.MILLISECONDS.toNanos(50),
            TimeUnit.NANOSECONDS);
    try {
      ((HealthCheck) spec.probe())
          .check(new CheckTarget(key.endpoint(), address, null, timeout, timeout, eventLoop))
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
        step(new HealthEvent(HealthEvent.Kind.CHECK_PASSED, result.reason()));
      }
      case FAILED -> {
        failed.increment();
        step(new HealthEvent(HealthEvent.Kind.CHECK_FAILED, result.reason()));
      }
      case NONE -> LOG.warn("{}: could not be checked: {}", key.endpoint(), result.reason());
    }
    checkAfter(spec, health.nextCheckAfter(spec));
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
    ServerState before = health.state();
    health = health.step(key.spec(), event, System.nanoTime());
    if (health.state() != before && !stopped) {
      onStateChange.accept(this);
    }
  }

  private void cancelNext() {
    if (next != null) {
      next.cancel(false);
    }
  }
}
