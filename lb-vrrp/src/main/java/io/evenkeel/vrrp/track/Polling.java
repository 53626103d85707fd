package io.evenkeel.vrrp.track;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a question at an interval, but never twice at the same time. If there is no answer two
 * intervals later, it says so. It counts its own turns for that, not the time: after this process
 * has stood still for long, an answer that is there already is not late.
 *
 * @param <T> an answer
 */
final class Polling<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Tracked.class);
  private static final int LATE = 2;

  private final Supplier<CompletableFuture<T>> question;
  private final Consumer<T> onAnswer;
  private final Runnable onLate;

  /** These are the timer's alone, but that who ends it cancels. */
  private volatile @Nullable CompletableFuture<T> asked;

  private int skipped;

  Polling(Supplier<CompletableFuture<T>> question, Consumer<T> onAnswer, Runnable onLate) {
    this.question = question;
    this.onAnswer = onAnswer;
    this.onLate = onLate;
  }

  /**
   * Begins.
   *
   * @param question returns at once; what its answer cannot be is an exception, which is logged
   * @param onAnswer told of each answer, one at a time
   * @param onLate told once of each question that has no answer for two intervals
   * @return ends it, and cancels the question
   */
  static <T> Runnable begin(
      ScheduledExecutorService timer,
      Duration interval,
      Supplier<CompletableFuture<T>> question,
      Consumer<T> onAnswer,
      Runnable onLate) {
    Polling<T> polling = new Polling<>(question, onAnswer, onLate);
    ScheduledFuture<?> turns =
        timer.scheduleWithFixedDelay(
            polling::turn, 0, Workers.nanos(interval), TimeUnit.NANOSECONDS);
    return () -> {
      turns.cancel(false);
      CompletableFuture<T> last = polling.asked;
      if (last != null) {
        last.cancel(true);
      }
    };
  }

  /** An exception would end the turns. */
  void turn() {
    try {
      CompletableFuture<T> before = asked;
      if (before != null && !before.isDone()) {
        if (++skipped == LATE) {
          onLate.run();
        }
        return;
      }
      skipped = 0;
      CompletableFuture<T> now = question.get();
      asked = now;
      now.thenAccept(onAnswer)
          .exceptionally(
              e -> {
                if (!now.isCancelled()) {
                  LOG.error("no answer", e);
                }
                return null;
              });
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("not asked", e);
    }
  }
}
