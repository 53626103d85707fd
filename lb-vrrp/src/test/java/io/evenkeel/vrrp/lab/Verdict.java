package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.lab.InteropLab.Outcome;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How ours stands beside keepalived in one case.
 *
 * @param what the case
 * @param keepalived the runs with two keepaliveds
 * @param ours the runs with one of ours; more than one where the first was not good
 */
record Verdict(Case what, List<Outcome> keepalived, List<Outcome> ours) {
  /** What sampling leaves open. */
  private static final Duration TOLERANCE = Sampler.PERIOD.multipliedBy(2);

  /** Who has the address in the end, with keepalived on both sides. */
  Set<String> expectedLast() {
    return keepalived.stream().map(Outcome::last).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Who has it with one of ours; where that is not always the same, in how many runs. */
  String last() {
    Map<String, Long> runs =
        ours.stream()
            .collect(Collectors.groupingBy(Outcome::last, TreeMap::new, Collectors.counting()));
    return runs.size() == 1
        ? runs.keySet().iterator().next()
        : runs.entrySet().stream()
            .map(each -> "%s %d of %d".formatted(each.getKey(), each.getValue(), ours.size()))
            .collect(Collectors.joining(", "));
  }

  private boolean isOwnerSame(Outcome outcome) {
    return !outcome.last().equals(Outcome.FAILED) && expectedLast().contains(outcome.last());
  }

  /** Whether no run has another owner, or a single one of all that there may be. */
  boolean isOwnerSame() {
    long others = ours.stream().filter(outcome -> !isOwnerSame(outcome)).count();
    return others == 0 || (others == 1 && ours.size() == InteropLab.OUR_RUNS);
  }

  /**
   * Whether one of the runs with the same owner was no longer than the longest of keepalived's, in
   * both respects.
   */
  boolean isInTime() {
    return ours.stream()
        .filter(this::isOwnerSame)
        .anyMatch(
            outcome ->
                outcome.none().compareTo(limit(Outcome::none)) <= 0
                    && outcome.two().compareTo(limit(Outcome::two)) <= 0);
  }

  Duration limit(Function<Outcome, Duration> what) {
    return longest(what).plus(TOLERANCE);
  }

  Duration longest(Function<Outcome, Duration> what) {
    return keepalived.stream().map(what).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }

  boolean isGood() {
    return isOwnerSame() && isInTime();
  }

  /** Each of ours. */
  String times(Function<Outcome, Duration> what) {
    return ours.stream()
        .map(outcome -> Long.toString(what.apply(outcome).toMillis()))
        .collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return (isGood() ? "good" : "WRONG")
        + ": "
        + what
        + ": "
        + last()
        + " (keepalived "
        + String.join(" or ", expectedLast())
        + "), none "
        + times(Outcome::none)
        + " ms (at most "
        + longest(Outcome::none).toMillis()
        + "), two "
        + times(Outcome::two)
        + " ms (at most "
        + longest(Outcome::two).toMillis()
        + ")";
  }
}
