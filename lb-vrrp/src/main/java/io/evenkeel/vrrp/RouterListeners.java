package io.evenkeel.vrrp;

import io.evenkeel.hook.EventQueue;
import io.evenkeel.hook.ListenerCalls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The listeners of one router, on threads of its own, daemons that end when they were idle for 10
 * s. Thread-safe.
 */
final class RouterListeners {
  private static final int IDLE_SECONDS = 10;

  /** Nobody hears anything. */
  static final RouterListeners NONE = new RouterListeners("none", List.of(), Duration.ZERO);

  private final EventQueue<VrrpListener, VrrpEvent> queue;

  /**
   * Of a router.
   *
   * @param router its name, for the threads
   * @param listeners each is told of all events in order
   * @param timeout how long a listener may take before its thread is interrupted and the next event
   *     told
   */
  RouterListeners(String router, List<VrrpListener> listeners, Duration timeout) {
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, "evenkeel-vrrp-listener-" + router);
          thread.setDaemon(true);
          return thread;
        };
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons);
    queue =
        new EventQueue<>(
            List.copyOf(listeners),
            VrrpListener::onEvent,
            new ListenerCalls(threads, timer, timeout));
  }

  /** Has it told. Returns at once. */
  void tell(VrrpEvent event) {
    queue.add(event);
  }

  /** Waits until all is told, at most as long as one listener may take. */
  void await() {
    queue.await();
  }
}
