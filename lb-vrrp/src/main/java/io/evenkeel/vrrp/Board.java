package io.evenkeel.vrrp;

import io.evenkeel.vrrp.protocol.Phase;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What other threads see of a router, and what outlives one run of it. Thread-safe. */
final class Board {
  private final Settings settings;
  private final RouterListeners listeners;
  private final @Nullable MeterRegistry meterRegistry;
  private final Counters counters = new Counters();

  /** The timing thread writes it. */
  private volatile RouterStatus status;

  /** Any thread writes it; the timing thread is told. */
  private volatile int basePriority;

  Board(Settings settings, RouterListeners listeners, @Nullable MeterRegistry meterRegistry) {
    this.settings = settings;
    this.listeners = listeners;
    this.meterRegistry = meterRegistry;
    basePriority = settings.config().priority();
    counters.priority(basePriority);
    status =
        new RouterStatus(
            settings.name(),
            Phase.INITIALIZE,
            Instant.now(),
            basePriority,
            basePriority,
            null,
            null,
            0,
            List.of(),
            List.of());
  }

  Settings settings() {
    return settings;
  }

  RouterListeners listeners() {
    return listeners;
  }

  Counters counters() {
    return counters;
  }

  /** Shows its meters until they are closed. */
  RouterMeters openMeters() {
    RouterMeters meters = new RouterMeters(settings.name(), counters);
    if (meterRegistry != null) {
      meters.bindTo(meterRegistry);
    }
    return meters;
  }

  RouterStatus status() {
    return status;
  }

  void publish(RouterStatus now) {
    status = now;
  }

  int basePriority() {
    return basePriority;
  }

  void basePriority(int priority) {
    basePriority = priority;
  }
}
