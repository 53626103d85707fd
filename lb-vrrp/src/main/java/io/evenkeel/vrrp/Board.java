package io.evenkeel.vrrp;

import io.evenkeel.vrrp.protocol.Phase;
import java.time.Instant;
import java.util.List;

/** What other threads see of a router, and what outlives one run of it. Thread-safe. */
final class Board {
  private final Settings settings;
  private final RouterListeners listeners;
  private final Counters counters = new Counters();

  /** The timing thread writes it. */
  private volatile RouterStatus status;

  /** Any thread writes it; the timing thread is told. */
  private volatile int basePriority;

  Board(Settings settings, RouterListeners listeners) {
    this.settings = settings;
    this.listeners = listeners;
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
