package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The end of a check's time. */
final class Deadline {
  private Deadline() {}

  /**
   * Completes a result at the check's time-out, if it is not there before.
   *
   * @param target what is checked, with the time-out
   * @param result whose timer ends with it
   * @param late what it is by then; asked on the event loop
   */
  static void set(
      CheckTarget target, CompletableFuture<CheckResult> result, Supplier<CheckResult> late) {
    Future<?> timer =
        target
            .eventLoop()
            .schedule(
                () -> result.complete(late.get()),
                target.timeout().toNanos(),
                TimeUnit.NANOSECONDS);
    result.whenComplete((r, e) -> timer.cancel(false));
  }
}
