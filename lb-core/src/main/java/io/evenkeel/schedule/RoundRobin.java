package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** net/netfilter/ipvs/ip_vs_rr.c: the next eligible one after the last chosen. */
final class RoundRobin implements Selector {
  private static final int HEAD = -1;

  private final Destinations destinations;

  /** Index of the last chosen, or HEAD. Read and written by every chooser. */
  private final AtomicInteger last;

  RoundRobin(Destinations destinations, @Nullable Selector previous) {
    this.destinations = destinations;
    this.last =
        new AtomicInteger(previous instanceof RoundRobin p ? p.positionIn(destinations) : HEAD);
  }

  /** When the last chosen is gone, the one before it that is not, as ip_vs_rr_del_dest does. */
  private int positionIn(Destinations next) {
    for (int i = last.get(); i >= 0; i--) {
      int index = next.indexOf(destinations.get(i));
      if (index >= 0) {
        return index;
      }
    }
    return HEAD;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    int size = destinations.size();
    while (true) {
      int start = last.get();
      int chosen = start;
      boolean found = false;
      for (int step = 0; step < size && !found; step++) {
        chosen = chosen + 1 < size ? chosen + 1 : 0;
        found = destinations.isEligible(chosen);
      }
      if (!found) {
        return null;
      }
      if (last.compareAndSet(start, chosen)) {
        return destinations.get(chosen);
      }
    }
  }
}
