package io.evenkeel.vrrp;

import io.evenkeel.vrrp.protocol.Phase;
import java.time.Instant;
import java.util.List;

/** What other threads see of a router, and what outlives one run of it. Thread-safe. */
final class Board {
  private final Settings settings;
  private final List<VrrpListener> listeners;

  /** The timing thread writes it. */
  private volatile RouterStatus status;

  /** Any thread writes it; the timing thread is told. */
  private volatile int basePriority;

  Board(Settings settings, List<VrrpListener> listeners) {
    this.settings = settings;
    this.listeners = listeners;
    basePriority = settings.config().priority();
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

  void tell(VrrpEvent event) {
    listeners.forEach(
        listener -> {
          try {
            listener.onEvent(event);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
