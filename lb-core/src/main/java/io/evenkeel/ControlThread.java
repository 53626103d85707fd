package io.evenkeel;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which a director's state is written. */
final class ControlThread {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  private final ScheduledThreadPoolExecutor executor;
  private volatile @Nullable Thread thread;

  ControlThread() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new DefaultThreadFactory("evenkeel-director", true).newThread(task);
              thread = made;
              return made;
            },
            (task, pool) -> {
              if (task instanceof Future<?> refused) {
                refused.cancel(false);
              }
            }) {
          @Override
          protected void afterExecute(Runnable task, @Nullable Throwable failure) {
            report(task);
          }
        };
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** A task that nobody waits for must not fail unheard. */
  private static void report(Runnable task) {
    if (task instanceof Future<?> future && future.isDone() && !future.isCancelled()) {
      try {
        future.get();
      } catch (ExecutionException e) {
        LOG.error("a task of the director failed", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  ScheduledExecutorService executor() {
    return executor;
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Runs a task and waits for it; throws what it throws. */
  <T> T call(Callable<T> task) {
    Future<CompletableFuture<T>> result = executor.submit(() -> ended(task));
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get().get();
        } catch (InterruptedException e) {
          // The task runs on, so the caller must learn how it ended.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (CancellationException e) {
      throw new IllegalStateException("director: CLOSED (expected: RUNNING)", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static <T> CompletableFuture<T> ended(Callable<T> task) {
    try {
      return CompletableFuture.completedFuture(task.call());
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Drops what waits; later calls fail. */
  void shutdown() {
    executor.shutdown();
  }
}
