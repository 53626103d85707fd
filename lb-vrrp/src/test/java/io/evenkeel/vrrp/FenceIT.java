package io.evenkeel.vrrp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.hook.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real commands and threads. */
@Tag("smoke")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FenceIT {
  private static final Duration LONG = Duration.ofHours(1);

  @TempDir Path folder;

  @Test
  void command_success_holdsForever() throws Exception {
    Path shot = folder.resolve("shot");

    Duration holds = Fence.command(Command.of("touch", shot.toString()), Duration.ZERO).pass();

    assertEquals(ExclusiveGate.FOREVER, holds);
    assertTrue(Files.exists(shot));
  }

  @Test
  void command_fails_isNotPassed() {
    Fence fence = Fence.command(Command.of("sh", "-c", "echo no power; exit 7"), Duration.ZERO);

    Exception e = assertThrows(IllegalStateException.class, fence::pass);

    assertTrue(e.getMessage().endsWith(": exit 7: no power"), e.getMessage());
  }

  @Test
  void command_hangs_isEndedAndNotPassed() {
    Fence fence =
        Fence.command(Command.of("sleep", "1000").timeout(Duration.ofMillis(200)), Duration.ZERO);

    assertThrows(IllegalStateException.class, fence::pass);
  }

  @Test
  void command_missing_isNotPassed() {
    Fence fence = Fence.command(Command.of("/nonexistent/fence"), Duration.ZERO);

    assertThrows(IllegalStateException.class, fence::pass);
  }

  /** Who is shot while it waits must not have shot. */
  @Test
  void pass_interruptedInItsDelay_hasNotFenced() throws Exception {
    Path shot = folder.resolve("shot");
    Fence fence = Fence.command(Command.of("touch", shot.toString()), LONG);
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread = new Thread(() -> outcome.complete(thrownBy(fence)));
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(5);
    }

    thread.interrupt();

    assertTrue(outcome.get(30, TimeUnit.SECONDS) instanceof InterruptedException);
    thread.join();
    assertFalse(Files.exists(shot));
  }

  @Test
  void pass_delay_isWaitedForFirst() throws Exception {
    long begin = System.nanoTime();
    Fence.call("call", () -> true, LONG, Duration.ofMillis(300)).pass();

    assertTrue(System.nanoTime() - begin >= TimeUnit.MILLISECONDS.toNanos(300));
  }

  @Test
  void call_falseOrThrown_isNotPassed() {
    assertEquals(
        "fence no: the call says that the other host is not gone",
        thrownBy(Fence.call("no", () -> false, LONG, Duration.ZERO)).getMessage());
    assertEquals(
        "fence throws: the call failed: java.io.IOException: of the test",
        thrownBy(
                Fence.call(
                    "throws",
                    () -> {
                      throw new IOException("of the test");
                    },
                    LONG,
                    Duration.ZERO))
            .getMessage());
  }

  @Test
  void call_hangsAndHeedsNoInterrupt_isNotCalledAgainBeforeItReturns() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    Fence fence =
        Fence.call(
            "hangs",
            () -> {
              calls.incrementAndGet();
              boolean open = false;
              while (!open) {
                try {
                  open = held.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  // As a library may do it that does not heed it.
                }
              }
              return true;
            },
            Duration.ofSeconds(2),
            Duration.ZERO);

    assertEquals(
        "fence hangs: the call has not returned within PT2S", thrownBy(fence).getMessage());
    assertEquals("fence hangs: the call before has not returned yet", thrownBy(fence).getMessage());
    assertEquals(1, calls.get());
    held.countDown();
    Throwable last = thrownBy(fence);
    while (last != null) {
      assertEquals("fence hangs: the call before has not returned yet", last.getMessage());
      Thread.sleep(10);
      last = thrownBy(fence);
    }
    assertEquals(2, calls.get());
  }

  /** Null: it has passed. */
  private static Throwable thrownBy(Fence fence) {
    try {
      fence.pass();
      return null;
    } catch (Exception e) {
      return e;
    }
  }
}
