package io.evenkeel.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.KernelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time and other threads; for packets see {@link RawSocketIT}. */
@Tag("smoke")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollerIT {
  private static final long BOUND_NANOS = Duration.ofSeconds(30).toNanos();

  @Test
  void await_severalTimes_isNeverEarlyAndSoonOver() throws Exception {
    try (Poller poller = Poller.open()) {
      for (int millis : new int[] {1, 2, 5, 10, 50}) {
        long start = System.nanoTime();
        long late;
        // One that is soon over will do: anything else may have the processor for a while.
        do {
          long deadline = System.nanoTime() + Duration.ofMillis(millis).toNanos();
          assertFalse(poller.await(deadline));
          late = System.nanoTime() - deadline;
          assertTrue(late >= 0, -late + " ns early");
          assertTrue(System.nanoTime() - start < BOUND_NANOS, late + " ns late");
        } while (late > Duration.ofMillis(5).toNanos());
      }
    }
  }

  @Test
  void await_deadlineOfBefore_returnsAtOnceAndLeavesNothingBehind() throws Exception {
    try (Poller poller = Poller.open()) {
      assertFalse(poller.await(System.nanoTime()));
      assertFalse(poller.await(System.nanoTime() - BOUND_NANOS));
      poller.wake();
      assertTrue(poller.await(System.nanoTime() - BOUND_NANOS));

      long deadline = System.nanoTime() + Duration.ofMillis(20).toNanos();
      assertFalse(poller.await(deadline));
      assertTrue(System.nanoTime() - deadline >= 0);
    }
  }

  @Test
  void wake_severalTimesBefore_endsOneWaiting() throws Exception {
    try (Poller poller = Poller.open()) {
      poller.wake();
      poller.wake();

      assertTrue(poller.await(System.nanoTime() + BOUND_NANOS));
      assertFalse(poller.await(System.nanoTime() + Duration.ofMillis(1).toNanos()));
    }
  }

  @Test
  void wake_whileAThreadWaits_endsIt() throws Exception {
    try (Poller poller = Poller.open()) {
      CompletableFuture<Boolean> woken = awaiting(poller);
      letItWait();

      poller.wake();

      assertTrue(woken.get(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void close_whileAThreadWaits_endsItWithAnError() throws Exception {
    Poller poller = Poller.open();
    CompletableFuture<Boolean> woken = awaiting(poller);
    letItWait();

    poller.close();

    ExecutionException e =
        assertThrows(ExecutionException.class, () -> woken.get(30, TimeUnit.SECONDS));
    assertEquals("poller: closed (errno 9)", e.getCause().getMessage());
    assertInstanceOf(KernelException.class, e.getCause());
    assertThrows(KernelException.class, () -> poller.await(System.nanoTime()));
    poller.wake();
    poller.close();
  }

  private static CompletableFuture<Boolean> awaiting(Poller poller) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(poller.await(System.nanoTime() + 3 * BOUND_NANOS));
              } catch (Exception | Error e) {
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  /** If it does not yet, the outcome is the same. */
  private static void letItWait() throws InterruptedException {
    Thread.sleep(100);
  }
}
