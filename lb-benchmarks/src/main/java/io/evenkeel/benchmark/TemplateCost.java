package io.evenkeel.benchmark;

import com.sun.management.ThreadMXBean;
import io.evenkeel.Director;
import io.evenkeel.Dispatcher;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.transport.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a million persistence templates cost: heap for each, bytes that a hit allocates, and how
 * long a thread that dispatches is held up while all of them are saved to a file and restored from
 * it.
 */
public final class TemplateCost {
  private static final int TEMPLATES = 1_000_000;
  private static final int SERVERS = 16;

  /** ::ffff:10.0.0.0. */
  private static final long CLIENTS = (0xffffL << 32) | (10L << 24);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Flow flow = new Flow();
  private final Assignment assignment = new Assignment();

  private TemplateCost() {}

  /**
   * Measures.
   *
   * @param args none
   * @throws Exception if the file cannot be written, or the thread is interrupted
   */
  public static void main(String[] args) throws Exception {
    measure("no listener", builder());
    measure("listener", builder().templateListener(changes -> {}));
  }

  private static Director.Builder builder() {
    VirtualService.Builder service =
        VirtualService.tcp("127.255.0.1:80")
            .scheduler("wlc")
            .persistent(
                PersistenceSpec.perClient()
                    .timeout(Duration.ofHours(1))
                    .maxTemplates(2 * TEMPLATES));
    for (int i = 1; i <= SERVERS; i++) {
      service.realServer("127.0.0." + i + ":8080");
    }
    return Director.builder().transport(Transport.NIO).threads(1).service(service.build());
  }

  private static void measure(String what, Director.Builder builder) throws Exception {
    try (Director director = builder.build().start()) {
      new TemplateCost().measure(what, director);
    }
  }

  private void measure(String what, Director director) throws Exception {
    Dispatcher dispatcher =
        director.dispatcher(director.configuration().services().iterator().next().key());
    // What is linked and made once is not a template's.
    hits(dispatcher, 1000);
    long before = heap();
    hits(dispatcher, TEMPLATES);
    Thread.sleep(1000);
    long after = heap();
    System.out.printf(
        "%s: %.1f bytes a template%n", what, (double) (after - before) / (TEMPLATES - 1000));
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      hits(dispatcher, TEMPLATES);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - allocated);
    }
    System.out.printf("%s: %d bytes in %d hits%n", what, least, TEMPLATES);

    Path file = Files.createTempFile("templates", ".evenkeel");
    try {
      meanwhile(dispatcher, what + ", nothing else", () -> pause());
      meanwhile(dispatcher, what + ", save", () -> director.saveTemplates(file));
      System.out.printf("%s: %d bytes of file%n", what, Files.size(file));
      meanwhile(dispatcher, what + ", restore", () -> restore(director, file));
    } finally {
      Files.delete(file);
    }
  }

  private static int pause() throws InterruptedException {
    Thread.sleep(2000);
    return 0;
  }

  private static Map<?, ?> restore(Director director, Path file) throws IOException {
    return director.restoreTemplates(file);
  }

  /** Dispatches all the time while something else is done, and prints the longest gap. */
  private static void meanwhile(Dispatcher dispatcher, String what, Callable<?> task)
      throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong longest = new AtomicLong();
    TemplateCost other = new TemplateCost();
    Thread dispatching =
        new Thread(
            () -> {
              for (long last = System.nanoTime(); !stop.get(); ) {
                other.hits(dispatcher, 100);
                long now = System.nanoTime();
                longest.set(Math.max(longest.get(), now - last));
                last = now;
              }
            });
    dispatching.start();
    long start = System.nanoTime();
    Object result = task.call();
    long took = System.nanoTime() - start;
    stop.set(true);
    dispatching.join();
    System.out.printf(
        "%s: %.2f s, %s; longest time for 100 hits meanwhile: %.2f ms%n",
        what, took / 1e9, result, longest.get() / 1e6);
  }

  /** One connection of each client: its first one makes its template. */
  private void hits(Dispatcher dispatcher, int clients) {
    for (int i = 0; i < clients; i++) {
      flow.client(0, CLIENTS | i, 4711);
      dispatcher.dispatch(flow, assignment);
      assignment.release(Outcome.SUCCESS);
    }
  }

  private static long heap() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
