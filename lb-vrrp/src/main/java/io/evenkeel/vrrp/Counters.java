package io.evenkeel.vrrp;

import io.evenkeel.vrrp.protocol.Cause;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Rejection;
import io.evenkeel.vrrp.protocol.Sight;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one router has done. Written by the timing thread, which never waits here and allocates
 * nothing; read by any.
 */
final class Counters {
  /** Over which lateness a timer is counted. */
  static final List<Duration> LATE =
      List.of(
          Duration.ofMillis(1),
          Duration.ofMillis(10),
          Duration.ofMillis(100),
          Duration.ofSeconds(1));

  private final LongAdder sent = new LongAdder();
  private final LongAdder sendsFailed = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder otherAddresses = new LongAdder();
  private final LongAdder otherInterval = new LongAdder();
  private final Map<Cause, LongAdder> transitions = adders(Cause.class);
  private final Map<Rejection, LongAdder> rejected = adders(Rejection.class);
  private final Map<Sight, LongAdder> sights = adders(Sight.class);
  private final LongAdder timers = new LongAdder();
  private final LongAdder lateNanos = new LongAdder();
  private final LongAdder[] late = new LongAdder[LATE.size()];
  private final long[] lateOverNanos = LATE.stream().mapToLong(Duration::toNanos).toArray();

  private volatile long mixedForms;
  private volatile long latestNanos;
  private volatile Phase phase = Phase.INITIALIZE;
  private volatile int priority;

  Counters() {
    Arrays.setAll(late, i -> new LongAdder());
  }

  private static <K extends Enum<K>> Map<K, LongAdder> adders(Class<K> kinds) {
    Map<K, LongAdder> all = new EnumMap<>(kinds);
    for (K kind : kinds.getEnumConstants()) {
      all.put(kind, new LongAdder());
    }
    return all;
  }

  private static <K> LongAdder of(Map<K, LongAdder> all, K kind) {
    return Objects.requireNonNull(all.get(kind));
  }

  /** An advertisement was sent. */
  void sent() {
    sent.increment();
  }

  /** An advertisement could not be sent, to one of those that are to hear it at least. */
  void sendFailed() {
    sendsFailed.increment();
  }

  /**
   * What {@link io.evenkeel.vrrp.protocol.Wire#mixedForms} says.
   *
   * @param all since the start, 0 or more
   */
  void mixedForms(long all) {
    mixedForms = all;
  }

  /**
   * A valid advertisement has come.
   *
   * @param addressesMatch whether its addresses are this router's
   * @param intervalMatches whether its interval is
   */
  void received(boolean addressesMatch, boolean intervalMatches) {
    received.increment();
    if (!addressesMatch) {
      otherAddresses.increment();
    }
    if (!intervalMatches) {
      otherInterval.increment();
    }
  }

  void rejected(Rejection why) {
    of(rejected, why).increment();
  }

  void saw(Sight what) {
    of(sights, what).increment();
  }

  void changed(Phase to, Cause cause) {
    phase = to;
    of(transitions, cause).increment();
  }

  /**
   * What it says of itself.
   *
   * @param effective 1..255
   */
  void priority(int effective) {
    priority = effective;
  }

  /**
   * Something was due, and is done now.
   *
   * @param nanos how long ago it was due; below 0 counts as 0
   */
  void late(long nanos) {
    long by = Math.max(0, nanos);
    timers.increment();
    lateNanos.add(by);
    for (int i = 0; i < late.length && by > lateOverNanos[i]; i++) {
      late[i].increment();
    }
    if (by > latestNanos) {
      latestNanos = by;
    }
  }

  long sentCount() {
    return sent.sum();
  }

  long sendsFailedCount() {
    return sendsFailed.sum();
  }

  long mixedFormsCount() {
    return mixedForms;
  }

  long receivedCount() {
    return received.sum();
  }

  long otherAddressesCount() {
    return otherAddresses.sum();
  }

  long otherIntervalCount() {
    return otherInterval.sum();
  }

  long count(Cause cause) {
    return of(transitions, cause).sum();
  }

  long count(Rejection why) {
    return of(rejected, why).sum();
  }

  long count(Sight what) {
    return of(sights, what).sum();
  }

  long timers() {
    return timers.sum();
  }

  long lateNanos() {
    return lateNanos.sum();
  }

  /** By its place in {@link #LATE}. */
  long lateCount(int place) {
    return late[place].sum();
  }

  /** Since the start. */
  long latestNanos() {
    return latestNanos;
  }

  Phase phase() {
    return phase;
  }

  int priority() {
    return priority;
  }
}
