package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckResult.Verdict;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Passes when one of its parts does. They run at the same time, each within the whole time-out, and
 * the first that passes is the result, with what it says of weight and will to work; the others run
 * to their end unheard. If none passed, the result tells of all that failed, and says nothing of
 * the weight and will; if one of them found nothing, neither does this. Immutable.
 *
 * <p>Which part is the first may differ from run to run, and what another said of weight or will
 * before is not kept apart, as it is for a check of its own. So give an agent, or whatever else
 * does not say all at each run, its own place in the server's {@code checks(...)}.
 *
 * @param parts 1..100 checks
 */
public record AnyCheck(List<HealthCheck> parts) implements HealthCheck {

  /**
   * Checks the number of parts.
   *
   * @throws IllegalArgumentException if there are none or more than 100
   */
  public AnyCheck {
    parts = Parts.checked(parts);
  }

  /**
   * Of these parts.
   *
   * @param parts 1..100 checks
   * @return the check
   * @throws IllegalArgumentException if there are none or more than 100
   */
  public static AnyCheck of(HealthCheck... parts) {
    return new AnyCheck(List.of(parts));
  }

  @Override
  public String name() {
    return "any";
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
    CompletableFuture<CheckResult> first = new CompletableFuture<>();
    List<CompletableFuture<CheckResult>> results =
        parts.stream().map(part -> Parts.run(part, target)).toList();
    results.forEach(
        result ->
            result.thenAccept(
                r -> {
                  if (r.verdict() == Verdict.PASSED) {
                    first.complete(r);
                  }
                }));
    CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
        .thenRun(
            () -> first.complete(together(results.stream().map(CompletableFuture::join).toList())));
    return first;
  }

  private static CheckResult together(List<CheckResult> results) {
    Verdict verdict = Parts.has(results, Verdict.NONE) ? Verdict.NONE : Verdict.FAILED;
    return new CheckResult(verdict, Parts.reasons(results, verdict), null, null);
  }
}
