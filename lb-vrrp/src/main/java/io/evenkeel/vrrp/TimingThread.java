package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Poller;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of all routers: it receives, decides, sends and changes addresses, and waits for
 * nobody. It is there while a group runs.
 */
final class TimingThread {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualRouter.class);

  /** Between two looks at the clock although nothing is due. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** After this long the sockets are read again before what is due is done. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** At most so often. */
  private static final int MOST_READS = 3;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Guarded by the class. */
  private static @Nullable TimingThread shared;

  /** Guarded by the class. */
  private static int users;

  private final Poller poller;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  /** Only the thread uses it. */
  private final List<LiveGroup> groups = new ArrayList<>();

  private TimingThread() throws IOException {
    poller = Poller.open();
    thread = new Thread(this::run, "evenkeel-vrrp");
    thread.setDaemon(true);
  }

  static synchronized TimingThread acquire() throws IOException {
    TimingThread running = shared;
    if (running == null) {
      running = new TimingThread();
      try {
        running.thread.start();
      } catch (RuntimeException | Error e) {
        running.poller.close();
        throw e;
      }
      shared = running;
    }
    users++;
    return running;
  }

  static synchronized void release() {
    if (--users == 0 && shared != null) {
      shared.ended = true;
      shared.poller.wake();
      shared = null;
    }
  }

  Poller poller() {
    return poller;
  }

  /** Does something on the thread, after what has come before has been read. */
  void execute(Runnable task) {
    tasks.add(task);
    poller.wake();
  }

  /** Does something on the thread, and waits for it. */
  <T> T call(Supplier<T> task) {
    if (Thread.currentThread() == thread) {
      return task.get();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(
        () -> {
          try {
            result.complete(task.get());
          } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
          }
        });
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw e;
    }
  }

  /** On the thread alone. */
  void add(LiveGroup group) {
    groups.add(group);
  }

  /** On the thread alone. */
  void remove(LiveGroup group) {
    groups.remove(group);
  }

  private void run() {
    try (poller) {
      while (!ended) {
        try {
          turn();
        } catch (IOException | RuntimeException | Error e) {
          LOG.error("routers go on after a failure", e);
          pause();
        }
      }
    }
  }

  /** Else a failure that stays would take the whole processor. */
  private void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads what is there, and says when it began to. */
  private long receive() {
    long began = System.nanoTime();
    for (LiveGroup group : groups) {
      group.receive();
    }
    return began;
  }

  private void turn() throws IOException {
    long now = System.nanoTime();
    long next = now + LONGEST_WAIT_NANOS;
    for (LiveGroup group : groups) {
      long due = group.nextNanos(now);
      next = due - next < 0 ? due : next;
    }
    poller.await(next);
    // If this thread stood still, what arrived meanwhile decides what is still due.
    long read = receive();
    for (int i = 0; i < MOST_READS && System.nanoTime() - read > FRESH_NANOS; i++) {
      read = receive();
    }
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("routers go on after a failure", e);
      }
    }
    for (LiveGroup group : List.copyOf(groups)) {
      group.tick(read);
    }
  }
}
