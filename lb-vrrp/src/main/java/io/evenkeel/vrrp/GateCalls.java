package io.evenkeel.vrrp;

import io.evenkeel.vrrp.protocol.GroupEvent;
import io.evenkeel.vrrp.protocol.GroupEvent.Granted;
import io.evenkeel.vrrp.protocol.GroupEvent.Refused;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a gate on a thread of its own, one call at a time; the answers come back as events. */
final class GateCalls {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualRouter.class);
  private static final long IDLE_SECONDS = 10;

  /** What never expires, on the scale of {@link System#nanoTime}. */
  static final long FOREVER_NANOS = Long.MAX_VALUE / 4;

  private final String name;
  private final ExclusiveGate gate;
  private final Duration timeout;
  private final LiveGroup group;
  private final ThreadPoolExecutor thread;
  private final AtomicBoolean isRefused = new AtomicBoolean();

  /** The call that is not answered; of the timing thread, as are the three of it. */
  private @Nullable Future<?> asked;

  private long attempt;
  private long deadlineNanos;

  GateCalls(String name, ExclusiveGate gate, Duration timeout, LiveGroup group) {
    this.name = name;
    this.gate = gate;
    this.timeout = timeout;
    this.group = group;
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "evenkeel-vrrp-gate-" + name);
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  void ask(long number) {
    cancel();
    attempt = number;
    deadlineNanos = System.nanoTime() + timeout.toNanos();
    try {
      asked = thread.submit(() -> pass(number));
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.warn("{}: gate {} is not asked: {}", name, gate, e.toString());
      group.post(() -> group.handle(new Refused(number)));
    }
  }

  private void pass(long number) {
    // It holds from before the call on.
    long beganNanos = System.nanoTime();
    try {
      long holdsNanos = Math.min(gate.pass().toNanos(), FOREVER_NANOS);
      isRefused.set(false);
      group.post(() -> answered(number, new Granted(number, beganNanos + holdsNanos)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception | Error e) {
      refused("is not passed: " + e);
      group.post(() -> answered(number, new Refused(number)));
    }
  }

  /** Once until it is passed again: a host that is parted from the other asks for ever. */
  private void refused(String why) {
    if (isRefused.compareAndSet(false, true)) {
      LOG.warn("{}: gate {} {}", name, gate, why);
    } else {
      LOG.debug("{}: gate {} {}", name, gate, why);
    }
  }

  private void answered(long number, GroupEvent answer) {
    if (number == attempt) {
      asked = null;
    }
    group.handle(answer);
  }

  void release() {
    cancel();
    thread.execute(
        () -> {
          try {
            gate.release();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (Exception | Error e) {
            LOG.warn("{}: gate {} is not given back", name, gate, e);
          }
        });
  }

  private void cancel() {
    if (asked != null) {
      asked.cancel(true);
      asked = null;
    }
  }

  /** When {@link #tick} is due, if that is before another time. */
  long nextNanos(long otherNanos) {
    return asked != null && deadlineNanos - otherNanos < 0 ? deadlineNanos : otherNanos;
  }

  /** Gives a call up that takes too long. */
  void tick(long nowNanos) {
    if (asked != null && deadlineNanos - nowNanos <= 0) {
      refused("does not answer within " + timeout);
      cancel();
      group.handle(new Refused(attempt));
    }
  }

  /** Waits until the last call has ended, at most as long as one may take. */
  void await() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
