package io.evenkeel.pool;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Runs two things at the same time, for tests. */
public final class TwoThreads {
  private static final int LIMIT_SECONDS = 600;

  private TwoThreads() {}

  /** Starts both together, waits for both, and throws what either threw. */
  public static void run(Callable<?> first, Callable<?> second) throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    CompletableFuture<Void> one = start(start, first);
    CompletableFuture<Void> two = start(start, second);
    end(one);
    end(two);
  }

  /**
   * Runs both again and again, each round begun by both together; throws what either threw.
   *
   * @param first is told the round, as is {@code second}
   */
  public static void inStep(int rounds, IntConsumer first, IntConsumer second) throws Exception {
    AtomicInteger arrived = new AtomicInteger();
    run(() -> step(rounds, arrived, first), () -> step(rounds, arrived, second));
  }

  private static Void step(int rounds, AtomicInteger arrived, IntConsumer task) {
    try {
      for (int round = 0; round < rounds; round++) {
        arrived.incrementAndGet();
        for (int spins = 0; arrived.get() < 2 * (round + 1); spins++) {
          if (spins > 10_000) {
            LockSupport.parkNanos(1);
          }
        }
        task.accept(round);
      }
    } catch (Throwable e) {
      // Whoever waits for this one goes on without it.
      arrived.set(Integer.MAX_VALUE / 2);
      throw e;
    }
    return null;
  }

  private static void end(CompletableFuture<Void> task) throws Exception {
    try {
      task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    }
  }

  private static CompletableFuture<Void> start(CyclicBarrier start, Callable<?> task) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                start.await();
                task.call();
                end.complete(null);
              } catch (Throwable e) {
                end.completeExceptionally(e);
              }
            },
            "test");
    thread.setDaemon(true);
    thread.start();
    return end;
  }
}
