package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import org.jspecify.annotations.Nullable;

/**
 * net/netfilter/ipvs/ip_vs_wlc.c: the least overhead per weight, compared by cross multiplication;
 * the first of equals.
 */
final class WeightedLeastConnection implements Selector {
  private final Destinations destinations;

  WeightedLeastConnection(Destinations destinations) {
    this.destinations = destinations;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    Destination least = null;
    long leastOverhead = 0;
    long leastWeight = 0;
    for (int i = 0; i < destinations.size(); i++) {
      if (!destinations.isEligible(i)) {
        continue;
      }
      // At most 2^40 * 2^16: fits.
      long overhead = destinations.get(i).overhead();
      long weight = destinations.weight(i);
      if (least == null || leastOverhead * weight > overhead * leastWeight) {
        least = destinations.get(i);
        leastOverhead = overhead;
        leastWeight = weight;
      }
    }
    return least;
  }
}
