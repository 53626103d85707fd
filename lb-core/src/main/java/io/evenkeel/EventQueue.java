package io.evenkeel;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to listeners: to each in order, one at a time and awaited with a bound, whatever the
 * others do.
 */
final class EventQueue {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /** For each listener: some bursts in which every one of 10 000 servers changes. */
  static final int MAX_WAITING = 100_000;

  private final List<Line> lines;
  private final ListenerCalls calls;

  EventQueue(List<EventListener> listeners, ListenerCalls calls) {
    this.lines = listeners.stream().map(Line::new).toList();
    this.calls = calls;
  }

  synchronized void add(Event event) {
    lines.forEach(line -> line.add(event));
  }

  /** Waits until all is delivered, at most as long as one listener may take. */
  void await() {
    CompletableFuture<Void> all;
    synchronized (this) {
      all =
          CompletableFuture.allOf(
              lines.stream().map(line -> line.delivered).toArray(CompletableFuture<?>[]::new));
    }
    if (!calls.await(all)) {
      LOG.warn(
          "{} events were not delivered within {}",
          lines.stream().mapToInt(line -> line.waiting.get()).sum(),
          calls.timeout());
    }
  }

  /** What waits for one listener. */
  private final class Line {
    private final EventListener listener;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Completes when everything that was added has been delivered; guarded by the queue. */
    private CompletableFuture<Void> delivered = CompletableFuture.completedFuture(null);

    Line(EventListener listener) {
      this.listener = listener;
    }

    void add(Event event) {
      if (waiting.incrementAndGet() > MAX_WAITING) {
        waiting.decrementAndGet();
        LOG.error("event not delivered, {} are waiting for {}: {}", waiting, listener, event);
        return;
      }
      delivered =
          delivered
              .thenCompose(before -> calls.call(listener, event, () -> listener.onEvent(event)))
              .whenComplete((done, failure) -> waiting.decrementAndGet());
    }
  }
}
