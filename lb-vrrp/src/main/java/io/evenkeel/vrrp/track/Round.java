package io.evenkeel.vrrp.track;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All probes asked once. Thread-safe. */
final class Round {
  private final List<Probe> probes;
  private final Consumer<Round> onEnd;

  /** By the place of their probes. The fields below are guarded by this object's lock. */
  private final Map<Integer, CompletableFuture<Boolean>> waiting = new LinkedHashMap<>();

  private final List<String> refusals = new ArrayList<>();
  private Vote vote;
  private boolean ended;

  /**
   * Asks nobody yet.
   *
   * @param onEnd told once, when the majority is clear or {@link #end} is called
   */
  Round(List<Probe> probes, Consumer<Round> onEnd) {
    this.probes = probes;
    this.onEnd = onEnd;
    this.vote = new Vote(0, 0, probes.size());
  }

  void ask() {
    for (int i = 0; i < probes.size(); i++) {
      int place = i;
      CompletableFuture<Boolean> answer;
      try {
        // What a probe of somebody else's returns is not known to be what it should.
        answer =
            Objects.requireNonNull(
                probes.get(place).probe(), "future: null (expected: one that completes)");
      } catch (RuntimeException | Error e) {
        answer = CompletableFuture.failedFuture(e);
      }
      synchronized (this) {
        waiting.put(place, answer);
      }
      answer.whenComplete((yes, failure) -> take(place, Boolean.TRUE.equals(yes), failure));
    }
  }

  private void take(int place, boolean yes, @Nullable Throwable failure) {
    synchronized (this) {
      if (ended) {
        return;
      }
      waiting.remove(place);
      vote = vote.with(yes);
      if (!yes) {
        refusals.add(probes.get(place) + ": " + (failure == null ? "no" : why(failure)));
      }
      if (!vote.isDecided()) {
        return;
      }
    }
    end();
  }

  /** Who has not answered has said no. */
  void end() {
    List<CompletableFuture<Boolean>> late;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      late = List.copyOf(waiting.values());
      if (!vote.isDecided()) {
        waiting.keySet().forEach(place -> refusals.add(probes.get(place) + ": no answer"));
      }
    }
    late.forEach(answer -> answer.cancel(true));
    onEnd.accept(this);
  }

  synchronized boolean isPassed() {
    return vote.isPassed();
  }

  @Override
  public synchronized String toString() {
    return vote.yes()
        + " of "
        + vote.all()
        + " reached (expected: "
        + vote.needed()
        + " or more)"
        + (refusals.isEmpty() ? "" : "; " + String.join(", ", refusals));
  }

  private static String why(Throwable failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(
        failure instanceof CompletionException && cause != null
            ? cause.getMessage()
            : failure.getMessage());
  }
}
