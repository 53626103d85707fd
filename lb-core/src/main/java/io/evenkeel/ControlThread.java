package io.evenkeel;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/** The one thread on which a director's state is written. */
final class ControlThread {
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
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  ScheduledExecutorService executor() {
    return executor;
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Runs a task and waits for it; throws what it throws. */
  <T> T call(Callable<T> task) {
    Future<T> result = executor.submit(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
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

  /** Drops what waits; later calls fail. */
  void shutdown() {
    executor.shutdown();
  }
}
