package io.evenkeel.benchmark;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Makes sure, before the other load balancers are measured below {@code rivals}, that what chooses
 * really balances: one that always answers with the same server costs nothing.
 */
final class Spread {
  /** How far a server may be from its due, as a factor. */
  private static final int SLACK = 4;

  private Spread() {}

  /**
   * Chooses some times, and counts.
   *
   * @param servers how many different ones there must be
   * @param each how often each is chosen on average
   * @param choice gives the chosen
   */
  static void check(int servers, int each, Supplier<?> choice) {
    check(servers, each, choice, chosen -> 1);
  }

  /**
   * Chooses some times, and counts.
   *
   * @param servers how many different ones there must be
   * @param each how often each is chosen on average
   * @param choice gives the chosen
   * @param weight what part of all choices one is due
   */
  static <T> void check(int servers, int each, Supplier<T> choice, ToIntFunction<T> weight) {
    Map<T, Integer> times = new HashMap<>();
    for (long i = 0; i < (long) servers * each; i++) {
      times.merge(choice.get(), 1, Integer::sum);
    }
    if (times.size() != servers) {
      throw new IllegalStateException(times.size() + " of " + servers + " servers are chosen");
    }
    long weights = times.keySet().stream().mapToLong(weight::applyAsInt).sum();
    times.forEach(
        (chosen, count) -> {
          double due = (double) servers * each * weight.applyAsInt(chosen) / weights;
          if (count > due * SLACK || count < due / SLACK) {
            throw new IllegalStateException(
                chosen + " is chosen " + count + " times (expected: about " + due + ")");
          }
        });
  }
}
