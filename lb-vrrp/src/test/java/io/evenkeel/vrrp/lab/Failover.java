package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.lab.Contender.Kind;
import io.evenkeel.vrrp.protocol.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A master, and who takes over from it, again and again: its cable is pulled, and plugged in again,
 * upon which it preempts.
 */
final class Failover implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofNanos(500_000);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path sampler;
  private final int intervalMillis;
  private final Segment segment;
  private final Contender master;
  private final Contender backup;
  private final List<Duration> times = new ArrayList<>();

  /**
   * Starts both, of version 3.
   *
   * @param sampler its program
   * @param backup who takes over; the master is of the other kind
   * @param intervalMillis of both
   */
  Failover(Path sampler, Kind backup, int intervalMillis) throws IOException {
    this.sampler = sampler;
    this.intervalMillis = intervalMillis;
    this.segment = new Segment();
    Kind other = backup == Kind.OURS ? Kind.KEEPALIVED : Kind.OURS;
    this.master = other.on(segment, Host.HIGH);
    this.backup = backup.on(segment, Host.LOW);
    Settings high =
        new Settings(Host.HIGH, Version.V3, false, false, 150, intervalMillis, true, 0, "", "");
    Settings low =
        new Settings(Host.LOW, Version.V3, false, false, 100, intervalMillis, true, 0, "", "");
    try {
      master.prepare();
      this.backup.prepare();
      master.start(high);
      this.backup.start(low);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Pulls the cable once, and plugs it in again. */
  void once() throws IOException {
    try (Sampler third = Sampler.pinging(sampler, segment, "192.0.2.100", PERIOD)) {
      awaitCalm(third);
      long before = System.nanoTime();
      segment.cable(Host.HIGH, false);
      if (!third.await(trace -> time(trace, before) != null, PATIENCE)) {
        throw new IOException("no answer: " + third.trace().path());
      }
      times.add(time(third.trace(), before));
      segment.cable(Host.HIGH, true);
    }
  }

  /**
   * From the master's last advertisement to the first answer to a ping; null: there is none yet. A
   * silence in which the master lives is none of these.
   */
  private @Nullable Duration time(Trace trace, long after) {
    for (long pong : trace.pongs()) {
      long last = Long.MIN_VALUE;
      for (Trace.Advert advert : trace.adverts()) {
        if (advert.host() == Host.HIGH.number && advert.nanos() - pong < 0) {
          last = advert.nanos();
        }
      }
      Duration time = Duration.ofNanos(pong - last);
      if (pong - after > 0 && time.toMillis() > 2L * intervalMillis) {
        return time;
      }
    }
    return null;
  }

  /** Until the master has been one for twenty intervals, and at least half a second. */
  private void awaitCalm(Sampler third) throws IOException {
    long calm =
        Math.max(Duration.ofMillis(20L * Math.min(intervalMillis, 100)).toNanos(), 500_000_000);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (Trace trace = third.trace();
        trace.owners().isEmpty()
            || last(trace).hosts() != Host.HIGH.number
            || System.nanoTime() - last(trace).nanos() < calm;
        trace = third.trace()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("no calm: " + trace.path());
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  private static Trace.Owners last(Trace trace) {
    return trace.owners().get(trace.owners().size() - 1);
  }

  /**
   * From the master's last advertisement to the first answer to a ping, each time, the shortest
   * first.
   */
  List<Duration> times() {
    return times.stream().sorted().toList();
  }

  Duration median() {
    return times().get(times.size() / 2);
  }

  @Override
  public void close() throws IOException {
    try (segment;
        master;
        backup) {
      // Each of them, whatever comes of the others.
    }
  }
}
