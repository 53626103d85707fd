package io.evenkeel.vrrp.track;

import io.evenkeel.vrrp.track.Reading.UpOrDown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether as many processes run as shall. Used by one thread at a time. */
final class Processes implements Supplier<Reading> {
  private final ProcessMatch match;
  private final ProcessRule rule;
  private final LongSupplier nanoTime;
  private @Nullable Delayed state;

  Processes(ProcessMatch match, ProcessRule rule, LongSupplier nanoTime) {
    this.match = match;
    this.rule = rule;
    this.nanoTime = nanoTime;
  }

  @Override
  public Reading get() {
    int count;
    try {
      count = match.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean enough = count >= rule.quorum() && count <= rule.quorumMax();
    Delayed now =
        state == null
            ? Delayed.first(enough)
            : state.step(
                enough,
                nanoTime.getAsLong(),
                Workers.nanos(rule.forkDelay()),
                Workers.nanos(rule.terminateDelay()));
    state = now;
    return new UpOrDown(
        now.isUp(), "process " + match + ": " + count + " (expected: " + expected() + ")");
  }

  private String expected() {
    return rule.quorumMax() == Integer.MAX_VALUE
        ? rule.quorum() + " or more"
        : rule.quorum() + ".." + rule.quorumMax();
  }
}
