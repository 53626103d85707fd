package io.evenkeel.vrrp.track;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Asks Java code, not again while it still thinks. */
final class ConditionProbe implements Probe {
  private final BooleanSupplier isReachable;
  private final AtomicBoolean isBusy = new AtomicBoolean();

  ConditionProbe(BooleanSupplier isReachable) {
    this.isReachable = isReachable;
  }

  @Override
  public CompletableFuture<Boolean> probe() {
    if (!isBusy.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("no answer yet to the question before"));
    }
    CompletableFuture<Boolean> answer =
        Workers.ask(
            () -> {
              try {
                return isReachable.getAsBoolean();
              } finally {
                isBusy.set(false);
              }
            });
    if (answer.isCompletedExceptionally()) {
      // Perhaps there was no thread, and nobody has asked.
      isBusy.set(false);
    }
    // Who cancels a question before its thread has begun would keep it from ever being asked.
    return answer.copy();
  }
}
