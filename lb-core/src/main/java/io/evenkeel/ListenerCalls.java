package io.evenkeel;

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

/** Calls a user's listener on the executor, awaited with a bound. */
final class ListenerCalls {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final Duration timeout;

  ListenerCalls(Executor executor, ScheduledExecutorService timer, Duration timeout) {
    this.executor = executor;
    this.timer = timer;
    this.timeout = timeout;
  }

  Duration timeout() {
    return timeout;
  }

  /** Completes, never with an exception, when the call has ended or was interrupted. */
  CompletableFuture<Void> call(Object listener, Object news, Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    FutureTask<Void> call =
        new FutureTask<>(task, null) {
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

  /** Waits for what calls listeners, at most as long as one of them may take. */
  boolean await(CompletableFuture<Void> all) {
    try {
      all.copy().orTimeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS).join();
      return true;
    } catch (CompletionException e) {
      return false;
    }
  }
}
