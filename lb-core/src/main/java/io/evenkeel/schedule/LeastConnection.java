package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import org.jspecify.annotations.Nullable;

/** net/netfilter/ipvs/ip_vs_lc.c: the least overhead; the first of equals. */
final class LeastConnection implements Selector {
  private final Destinations destinations;

  LeastConnection(Destinations destinations) {
    this.destinations = destinations;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    Destination least = null;
    long leastOverhead = Long.MAX_VALUE;
    for (int i = 0; i < destinations.size(); i++) {
      if (!destinations.isEligible(i)) {
        continue;
      }
      long overhead = destinations.get(i).overhead();
      if (overhead < leastOverhead) {
        least = destinations.get(i);
        leastOverhead = overhead;
      }
    }
    return least;
  }
}
