package io.evenkeel;

import io.evenkeel.hook.ListenerCalls;
import io.evenkeel.persistence.Changes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects changes of templates on the control thread and hands them to a listener, some at a time.
 * Nobody who dispatches wakes a thread for it: the control thread looks for changes itself.
 */
final class TemplateChanges {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  /** How many a listener is told at a time: collecting them takes less than a millisecond. */
  static final int BATCH = 1_000;

  /** What a listener may be behind: some hundred MB. */
  private static final int CAPACITY = 1_000_000;

  private static final long PERIOD_MILLIS = 100;

  private final TemplateListener listener;
  private final ListenerCalls calls;
  private final ScheduledExecutorService control;
  private final LongSupplier nanoTime;
  private final Changes changes = new Changes(CAPACITY);

  /** Completed on the control thread when nothing waits after the last call of {@link #await}. */
  private final CompletableFuture<Void> told = new CompletableFuture<>();

  private boolean ending;
  private boolean telling;
  private long loggedLost;

  TemplateChanges(
      TemplateListener listener,
      ListenerCalls calls,
      ScheduledExecutorService control,
      LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.listener = listener;
    this.calls = calls;
    this.control = control;
    control.scheduleWithFixedDelay(this::tell, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  Changes changes() {
    return changes;
  }

  /** Waits until all is told, at most as long as the listener may take. */
  void await() {
    control.execute(
        () -> {
          ending = true;
          tell();
        });
    if (!calls.await(told)) {
      LOG.warn("not all changes of templates were told within {}", calls.timeout());
    }
  }

  private void tell() {
    if (telling) {
      return;
    }
    logLost();
    List<TemplateChange> next = next();
    if (!next.isEmpty()) {
      telling = true;
      calls
          .call(listener, next.size() + " changes of templates", () -> listener.onChanges(next))
          .whenComplete((done, failure) -> control.execute(this::toldSome));
    } else if (ending) {
      told.complete(null);
    }
  }

  private void toldSome() {
    telling = false;
    tell();
  }

  private List<TemplateChange> next() {
    List<TemplateChange> next = new ArrayList<>();
    long now = nanoTime.getAsLong();
    while (next.size() < BATCH
        && changes.take(
            now,
            (client, template, leftNanos) ->
                next.add(
                    new TemplateChange(
                        template.destination().service(),
                        client,
                        template.destination().endpoint(),
                        Duration.ofNanos(template.timeoutNanos()),
                        Duration.ofNanos(leftNanos))))) {}
    return List.copyOf(next);
  }

  private void logLost() {
    long lost = changes.lost();
    if (lost != loggedLost) {
      LOG.warn(
          "the listener of templates is too slow: {} changes were not told", lost - loggedLost);
      loggedLost = lost;
    }
  }
}
