package io.evenkeel.persistence;

import io.evenkeel.pool.Claim;
import io.evenkeel.pool.Destination;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/**
 * A client's tie to a server, held by its connections.
 *
 * <p>Its life is that of the kernel's (net/netfilter/ipvs/ip_vs_conn.c, ip_vs_conn_expire): a timer
 * of the service's timeout is restarted by each new connection; when it fires while connections
 * live, it is set to 60 s, and 60 s is what later connections restart it with, too. Here no timer
 * runs: the last of the connections works out when the kernel's would fire next. What happens at
 * one moment is taken in this order: releases, the timer, new connections.
 *
 * <p>Thread-safe, without locks.
 */
public class Template implements Claim {
  /** What the kernel waits before it looks again whether connections live. */
  static final long REARM_NANOS = 60_000_000_000L;

  private static final VarHandle STATE;
  private static final VarHandle DEADLINE;
  private static final VarHandle COUNTED;
  private static final int DEAD = -1;

  /** Lower half: connections, or DEAD. Upper half: how often it was held, so no state returns. */
  private static final long ONE_CONNECTION = 1;

  private static final long ONE_HOLD = (1L << 32) + ONE_CONNECTION;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Template.class, "state", long.class);
      DEADLINE = lookup.findVarHandle(Template.class, "deadlineNanos", long.class);
      COUNTED = lookup.findVarHandle(Template.class, "counted", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Destination destination;
  private final LongSupplier nanoTime;

  /** Written by whoever holds or releases. */
  private volatile long state;

  /** When the timer fires next, as of the last change; only ever grows. Written by holders. */
  private volatile long deadlineNanos;

  /** The service's timeout, or REARM_NANOS once the timer has fired. Written by holders. */
  private volatile long timeoutNanos;

  /** 1 while its destination counts it; written by the table. */
  private volatile int counted;

  /** One without connections. */
  Template(Destination destination, LongSupplier nanoTime, long timeoutNanos, long deadlineNanos) {
    this.destination = destination;
    this.nanoTime = nanoTime;
    this.timeoutNanos = timeoutNanos;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * Where its client goes.
   *
   * @return the server
   */
  public Destination destination() {
    return destination;
  }

  /** A new connection: it lives on and its timer is restarted. False if it has expired. */
  boolean hold(long nowNanos) {
    if (!acquire(nowNanos)) {
      return false;
    }
    postpone(nowNanos + timeoutNanos);
    return true;
  }

  private boolean acquire(long nowNanos) {
    while (true) {
      long before = state;
      int connections = (int) before;
      boolean fired = nowNanos - deadlineNanos >= 0;
      if (connections == DEAD || (connections == 0 && fired)) {
        return false;
      }
      if (STATE.compareAndSet(this, before, before + ONE_HOLD)) {
        if (fired) {
          timeoutNanos = REARM_NANOS;
        }
        return true;
      }
    }
  }

  @Override
  public void released() {
    while (true) {
      long before = state;
      if ((int) before == 1) {
        // Ours is the last: nobody changes the deadline after this, unless by holding it, and then
        // the state is another.
        rearm(nanoTime.getAsLong());
      }
      if (STATE.compareAndSet(this, before, before - ONE_CONNECTION)) {
        return;
      }
    }
  }

  /** Ends it if its time is over. False if it lives on. */
  boolean endIfExpired(long nowNanos) {
    while (true) {
      long before = state;
      int connections = (int) before;
      if (connections == DEAD) {
        return true;
      }
      if (connections > 0 || nowNanos - deadlineNanos < 0) {
        return false;
      }
      if (STATE.compareAndSet(this, before, before - ONE_CONNECTION)) {
        return true;
      }
    }
  }

  /** Ends it unless connections hold it. False if they do. */
  boolean endIfFree() {
    long before = state;
    while ((int) before == 0 && !STATE.compareAndSet(this, before, before - ONE_CONNECTION)) {
      before = state;
    }
    return (int) before <= 0;
  }

  /** Lives at least until then. False if it has ended. */
  boolean prolong(long nowNanos, long untilNanos) {
    if (!acquire(nowNanos)) {
      return false;
    }
    postpone(untilNanos);
    released();
    return true;
  }

  /**
   * Connections that hold it.
   *
   * @return 0 or more
   */
  public int connections() {
    return Math.max((int) state, 0);
  }

  /** When the timer fires next, or fired last if connections held it since. */
  long deadlineNanos() {
    return deadlineNanos;
  }

  /**
   * What a new connection restarts the timer with.
   *
   * @return over 0
   */
  public long timeoutNanos() {
    return timeoutNanos;
  }

  /**
   * Until it expires if no connection comes and all that there are end now.
   *
   * @param nowNanos monotonic time
   * @return 0 or more; 0 if it has expired
   */
  public long timeLeftNanos(long nowNanos) {
    long left = deadlineNanos - nowNanos;
    return left >= 0 || connections() == 0 ? Math.max(left, 0) : firesAfter(-left) + left;
  }

  void count() {
    if (counted == 0 && (int) COUNTED.getAndSet(this, 1) == 0) {
      destination.countTemplates(1);
    }
  }

  void countNoMore() {
    if (counted == 1 && (int) COUNTED.getAndSet(this, 0) == 1) {
      destination.countTemplates(-1);
    }
  }

  /** Whether it is in its table. */
  boolean isCounted() {
    return counted == 1;
  }

  private void rearm(long nowNanos) {
    long deadline = deadlineNanos;
    long late = nowNanos - deadline;
    if (late > 0) {
      timeoutNanos = REARM_NANOS;
      postpone(deadline + firesAfter(late));
    }
  }

  /**
   * The first time at or after {@code late} at which the timer fires, both from the deadline on.
   */
  private static long firesAfter(long late) {
    return (late + REARM_NANOS - 1) / REARM_NANOS * REARM_NANOS;
  }

  private void postpone(long nanos) {
    long before = deadlineNanos;
    while (nanos - before > 0 && !DEADLINE.compareAndSet(this, before, nanos)) {
      before = deadlineNanos;
    }
  }
}
