package io.evenkeel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what other threads do, with a bound, for tests. */
final class Await {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private Await() {}

  /** Looks every millisecond until it is so; fails after ten seconds. */
  static void until(String what, BooleanSupplier isSo) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    long start = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() - start > LIMIT_NANOS || never.await(1, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("not within 10 s: " + what);
      }
    }
  }
}
