package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A check whose result a test brings. */
record StagedCheck(String name, CompletableFuture<CheckResult> result) implements HealthCheck {

  StagedCheck(String name) {
    this(name, new CompletableFuture<>());
  }

  /** One that has its result already. */
  StagedCheck(String name, CheckResult result) {
    this(name, CompletableFuture.completedFuture(result));
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return result;
  }
}
