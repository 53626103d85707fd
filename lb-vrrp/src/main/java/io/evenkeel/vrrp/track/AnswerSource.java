package io.evenkeel.vrrp.track;

import io.evenkeel.vrrp.track.Reading.UpOrDown;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Asks something of this host at an interval, on a thread that may wait for the answer. */
final class AnswerSource extends Source {
  private final Duration interval;
  private final Supplier<Supplier<Reading>> questions;

  /**
   * A source.
   *
   * @param questions makes a question for each time that the watching begins; what that throws is a
   *     failure
   */
  AnswerSource(String name, Duration interval, Supplier<Supplier<Reading>> questions) {
    super(name);
    Ranges.interval(interval);
    this.interval = interval;
    this.questions = questions;
  }

  @Override
  Runnable begin(Consumer<Reading> readings) {
    Supplier<Reading> question = questions.get();
    return Polling.begin(
        Workers.TIMER,
        interval,
        () -> ask(question),
        readings,
        () -> readings.accept(new UpOrDown(false, name() + ": no answer yet")));
  }

  private CompletableFuture<Reading> ask(Supplier<Reading> question) {
    return Workers.ask(
        () -> {
          try {
            return question.get();
          } catch (RuntimeException | Error e) {
            return new UpOrDown(false, name() + ": " + e);
          }
        });
  }
}
