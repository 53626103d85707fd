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
 * intervals later, and a second later, it says so. It counts its own turns for that, not the time:
 * after this process has stood still for long, an answer that is there already is not late.
 *
 * @param <T> an answer
 */
final class Polling<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Tracked.class);
  private static final int LEAST_TURNS = 2;
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<CompletableFuture<T>> question;
  private final Consumer<T> onAnswer;
  private final Runnable onLate;
  private final long lateTurns;

  /** These are the timer's alone, but that who ends it cancels. */
  private volatile @Nullable CompletableFuture<T> asked;

  private long skipped;

  Polling(
      Supplier<CompletableFuture<T>> question,
      Consumer<T> onAnswer,
      Runnable onLate,
      long lateTurns) {
    this.question = question;
    this.onAnswer = onAnswer;
    this.onLate = onLate;
    this.lateTurns = lateTurns;
  }

  /**
   * Begins.
   *
   * @param question returns at once; what its answer cannot be is an exception, which is logged
   * @param onAnswer told of each answer, one at a time
   * @param onLate told once of each question that has no answer in time
   * @return ends it, and cancels the question
   */
  static <T> Runnable begin(
      ScheduledExecutorService timer,
      Duration interval,
      Supplier<CompletableFuture<T>> question,
      Consumer<T> onAnswer,
      Runnable onLate) {
    Polling<T> polling = new Polling<>(question, onAnswer, onLate, lateTurns(interval));
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

  static long lateTurns(Duration interval) {
    long nanos = Workers.nanos(interval);
    return Math.max(LEAST_TURNS, (LATE_NANOS + nanos - 1) / nanos);
  }

  /** An exception would end the turns. */
  void turn() {
    try {
      CompletableFuture<T> before = asked;
      if (before != null && !before.isDone()) {
        if (++skipped == lateTurns) {
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
