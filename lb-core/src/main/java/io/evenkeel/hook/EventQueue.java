package io.evenkeel.hook;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to listeners: to each in order, one at a time and awaited with a bound, whatever the
 * others do. Thread-safe.
 *
 * @param <L> a listener
 * @param <E> an event
 */
public final class EventQueue<L, E> {
  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

  /**
   * How many events wait for one listener before the next is dropped, which is logged: some bursts
   * in which every one of 10 000 servers changes.
   */
  public static final int MAX_WAITING = 100_000;

  private final List<Line> lines;
  private final Call<? super L, ? super E> call;
  private final ListenerCalls calls;

  /**
   * How a listener is told.
   *
   * @param <L> a listener
   * @param <E> an event
   */
  @FunctionalInterface
  public interface Call<L, E> {

    /**
     * Tells it.
     *
     * @param listener whom
     * @param event what
     * @throws Exception which is logged
     */
    void tell(L listener, E event) throws Exception;
  }

  /**
   * A queue.
   *
   * @param listeners who is told
   * @param call how
   * @param calls on which threads, and for how long
   */
  public EventQueue(List<L> listeners, Call<? super L, ? super E> call, ListenerCalls calls) {
    this.lines = listeners.stream().map(Line::new).toList();
    this.call = call;
    this.calls = calls;
  }

  /**
   * Has all listeners told. Returns at once, unless the executor runs what it gets at once.
   *
   * @param event what happened
   */
  public synchronized void add(E event) {
    lines.forEach(line -> line.add(event));
  }

  /** Waits until all is delivered, at most as long as one listener may take. */
  public void await() {
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
    private final L listener;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Completes when everything that was added has been delivered; guarded by the queue. */
    private CompletableFuture<Void> delivered = CompletableFuture.completedFuture(null);

    Line(L listener) {
      this.listener = listener;
    }

    void add(E event) {
      if (waiting.incrementAndGet() > MAX_WAITING) {
        waiting.decrementAndGet();
        LOG.error("event not delivered, {} are waiting for {}: {}", waiting, listener, event);
        return;
      }
      delivered =
          delivered
              .thenCompose(before -> calls.call(listener, event, () -> call.tell(listener, event)))
              .whenComplete((done, failure) -> waiting.decrementAndGet());
    }
  }
}
