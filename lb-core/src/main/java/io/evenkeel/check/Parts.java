package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckResult.Verdict;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the composite checks have in common. */
final class Parts {
  private static final int MAX = 100;

  private Parts() {}

  static List<HealthCheck> checked(List<HealthCheck> parts) {
    if (parts.isEmpty() || parts.size() > MAX) {
      throw new IllegalArgumentException(
          "parts: " + parts.size() + " (expected: 1.." + MAX + " checks)");
    }
    return List.copyOf(parts);
  }

  /**
   * Runs a part, whatever it does.
   *
   * @return completes within the target's time-out, never exceptionally, with the part's name
   *     before its reason
   */
  static CompletableFuture<CheckResult> run(HealthCheck part, CheckTarget target) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    try {
      part.check(target).whenComplete((r, e) -> result.complete(named(part, resultOf(r, e))));
    } catch (RuntimeException e) {
      result.complete(named(part, resultOf(null, e)));
    }
    if (!result.isDone()) {
      // Set after the part's own time-out, whose reason says more.
      Deadline.set(
          target,
          target.timeout(),
          result,
          () -> named(part, CheckConnection.late("no result", target.timeout())));
    }
    return result;
  }

  static Runnable watch(List<HealthCheck> parts, Runnable news) {
    List<Runnable> ends = parts.stream().map(part -> part.watch(news)).toList();
    return () -> ends.forEach(Runnable::run);
  }

  static boolean has(List<CheckResult> results, Verdict verdict) {
    return results.stream().anyMatch(r -> r.verdict() == verdict);
  }

  /** Of those results that made the verdict. */
  static String reasons(List<CheckResult> results, Verdict verdict) {
    return results.stream()
        .filter(r -> r.verdict() == verdict)
        .map(CheckResult::reason)
        .collect(Collectors.joining("; "));
  }

  private static CheckResult named(HealthCheck part, CheckResult result) {
    return new CheckResult(
        result.verdict(), part.name() + ": " + result.reason(), result.weight(), result.admin());
  }

  private static CheckResult resultOf(@Nullable CheckResult result, @Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      return CheckResult.fail(cause.toString());
    }
    return result == null ? CheckResult.fail("no result (a defect of the check)") : result;
  }
}
