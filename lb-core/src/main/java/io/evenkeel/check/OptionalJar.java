package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A jar that only some checks need, and that users may leave out. */
enum OptionalJar {
  DNS("DNS", "io.netty:netty-codec-dns"),
  HTTP2("HTTP/2", "io.netty:netty-codec-http2");

  private final String what;
  private final String artifact;

  OptionalJar(String what, String artifact) {
    this.what = what;
    this.artifact = artifact;
  }

  /**
   * Runs a check that needs it.
   *
   * @param run touches the jar before it opens a socket, and does so in another class than the
   *     check's own, which has to load without it
   * @return what that returns, or, without the jar, no result but what to add
   */
  CompletionStage<CheckResult> need(Supplier<CompletionStage<CheckResult>> run) {
    try {
      return run.get();
    } catch (NoClassDefFoundError e) {
      return CompletableFuture.completedFuture(
          CheckResult.none("no " + what + " (expected: " + artifact + " to be there)"));
    }
  }
}
