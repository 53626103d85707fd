package io.evenkeel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what other threads do, with a bound, for tests. */
final class Await {
  /** Only who fails waits so long, and a busy machine may be many times slower. */
  private static final long LIMIT_SECONDS = 60;

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);

  private Await() {}

  /** Looks every millisecond until it is so; fails after a minute. */
  static void until(String what, BooleanSupplier isSo) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    long start = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() - start > LIMIT_NANOS || never.await(1, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("not within " + LIMIT_SECONDS + " s: " + what);
      }
    }
  }
}
