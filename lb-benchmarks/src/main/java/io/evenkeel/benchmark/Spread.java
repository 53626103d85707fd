package io.evenkeel.benchmark;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Param;

/**
 * Makes sure, before the other load balancers are measured below {@code rivals}, that what chooses
 * really balances: one that always answers with the same server costs nothing.
 */
final class Spread {
  /** How far a server may be from its due, as a factor, when few choices are made. */
  private static final double SLACK = 4;

  private Spread() {}

  /** What a benchmark's parameter {@code policy} may be. */
  static Stream<String> policies(Class<?> state) {
    try {
      return Stream.of(state.getField("policy").getAnnotation(Param.class).value());
    } catch (NoSuchFieldException e) {
      throw new IllegalArgumentException(state.getName(), e);
    }
  }

  /**
   * Chooses some times, and counts.
   *
   * @param servers how many different ones there must be
   * @param each how often each is chosen on average
   * @param choice gives the chosen
   */
  static void check(int servers, int each, Supplier<?> choice) {
    check(servers, each, choice, chosen -> 1, SLACK);
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
    check(servers, each, choice, weight, SLACK);
  }

  /**
   * Chooses some times, and counts.
   *
   * @param servers how many different ones there must be
   * @param each how often each is chosen on average
   * @param choice gives the chosen
   * @param weight what part of all choices one is due
   * @param slack how far a server may be from its due, as a factor; 1: not at all
   */
  static <T> void check(
      int servers, int each, Supplier<T> choice, ToIntFunction<? super T> weight, double slack) {
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
          if (count > due * slack || count < due / slack) {
            throw new IllegalStateException(
                chosen + " is chosen " + count + " times (expected: about " + due + ")");
          }
        });
  }
}
