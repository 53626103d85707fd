package io.evenkeel.samples;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/** What each server had of the answers of the last second. Not thread-safe. */
final class Shares {
  static final Duration WINDOW = Duration.ofSeconds(1);

  private record Sample(long nanos, List<Long> answered) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /** Adds how many answers each server had given at a time; both only grow. */
  void add(long nanos, List<Long> answered) {
    samples.addLast(new Sample(nanos, List.copyOf(answered)));
    while (nanos - samples.getFirst().nanos() > WINDOW.toNanos()) {
      samples.removeFirst();
    }
  }

  /** For each server 0..1; 0 for all if nobody answered. */
  List<Double> all() {
    List<Long> window = window();
    double sum = Math.max(1, sum(window));
    return window.stream().map(answers -> answers / sum).toList();
  }

  /** How many answers the shares are made of. */
  long answers() {
    return sum(window());
  }

  double perSecond() {
    double seconds = (samples.getLast().nanos() - samples.getFirst().nanos()) / 1e9;
    return seconds == 0 ? 0 : answers() / seconds;
  }

  private List<Long> window() {
    List<Long> first = samples.getFirst().answered();
    List<Long> last = samples.getLast().answered();
    return IntStream.range(0, last.size()).mapToObj(i -> last.get(i) - first.get(i)).toList();
  }

  private static long sum(List<Long> answers) {
    return answers.stream().mapToLong(Long::longValue).sum();
  }
}
