package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Exclusion;
import io.evenkeel.schedule.Reasoning.PassedOver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Follows a hash once more after the choice, to say who was met on the way. */
final class Probes {
  private Probes() {}

  /**
   * Who was met before the one that was taken.
   *
   * @param chosen who was taken; null: nobody, and all were met
   * @param count how many times the hash leads somewhere
   * @param probe whom it leads to, the first time being 0: an index
   * @param whyNot of an index that is eligible: why it was not taken all the same
   */
  static List<PassedOver> passedOver(
      Destinations destinations,
      @Nullable Destination chosen,
      int count,
      IntUnaryOperator probe,
      IntFunction<String> whyNot) {
    Map<Integer, PassedOver> met = new LinkedHashMap<>();
    for (int number = 0; number < count; number++) {
      int index = probe.applyAsInt(number);
      Destination server = destinations.get(index);
      if (server == chosen) {
        break;
      }
      met.computeIfAbsent(
          index,
          i -> {
            Exclusion exclusion = destinations.exclusion(i);
            return new PassedOver(
                server.endpoint(), exclusion == null ? whyNot.apply(i) : exclusion.toString());
          });
    }
    return List.copyOf(met.values());
  }

  /** As above, for those who take every eligible one. */
  static List<PassedOver> passedOver(
      Destinations destinations, @Nullable Destination chosen, int count, IntUnaryOperator probe) {
    return passedOver(destinations, chosen, count, probe, index -> "eligible again meanwhile");
  }
}
