package io.evenkeel.vrrp.track;

import io.evenkeel.hook.Command;
import io.evenkeel.hook.CommandResult;
import io.evenkeel.hook.CommandRunner;
import io.evenkeel.vrrp.track.Reading.UpOrDown;
import java.util.function.Consumer;

/** Runs a script. */
final class ScriptSource extends Source {
  private static final int MAX_RUNNING = 1000;
  private static final int MAX_REASON = 120;
  private static final CommandRunner RUNNER =
      CommandRunner.atOnce("evenkeel-track-script", MAX_RUNNING);

  private final Command command;
  private final ScriptRule rule;

  ScriptSource(String name, Command command, ScriptRule rule) {
    super("script " + name);
    this.command = command;
    this.rule = rule;
  }

  @Override
  Runnable begin(Consumer<Reading> readings) {
    Verdict verdict = new Verdict(readings);
    return Polling.begin(
        Workers.TIMER,
        rule.interval(),
        () -> RUNNER.run(command),
        verdict::take,
        // The command's own time-out ends it, and is a failure.
        () -> {});
  }

  /** Results come one at a time. */
  private final class Verdict {
    private final Consumer<Reading> readings;
    private RiseFall state =
        rule.startsDown()
            ? RiseFall.down(rule.rise(), rule.fall())
            : RiseFall.unknown(rule.rise(), rule.fall());

    Verdict(Consumer<Reading> readings) {
      this.readings = readings;
    }

    void take(CommandResult result) {
      int needed = state.isUp() ? rule.fall() : rule.rise();
      state = state.step(result.isSuccess());
      String said = result.firstLine(MAX_REASON);
      readings.accept(
          new UpOrDown(
              state.isUp(),
              name()
                  + ": "
                  + result
                  + (said.isEmpty() ? "" : ": " + said)
                  + (needed == 1 ? "" : " (" + needed + " needed)")));
    }
  }
}
