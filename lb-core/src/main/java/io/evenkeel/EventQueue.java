package io.evenkeel;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to listeners in order, one at a time, each awaited with a bound. */
final class EventQueue {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /** For each listener: some bursts in which every one of 10 000 servers changes. */
  static final int MAX_WAITING = 100_000;

  private final List<EventListener> listeners;
  private final ListenerCalls calls;
  private final AtomicInteger waiting = new AtomicInteger();

  /** Completes when everything that was added has been delivered; written by the director. */
  private CompletableFuture<Void> delivered = CompletableFuture.completedFuture(null);

  EventQueue(List<EventListener> listeners, ListenerCalls calls) {
    this.listeners = listeners;
    this.calls = calls;
  }

  synchronized void add(Event event) {
    for (EventListener listener : listeners) {
      if (waiting.incrementAndGet() > MAX_WAITING * listeners.size()) {
        waiting.decrementAndGet();
        LOG.error("event not delivered, {} are waiting for their listener: {}", waiting, event);
        continue;
      }
      delivered =
          delivered
              .thenCompose(before -> deliver(listener, event))
              .whenComplete((done, failure) -> waiting.decrementAndGet());
    }
  }

  /** Waits until all is delivered, at most as long as one listener may take. */
  void await() {
    CompletableFuture<Void> all;
    synchronized (this) {
      all = delivered;
    }
    if (!calls.await(all)) {
      LOG.warn("{} events were not delivered within {}", waiting.get(), calls.timeout());
    }
  }

  private CompletableFuture<Void> deliver(EventListener listener, Event event) {
    return calls.call(listener, event, () -> listener.onEvent(event));
  }
}
