package io.evenkeel.schedule;

import io.evenkeel.pool.Destinations;
import io.evenkeel.schedule.Reasoning.Compared;
import io.evenkeel.schedule.Reasoning.Value;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Works out once more what was compared, to say it. */
final class Comparisons {
  private static final Comparator<Value> LEAST = Comparator.comparingDouble(Value::value);

  private Comparisons() {}

  /** Of all that are eligible, the least first. */
  static Compared least(String words, Destinations destinations, IntToDoubleFunction value) {
    return compared("least " + words, destinations, eligible(destinations), value, LEAST);
  }

  /** Of those at some indexes, the least loaded for its weight first. */
  static Compared leastOverhead(Destinations destinations, IntStream indexes) {
    return compared(
        "least " + LeastLoaded.Cost.OVERHEAD.words,
        destinations,
        indexes,
        i -> destinations.get(i).overhead() / (double) destinations.weight(i),
        LEAST);
  }

  /** Of all that are eligible, the one with the highest score in a rendezvous first. */
  static Compared highestScore(Destinations destinations, IntToDoubleFunction score) {
    return compared(
        "most weight / -ln(number drawn for the client)",
        destinations,
        eligible(destinations),
        score,
        LEAST.reversed());
  }

  private static IntStream eligible(Destinations destinations) {
    return IntStream.range(0, destinations.size()).filter(destinations::isEligible);
  }

  private static Compared compared(
      String best,
      Destinations destinations,
      IntStream indexes,
      IntToDoubleFunction value,
      Comparator<Value> order) {
    return new Compared(
        best,
        indexes
            .mapToObj(i -> new Value(destinations.get(i).endpoint(), value.applyAsDouble(i)))
            .sorted(order)
            .toList());
  }
}
