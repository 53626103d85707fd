package io.evenkeel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler whose time a test moves; what is due runs on the test's thread. As in the real one, a
 * task's failure goes nowhere but into its future.
 */
final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
  private final PriorityQueue<Task<?>> tasks =
      new PriorityQueue<>(Comparator.<Task<?>>comparingLong(t -> t.due).thenComparing(t -> t.turn));

  private final List<Throwable> failures = new ArrayList<>();
  private long now;
  private long turns;
  private boolean shutdown;

  private final class Task<T> extends FutureTask<T> implements ScheduledFuture<T> {
    private final long due;
    private final long turn = turns++;

    Task(Callable<T> call, long due) {
      super(call);
      this.due = due;
    }

    @Override
    protected void setException(Throwable failure) {
      failures.add(failure);
      super.setException(failure);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      throw new UnsupportedOperationException();
    }
  }

  /** Moves time on, and runs what becomes due at its moment. */
  synchronized void advance(Duration by) {
    long end = now + by.toNanos();
    for (Task<?> task = tasks.peek(); task != null && task.due - end <= 0; task = tasks.peek()) {
      tasks.remove();
      now = Math.max(now, task.due);
      task.run();
    }
    now = end;
  }

  synchronized long nanoTime() {
    return now;
  }

  /** Runs what is due now. */
  void runDue() {
    advance(Duration.ZERO);
  }

  /** What tasks have thrown. */
  synchronized List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /** How far away everything is that is still to run, in order. */
  synchronized List<Duration> pending() {
    List<Duration> delays = new ArrayList<>();
    tasks.stream()
        .filter(t -> !t.isCancelled())
        .sorted(tasks.comparator())
        .forEach(t -> delays.add(Duration.ofNanos(t.due - now)));
    return delays;
  }

  @Override
  public synchronized <V> ScheduledFuture<V> schedule(Callable<V> call, long delay, TimeUnit unit) {
    Task<V> task = new Task<>(call, now + unit.toNanos(delay));
    tasks.add(task);
    return task;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(
        () -> {
          command.run();
          return null;
        },
        delay,
        unit);
  }

  @Override
  public void execute(Runnable command) {
    schedule(command, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long first, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long first, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
