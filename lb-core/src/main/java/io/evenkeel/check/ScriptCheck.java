package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.hook.Command;
import io.evenkeel.hook.CommandResult;
import io.evenkeel.hook.CommandRunner;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Passes when a command ends with exit status 0: keepalived's MISC_CHECK. The command finds where
 * the server is in EVENKEEL_HOST (an address) and EVENKEEL_PORT, and may print a line that becomes
 * part of the reason. At the check's time-out it is ended with all its children: SIGTERM, and 2 s
 * later SIGKILL. A bind address is not applied: the command finds it in EVENKEEL_BIND, if there is
 * one.
 *
 * <p>Commands do not wait for one another. At most {@value #MAX_RUNNING} checks of a process run
 * one at the same time; past that, and where the command cannot be started, the check has no
 * result. Immutable.
 *
 * @param command what is run; its own time-out counts when it is the shorter one
 * @param weights what exit statuses say
 */
public record ScriptCheck(Command command, Weights weights) implements HealthCheck {
  private static final int MAX_RUNNING = 1000;
  private static final int MAX_REASON = 120;
  private static final CommandRunner RUNNER = CommandRunner.atOnce("evenkeel-script", MAX_RUNNING);

  /** What exit statuses say of a server's weight. */
  public enum Weights {
    /** Nothing: 0 passes, every other fails. */
    NONE,
    /**
     * As keepalived's {@code misc_dynamic}: 0 passes and leaves the weight as it is, 1 fails, and
     * 2..255 passes with that weight, less 2.
     */
    DYNAMIC
  }

  /**
   * Passes on exit status 0; ended at the check's time-out.
   *
   * @param arguments the program, and what it is given
   * @return the check
   * @throws IllegalArgumentException if there is no program
   */
  public static ScriptCheck of(String... arguments) {
    return new ScriptCheck(Command.of(arguments).timeout(Duration.ofDays(1)), Weights.NONE);
  }

  /**
   * With exit statuses that say a weight.
   *
   * @return the changed check
   */
  public ScriptCheck dynamic() {
    return new ScriptCheck(command, Weights.DYNAMIC);
  }

  @Override
  public String name() {
    return "script";
  }

  @Override
  public String toString() {
    return name() + ":" + command + (weights == Weights.DYNAMIC ? " dynamic" : "");
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    Command bounded =
        command.timeout().compareTo(target.timeout()) > 0
            ? command.timeout(target.timeout())
            : command;
    RUNNER
        .run(bounded.withEnvironment(environment(target)))
        .thenAccept(ended -> result.complete(judge(ended)));
    // At the time-out, not when the command has been ended.
    Deadline.set(
        target, target.timeout(), result, () -> CheckConnection.late("not done", target.timeout()));
    return result;
  }

  private CheckResult judge(CommandResult ended) {
    String said = ended.firstLine(MAX_REASON);
    String reason = ended + (said.isEmpty() ? "" : ": " + said);
    return switch (ended.outcome()) {
      case NOT_STARTED -> CheckResult.none(ended.toString());
      case SIGNALLED -> CheckResult.fail(reason);
      case TIMED_OUT -> CheckResult.fail(reason);
      case EXITED -> judge(ended.code(), reason);
    };
  }

  private CheckResult judge(int code, String reason) {
    if (code == 0) {
      return CheckResult.pass(reason);
    }
    if (weights == Weights.DYNAMIC && code >= 2) {
      return CheckResult.pass(reason)
          .with(new DynamicWeight(DynamicWeight.Kind.ABSOLUTE, code - 2));
    }
    return CheckResult.fail(reason);
  }

  private static Map<String, String> environment(CheckTarget target) {
    InetSocketAddress address = target.address();
    InetSocketAddress bind = target.bind();
    Map<String, String> where =
        Map.of(
            "EVENKEEL_HOST", address.getAddress().getHostAddress(),
            "EVENKEEL_PORT", Integer.toString(address.getPort()));
    if (bind == null) {
      return where;
    }
    Map<String, String> all = new HashMap<>(where);
    all.put("EVENKEEL_BIND", bind.getAddress().getHostAddress());
    return all;
  }
}
