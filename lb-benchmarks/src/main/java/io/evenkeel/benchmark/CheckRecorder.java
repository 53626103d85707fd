package io.evenkeel.benchmark;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * When checks began, and how they ended, between a start and a stop. Each endpoint is checked by
 * one thread at a time; different ones by different threads.
 */
final class CheckRecorder {
  private static final long BUCKET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long intervalNanos;
  private final AtomicLongArray firstNanos;
  private final AtomicLongArray lastLateNanos;
  private final AtomicLongArray mostLateNanos;
  private final AtomicIntegerArray times;
  private final AtomicIntegerArray buckets;
  private final LongAdder ended = new LongAdder();
  private final LongAdder notPassed = new LongAdder();
  private long startNanos;
  private volatile boolean recording;

  CheckRecorder(int endpoints, int seconds, Duration interval) {
    intervalNanos = interval.toNanos();
    firstNanos = new AtomicLongArray(endpoints);
    lastLateNanos = new AtomicLongArray(endpoints);
    mostLateNanos = new AtomicLongArray(endpoints);
    times = new AtomicIntegerArray(endpoints);
    buckets = new AtomicIntegerArray(10 * seconds);
  }

  void start(long nowNanos) {
    startNanos = nowNanos;
    recording = true;
  }

  void stop() {
    recording = false;
  }

  void begun(int endpoint, long nowNanos) {
    if (!recording) {
      return;
    }
    long bucket = (nowNanos - startNanos) / BUCKET_NANOS;
    if (bucket < buckets.length()) {
      buckets.incrementAndGet((int) bucket);
    }
    int before = times.getAndIncrement(endpoint);
    if (before == 0) {
      firstNanos.set(endpoint, nowNanos);
    } else {
      long late = nowNanos - firstNanos.get(endpoint) - before * intervalNanos;
      lastLateNanos.set(endpoint, late);
      mostLateNanos.accumulateAndGet(endpoint, late, Math::max);
    }
  }

  void ended(boolean passed) {
    if (recording) {
      ended.increment();
      if (!passed) {
        notPassed.increment();
      }
    }
  }

  long ended() {
    return ended.sum();
  }

  long notPassed() {
    return notPassed.sum();
  }

  /** Checks begun in each 100 ms, the fewest first. */
  int[] begunInBuckets() {
    return IntStream.range(0, buckets.length()).map(buckets::get).sorted().toArray();
  }

  /** How much later any check began than its endpoint's first one and as many intervals. */
  long latestNanos() {
    return endpoints(mostLateNanos::get).max().orElse(0);
  }

  /** How much later each endpoint's last check began: the median, 0 if there is no drift. */
  long driftNanos() {
    return endpoints(lastLateNanos::get).sorted().skip(times.length() / 2).findFirst().orElse(0);
  }

  private LongStream endpoints(IntToLongFunction value) {
    return IntStream.range(0, times.length()).mapToLong(value);
  }
}
