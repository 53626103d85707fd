package io.evenkeel.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks every millisecond how often the proxy could not connect to servers that are to die, and
 * every 100 ms what processor time the process has taken, less its own.
 */
final class RackFailureWatch {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int SAMPLES_OF_A_SECOND = 10;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private record Sample(long nanos, long cpuNanos) {
    double processorsSince(Sample before) {
      return (double) (cpuNanos - before.cpuNanos) / (nanos - before.nanos);
    }
  }

  private final Collection<Destination> dying;
  private final List<Sample> samples = new ArrayList<>();
  private final Thread thread = new Thread(this::watch, "watching");
  private long attempts;
  private long lastAttemptNanos;
  private volatile boolean ended;

  private RackFailureWatch(Collection<Destination> dying) {
    this.dying = dying;
  }

  static RackFailureWatch start(Collection<Destination> dying) {
    RackFailureWatch watch = new RackFailureWatch(dying);
    watch.thread.start();
    return watch;
  }

  /** Ends it; what it saw is to be read then. */
  void end() throws InterruptedException {
    ended = true;
    thread.join();
  }

  /** Attempts that failed while it looked. */
  long attempts() {
    return attempts;
  }

  /** When the last of those was seen; only if there were any. */
  long lastAttemptNanos() {
    return lastAttemptNanos;
  }

  /** Processors taken up to a time. */
  double processorsUntil(long nanos) {
    List<Sample> before = samples.stream().filter(s -> s.nanos - nanos <= 0).toList();
    return before.get(before.size() - 1).processorsSince(before.get(0));
  }

  /** Processors taken in the worst second from a time on; in all of it, if that was shorter. */
  double peakFrom(long nanos) {
    List<Sample> after = samples.stream().filter(s -> s.nanos - nanos >= 0).toList();
    int span = Math.min(SAMPLES_OF_A_SECOND, after.size() - 1);
    double peak = 0;
    for (int i = span; i < after.size(); i++) {
      peak = Math.max(peak, after.get(i).processorsSince(after.get(i - span)));
    }
    return peak;
  }

  private void watch() {
    final long first = failed();
    long seen = first;
    long sampleDue = System.nanoTime();
    while (!ended) {
      long now = System.nanoTime();
      long failed = failed();
      if (failed != seen) {
        seen = failed;
        lastAttemptNanos = now;
      }
      if (now - sampleDue >= 0) {
        long own = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        samples.add(new Sample(now, SYSTEM.getProcessCpuTime() - own));
        sampleDue += SAMPLE_NANOS;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    attempts = seen - first;
  }

  private long failed() {
    long sum = 0;
    for (Destination destination : dying) {
      sum += destination.released(Outcome.CONNECT_FAILED);
    }
    return sum;
  }
}
