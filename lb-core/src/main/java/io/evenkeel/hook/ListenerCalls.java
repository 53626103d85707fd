package io.evenkeel.hook;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a user's listener on an executor, awaited with a bound. Thread-safe. */
public final class ListenerCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerCalls.class);

  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final Duration timeout;

  /** What a listener does. */
  @FunctionalInterface
  public interface Task {

    /**
     * Does it.
     *
     * @throws Exception which is logged
     */
    void run() throws Exception;
  }

  /**
   * Calls.
   *
   * @param executor runs the listeners
   * @param timer ends them
   * @param timeout after which a listener's thread is interrupted
   */
  public ListenerCalls(Executor executor, ScheduledExecutorService timer, Duration timeout) {
    this.executor = executor;
    this.timer = timer;
    this.timeout = timeout;
  }

  /**
   * The bound.
   *
   * @return after which a listener's thread is interrupted
   */
  public Duration timeout() {
    return timeout;
  }

  /**
   * Calls a listener.
   *
   * @param listener for the log
   * @param news for the log, what it is told
   * @param task the call
   * @return completes, never with an exception, when the call has ended or was interrupted
   */
  public CompletableFuture<Void> call(Object listener, Object news, Task task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    FutureTask<Void> call =
        new FutureTask<>(
            () -> {
              task.run();
              return null;
            }) {
          @Override
          protected void done() {
            try {
              get();
            } catch (CancellationException e) {
              LOG.warn("listener {} not done within {}: {}", listener, timeout, news);
            } catch (ExecutionException e) {
              LOG.warn("listener {} failed: {}", listener, news, e.getCause());
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
      // No thread for it, or an executor that was shut down: the next call may fare better.
      LOG.warn("not delivered: {}", news, e);
      return CompletableFuture.completedFuture(null);
    }
  }

  /**
   * Waits for what calls listeners, at most as long as one of them may take.
   *
   * @param all to wait for
   * @return whether it is complete
   */
  public boolean await(CompletableFuture<Void> all) {
    try {
      all.copy().orTimeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS).join();
      return true;
    } catch (CompletionException e) {
      return false;
    }
  }
}
