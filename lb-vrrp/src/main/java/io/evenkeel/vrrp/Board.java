package io.evenkeel.vrrp;

import io.evenkeel.hook.EventQueue;
import io.evenkeel.hook.ListenerCalls;
import io.evenkeel.vrrp.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What other threads see of a router, and what outlives one run of it. Thread-safe. */
final class Board {
  private static final long IDLE_SECONDS = 10;

  /** Of all routers; its threads are there only while there is work. */
  private static final ExecutorService LISTENERS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> daemon("evenkeel-vrrp-listener", task));

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private final Settings settings;
  private final EventQueue<VrrpListener, VrrpEvent> events;

  /** The timing thread writes it. */
  private volatile RouterStatus status;

  /** Any thread writes it; the timing thread is told. */
  private volatile int basePriority;

  Board(Settings settings, List<VrrpListener> listeners, Duration listenerTimeout) {
    this.settings = settings;
    events =
        new EventQueue<>(
            listeners, VrrpListener::onEvent, new ListenerCalls(LISTENERS, TIMER, listenerTimeout));
    basePriority = settings.config().priority();
    status =
        new RouterStatus(
            settings.name(),
            Phase.INITIALIZE,
            Instant.now(),
            basePriority,
            basePriority,
            null,
            null,
            0,
            List.of(),
            List.of());
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, task -> daemon("evenkeel-vrrp-timer", task));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  Settings settings() {
    return settings;
  }

  RouterStatus status() {
    return status;
  }

  void publish(RouterStatus now) {
    status = now;
  }

  int basePriority() {
    return basePriority;
  }

  void basePriority(int priority) {
    basePriority = priority;
  }

  /** Has the listeners told, and does not wait for them. */
  void tell(VrrpEvent event) {
    events.add(event);
  }

  /** Waits for the listeners, at most as long as one may take. */
  void await() {
    events.await();
  }
}
