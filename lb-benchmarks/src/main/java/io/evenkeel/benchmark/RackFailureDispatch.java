package io.evenkeel.benchmark;

import io.evenkeel.Dispatcher;
import io.evenkeel.model.Endpoint;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A caller that chooses servers in process at a fixed rate and keeps so many connections open, but
 * does not really connect. When the rack dies it says of its connections there what a caller would
 * see: that they broke, and that there is no new one.
 */
final class RackFailureDispatch {
  private final Dispatcher dispatcher;
  private final Set<Endpoint> dying;
  private final int rate;
  private final int open;
  private final Deque<Assignment> held = new ArrayDeque<>();
  private final AtomicLong deadDispatches = new AtomicLong();
  private final Thread thread = new Thread(this::run, "dispatching");

  private volatile boolean dead;
  private volatile boolean ended;

  private volatile long lastNanos;

  private RackFailureDispatch(Dispatcher dispatcher, Set<Endpoint> dying, int rate, int open) {
    this.dispatcher = dispatcher;
    this.dying = dying;
    this.rate = rate;
    this.open = open;
  }

  static RackFailureDispatch start(Dispatcher dispatcher, Set<Endpoint> dying, int rate, int open) {
    RackFailureDispatch dispatch = new RackFailureDispatch(dispatcher, dying, rate, open);
    dispatch.thread.start();
    return dispatch;
  }

  /** Says whether the rack is dead from now on. */
  void dead(boolean value) {
    dead = value;
  }

  /** How often a dead server was chosen, ever. */
  long deadDispatches() {
    return deadDispatches.get();
  }

  /** When that was last. */
  long lastNanos() {
    return lastNanos;
  }

  private void run() {
    Flow flow = new Flow();
    boolean wasDead = false;
    long start = System.nanoTime();
    for (long count = 0; !ended; count++) {
      long due = start + count * TimeUnit.SECONDS.toNanos(1) / rate;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      if (dead && !wasDead) {
        breakOpen();
      }
      wasDead = dead;
      // Clients of another /24 each time, so that schedulers that hash see many.
      flow.client(0, 0xffff_0a00_0000L | (count * 257 & 0xff_ffff), 1024 + (int) (count % 60_000));
      dispatch(flow, wasDead);
    }
    held.forEach(assignment -> assignment.release(Outcome.ABORTED));
  }

  private void dispatch(Flow flow, boolean isDead) {
    Assignment assignment = held.size() > open ? held.remove() : new Assignment();
    if (assignment.isAssigned()) {
      assignment.release(Outcome.SUCCESS);
    }
    // Before it: what was chosen while a server went down was chosen before it was down.
    long nanos = System.nanoTime();
    if (!dispatcher.dispatch(flow, assignment)) {
      return;
    }
    if (isDead && isDying(assignment)) {
      lastNanos = nanos;
      deadDispatches.incrementAndGet();
      assignment.release(Outcome.CONNECT_FAILED);
    } else {
      assignment.established();
      held.add(assignment);
    }
  }

  private void breakOpen() {
    for (Iterator<Assignment> all = held.iterator(); all.hasNext(); ) {
      Assignment assignment = all.next();
      if (isDying(assignment)) {
        assignment.release(Outcome.FAILED);
        all.remove();
      }
    }
  }

  private boolean isDying(Assignment assignment) {
    return dying.contains(assignment.destination().endpoint());
  }

  /** Ends it and its connections. */
  void end() throws InterruptedException {
    ended = true;
    thread.join();
  }
}
