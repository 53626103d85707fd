package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The end of a check's time. */
final class Deadline {
  private Deadline() {}

  /**
   * Completes a result after a while, if it is not there before.
   *
   * @param target what is checked, with the event loop
   * @param patience how long the while is
   * @param result whose timer ends with it
   * @param late what it is by then; asked on the event loop
   */
  static void set(
      CheckTarget target,
      Duration patience,
      CompletableFuture<CheckResult> result,
      Supplier<CheckResult> late) {
    Future<?> timer =
        target
            .eventLoop()
            .schedule(() -> result.complete(late.get()), patience.toNanos(), TimeUnit.NANOSECONDS);
    result.whenComplete((r, e) -> timer.cancel(false));
  }
}
