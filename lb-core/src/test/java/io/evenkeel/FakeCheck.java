package io.evenkeel;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A check as a user would write one, whose answer a test sets. */
final class FakeCheck implements HealthCheck {
  private final AtomicInteger runs = new AtomicInteger();
  private volatile Supplier<@Nullable CompletionStage<CheckResult>> answer;
  private volatile @Nullable CheckTarget target;
  private volatile Runnable watcher = () -> {};

  FakeCheck() {
    pass();
  }

  void pass() {
    answer = () -> CompletableFuture.completedFuture(CheckResult.pass("fine"));
  }

  void fail() {
    answer = () -> CompletableFuture.completedFuture(CheckResult.fail("ill"));
  }

  /** What the check does from now on. */
  void answer(Supplier<@Nullable CompletionStage<CheckResult>> next) {
    answer = next;
  }

  /** Lets who watches know. */
  void news() {
    watcher.run();
  }

  int runs() {
    return runs.get();
  }

  @Nullable CheckTarget target() {
    return target;
  }

  @Override
  public Runnable watch(Runnable news) {
    watcher = news;
    return () -> watcher = () -> {};
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget checked) {
    target = checked;
    runs.incrementAndGet();
    return answer.get();
  }
}
