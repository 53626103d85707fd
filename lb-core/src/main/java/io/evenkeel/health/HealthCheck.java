package io.evenkeel.health;

import io.evenkeel.model.Probe;
import java.util.concurrent.CompletionStage;

/**
 * A check that can be run: the SPI for checks of one's own.
 *
 * <p>An implementation is a value (a record, say): equal checks of one endpoint are run once. It is
 * used for many servers at the same time, so it keeps nothing of one run.
 */
public interface HealthCheck extends Probe {

  /**
   * Starts one check. Must return at once; what blocks belongs on an executor of the check's own. A
   * result that is not there at {@link CheckTarget#timeout} counts as failed and is not awaited any
   * longer, and so does a stage that completes exceptionally.
   *
   * @param target what is to be checked
   * @return completes with the result, on any thread
   */
  CompletionStage<CheckResult> check(CheckTarget target);

  /**
   * Lets a check that learns of something by itself be run before its time: {@code news} has it run
   * as soon as can be, on every target that it checks for whoever asked. May be called on any
   * thread, by several at the same time.
   *
   * @param news returns at once and throws nothing; may be run on any thread, as often as there is
   *     something new, and once more while this is being ended
   * @return ends it; may be run on any thread, and more than once
   */
  default Runnable watch(Runnable news) {
    return () -> {};
  }
}
