package io.evenkeel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to listeners in order, one at a time, each awaited with a bound. */
final class EventQueue {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /** For each listener: some bursts in which every one of 10 000 servers changes. */
  static final int MAX_WAITING = 100_000;

  private final List<EventListener> listeners;
  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final Duration timeout;
  private final AtomicInteger waiting = new AtomicInteger();

  /** Completes when everything that was added has been delivered; written by the director. */
  private CompletableFuture<Void> delivered = CompletableFuture.completedFuture(null);

  EventQueue(
      List<EventListener> listeners,
      Executor executor,
      ScheduledExecutorService timer,
      Duration timeout) {
    this.listeners = listeners;
    this.executor = executor;
    this.timer = timer;
    this.timeout = timeout;
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
    try {
      all.copy().orTimeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS).join();
    } catch (CompletionException e) {
      LOG.warn("{} events were not delivered within {}", waiting.get(), timeout);
    }
  }

  private CompletableFuture<Void> deliver(EventListener listener, Event event) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    FutureTask<Void> call =
        new FutureTask<>(() -> listener.onEvent(event), null) {
          @Override
          protected void done() {
            try {
              get();
            } catch (CancellationException e) {
              LOG.warn("listener {} not done within {}: {}", listener, timeout, event);
            } catch (ExecutionException e) {
              LOG.warn("listener {} failed: {}", listener, event, e.getCause());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            done.complete(null);
          }
        };
    try {
      ScheduledFuture<?> limit =
          timer.schedule(
              () -> call.cancel(true), TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
      executor.execute(call);
      return done.whenComplete((ok, failure) -> limit.cancel(false));
    } catch (RuntimeException | OutOfMemoryError e) {
      // No thread for it, or an executor that was shut down: the next event may fare better.
      LOG.warn("event not delivered: {}", event, e);
      return CompletableFuture.completedFuture(null);
    }
  }
}
