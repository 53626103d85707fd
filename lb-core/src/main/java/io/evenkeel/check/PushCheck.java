package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.AdminState;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * Lets the application say how a server is. What it said last is the result of every run until it
 * says something else, and a change has the check run at once rather than at the next interval. The
 * check's counts apply: {@code CheckSpec.of(push).counts(1, 1)} makes each word a verdict. Until
 * the first word on it the check finds nothing, and the server stays what it is initially.
 *
 * <p>Each instance is a check of its own, equal to no other, and says the same of each server that
 * it is given to. Safe for use by many threads.
 */
public final class PushCheck implements HealthCheck {
  private final String name;
  private final AtomicReference<CheckResult> said =
      new AtomicReference<>(CheckResult.none("nothing was said yet"));

  /** Each in a cell of its own: the same one may watch twice. */
  private final List<Runnable[]> watchers = new CopyOnWriteArrayList<>();

  private PushCheck(String name) {
    this.name = name;
  }

  /**
   * A new check.
   *
   * @param name for people; need not be unique
   * @return the check, of which nothing was said yet
   * @throws IllegalArgumentException if the name is empty, longer than 100 characters, or holds
   *     control characters
   */
  public static PushCheck named(String name) {
    if (name.isEmpty() || !Wording.clean(name).equals(name)) {
      throw new IllegalArgumentException(
          "name: " + Wording.clean(name) + " (expected: 1..100 printable characters)");
    }
    return new PushCheck(name);
  }

  /**
   * The server is fit.
   *
   * @param reason in words
   */
  public void up(String reason) {
    say(CheckResult.pass(Objects.requireNonNull(reason, "reason")));
  }

  /**
   * The server is not fit.
   *
   * @param reason in words
   */
  public void down(String reason) {
    say(CheckResult.fail(Objects.requireNonNull(reason, "reason")));
  }

  /**
   * The server's weight, along with what was said of its state. Takes effect with the first word on
   * that.
   *
   * @param weight what holds from now on
   */
  public void weight(DynamicWeight weight) {
    Objects.requireNonNull(weight, "weight");
    say(before -> before.with(weight));
  }

  /**
   * Whether the server wants to work, along with what was said of its state. Takes effect with the
   * first word on that.
   *
   * @param admin what holds from now on
   */
  public void admin(AdminState admin) {
    Objects.requireNonNull(admin, "admin");
    say(before -> before.with(admin));
  }

  @Override
  public String name() {
    return "push";
  }

  @Override
  public String toString() {
    return name() + ":" + name;
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return CompletableFuture.completedFuture(said.get());
  }

  @Override
  public Runnable watch(Runnable news) {
    Runnable[] cell = {Objects.requireNonNull(news, "news")};
    watchers.add(cell);
    return () -> watchers.remove(cell);
  }

  private void say(CheckResult state) {
    say(
        before ->
            new CheckResult(state.verdict(), state.reason(), before.weight(), before.admin()));
  }

  private void say(UnaryOperator<CheckResult> change) {
    CheckResult before = said.getAndUpdate(change);
    if (!change.apply(before).equals(before)) {
      watchers.forEach(cell -> cell[0].run());
    }
  }
}
