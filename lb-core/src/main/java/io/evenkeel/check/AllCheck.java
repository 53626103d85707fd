package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckResult.Verdict;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.AdminState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Passes when all of its parts do. They run at the same time, each within the whole time-out, and
 * the result is there when each has its own: so it always tells of all that failed. Offsets of
 * weights add up, and of what the parts say of whether the server wants to work, the strictest
 * holds. If none failed and one found nothing, neither does this. Immutable.
 *
 * <p>A part that says nothing of weight or will this time is left out of both: what it said in an
 * earlier run is not kept, unlike that of a check of its own. So give an agent, or whatever else
 * does not say all at each run, its own place in the server's {@code checks(...)}.
 *
 * @param parts 1..100 checks
 */
public record AllCheck(List<HealthCheck> parts) implements HealthCheck {

  /**
   * Checks the number of parts.
   *
   * @throws IllegalArgumentException if there are none or more than 100
   */
  public AllCheck {
    parts = Parts.checked(parts);
  }

  /**
   * Of these parts.
   *
   * @param parts 1..100 checks
   * @return the check
   * @throws IllegalArgumentException if there are none or more than 100
   */
  public static AllCheck of(HealthCheck... parts) {
    return new AllCheck(List.of(parts));
  }

  @Override
  public String name() {
    return "all";
  }

  @Override
  public String toString() {
    return name() + parts;
  }

  @Override
  public Runnable watch(Runnable news) {
    return Parts.watch(parts, news);
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    List<CompletableFuture<CheckResult>> results =
        parts.stream().map(part -> Parts.run(part, target)).toList();
    return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
        .thenApply(all -> together(results.stream().map(CompletableFuture::join).toList()));
  }

  private static CheckResult together(List<CheckResult> results) {
    Verdict verdict =
        Parts.has(results, Verdict.FAILED)
            ? Verdict.FAILED
            : Parts.has(results, Verdict.NONE) ? Verdict.NONE : Verdict.PASSED;
    return new CheckResult(
        verdict, Parts.reasons(results, verdict), weight(results), admin(results));
  }

  private static @Nullable DynamicWeight weight(List<CheckResult> results) {
    DynamicWeight sum = null;
    for (CheckResult result : results) {
      DynamicWeight said = result.weight();
      if (said != null) {
        sum = sum == null ? said : sum.plus(said);
      }
    }
    return sum;
  }

  private static @Nullable AdminState admin(List<CheckResult> results) {
    AdminState strictest = null;
    for (CheckResult result : results) {
      AdminState said = result.admin();
      if (said != null) {
        strictest = strictest == null ? said : strictest.and(said);
      }
    }
    return strictest;
  }
}
