package io.evenkeel.vrrp.track;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The threads of all trackers: one that says when, and never waits, and one for each question that
 * takes its time just now. Daemons, which end when they were idle for 10 s.
 */
final class Workers {
  private static final int IDLE_SECONDS = 10;

  static final ScheduledExecutorService TIMER = timer();

  private static final Executor POOL =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons("evenkeel-track"));

  private Workers() {}

  /**
   * Asks on a thread of its own.
   *
   * @return completes with the answer, or with what was thrown; if there is no thread, with that
   */
  static <T> CompletableFuture<T> ask(Supplier<T> question) {
    try {
      return CompletableFuture.supplyAsync(question, POOL);
    } catch (OutOfMemoryError e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  static long nanos(Duration time) {
    return TimeUnit.NANOSECONDS.convert(time);
  }

  private static ScheduledExecutorService timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, daemons("evenkeel-track-timer"));
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
