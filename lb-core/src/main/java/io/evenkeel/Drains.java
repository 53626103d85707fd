package io.evenkeel;

import io.evenkeel.pool.Destination;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Who is waited for until its last connection is gone. Used on the control thread. */
final class Drains {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private record Drain(
      Destination destination,
      long deadlineNanos,
      boolean cut,
      CompletableFuture<Drained> result) {}

  private final ScheduledExecutorService control;
  private final Consumer<Drained> onEnd;
  private final Consumer<Destination> onCut;
  private final Set<Drain> drains = new HashSet<>();

  Drains(ScheduledExecutorService control, Consumer<Drained> onEnd, Consumer<Destination> onCut) {
    this.control = control;
    this.onEnd = onEnd;
    this.onCut = onCut;
  }

  /**
   * Completes when nothing is open any more, or at the deadline.
   *
   * @param cut whether what is open at the deadline is closed then
   */
  CompletableFuture<Drained> add(Destination destination, Duration deadline, boolean cut) {
    Drain drain =
        new Drain(
            destination,
            System.nanoTime() + TimeUnit.NANOSECONDS.convert(deadline),
            cut,
            new CompletableFuture<>());
    drains.add(drain);
    // Not at once: who chose this server just before it was quiesced may be about to claim it.
    pollLater(drain);
    return drain.result;
  }

  /** Ends all at once. */
  void endAll() {
    drains.forEach(this::end);
    drains.clear();
  }

  private void pollLater(Drain drain) {
    control.schedule(
        () -> poll(drain),
        Math.min(POLL_NANOS, drain.deadlineNanos - System.nanoTime()),
        TimeUnit.NANOSECONDS);
  }

  private void poll(Drain drain) {
    if (!drains.contains(drain)) {
      return;
    }
    if (drain.destination.open() == 0 || System.nanoTime() - drain.deadlineNanos >= 0) {
      drains.remove(drain);
      end(drain);
    } else {
      pollLater(drain);
    }
  }

  private void end(Drain drain) {
    Destination destination = drain.destination;
    Drained drained =
        new Drained(destination.service(), destination.endpoint(), destination.open());
    if (drain.cut && drained.connectionsLeft() > 0) {
      onCut.accept(destination);
    }
    onEnd.accept(drained);
    drain.result.complete(drained);
  }
}
