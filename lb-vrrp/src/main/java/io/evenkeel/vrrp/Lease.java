package io.evenkeel.vrrp;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A lease on a third party: only who holds it becomes master, and only as long. It passes from one
 * host to another by itself when the first is gone, once its time is over.
 *
 * <p>No clock is compared with another; what counts are lengths of time. The holder counts from
 * before it asks, the third party from when it has been asked. Each may be wrong by the drift: the
 * holder takes twice the drift off, and is then through before the third party is.
 *
 * <p>A lease ends a master that runs. Of one that stands still (SIGSTOP, a full disk) the kernel
 * takes the addresses away: a router gives them a lifetime there, in whole seconds, that is over
 * one to two seconds before the lease is. So of less than 8 s the addresses may be gone for a
 * moment when the third party is late. Virtual routes and rules stay until the process goes on. A
 * virtual machine that was suspended as a whole does not know how long, nor does its kernel: only a
 * {@link Fence} helps against that.
 *
 * <p>Called by one thread at a time.
 */
public final class Lease implements ExclusiveGate {
  /** A thousandth: what slews a clock changes it by half of that at most (adjtimex(2)). */
  public static final int DEFAULT_DRIFT_PPM = 1000;

  private static final int MOST_DRIFT_PPM = 100_000;
  private static final long MILLION = 1_000_000;

  /** Less the greatest drift it is 4 s, for which a router can have its addresses. */
  private static final Duration SHORTEST = Duration.ofSeconds(5);

  private static final Duration LONGEST = Duration.ofDays(1);

  private final LeaseStore store;
  private final String name;
  private final String holder;
  private final Duration length;
  private final long ownNanos;
  private final LongSupplier nanoTime;

  private boolean isHeld;
  private long untilNanos;

  /**
   * A lease with a drift of {@value #DEFAULT_DRIFT_PPM} millionths.
   *
   * @param store the third party, which both hosts reach when they do not reach each other
   * @param name of what is lent, the same on all hosts
   * @param holder this host, another name on each
   * @param length for how long, 5 s..1 day (the kernel counts the lifetimes of addresses in whole
   *     seconds): how long it takes at most until another host may take over; shorter ones are
   *     asked for more often
   * @throws IllegalArgumentException if the length is out of range
   */
  public Lease(LeaseStore store, String name, String holder, Duration length) {
    this(store, name, holder, length, DEFAULT_DRIFT_PPM);
  }

  /**
   * A lease.
   *
   * @param store the third party, which both hosts reach when they do not reach each other
   * @param name of what is lent, the same on all hosts
   * @param holder this host, another name on each
   * @param length for how long, 5 s..1 day (the kernel counts the lifetimes of addresses in whole
   *     seconds): how long it takes at most until another host may take over; shorter ones are
   *     asked for more often
   * @param driftPpm by how many millionths a clock may be fast or slow, 0..100000
   * @throws IllegalArgumentException if the length or the drift is out of range
   */
  public Lease(LeaseStore store, String name, String holder, Duration length, int driftPpm) {
    this(store, name, holder, length, driftPpm, System::nanoTime);
  }

  Lease(
      LeaseStore store,
      String name,
      String holder,
      Duration length,
      int driftPpm,
      LongSupplier nanoTime) {
    if (length.compareTo(SHORTEST) < 0 || length.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("length: " + length + " (expected: 5 s..1 day)");
    }
    if (driftPpm < 0 || driftPpm > MOST_DRIFT_PPM) {
      throw new IllegalArgumentException(
          "driftPpm: " + driftPpm + " (expected: 0.." + MOST_DRIFT_PPM + ")");
    }
    this.store = store;
    this.name = name;
    this.holder = holder;
    this.length = length;
    long nanos = TimeUnit.NANOSECONDS.convert(length);
    // Rounded up: never longer than it may be.
    this.ownNanos = nanos - (nanos + MILLION - 1) / MILLION * 2 * driftPpm;
    this.nanoTime = nanoTime;
  }

  @Override
  public Duration pass() throws Exception {
    long now = nanoTime.getAsLong();
    if (!store.acquire(name, holder, length, this::isSurelyHeld)) {
      isHeld = false;
      throw new IllegalStateException("lease " + name + ": another holds it");
    }
    isHeld = true;
    untilNanos = now + ownNanos;
    return Duration.ofNanos(ownNanos);
  }

  private boolean isSurelyHeld() {
    return isHeld && untilNanos - nanoTime.getAsLong() > 0;
  }

  @Override
  public void release() throws Exception {
    isHeld = false;
    store.release(name, holder);
  }

  @Override
  public String toString() {
    return "lease " + name;
  }
}
