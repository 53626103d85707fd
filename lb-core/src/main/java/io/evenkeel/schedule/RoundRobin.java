package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** net/netfilter/ipvs/ip_vs_rr.c: the next eligible one after the last chosen, in each stripe. */
final class RoundRobin implements Selector {
  private static final int HEAD = -1;

  private final Destinations destinations;

  /** Indices of the last chosen, or HEAD. */
  private final Stripes last;

  RoundRobin(Destinations destinations, @Nullable Selector previous, int stripes) {
    this.destinations = destinations;
    RoundRobin before = previous instanceof RoundRobin p && p.last.count() == stripes ? p : null;
    IdentityHashMap<Destination, Integer> indices = new IdentityHashMap<>();
    for (int i = 0; before != null && i < destinations.size(); i++) {
      indices.put(destinations.get(i), i);
    }
    this.last =
        new Stripes(stripes, stripe -> before == null ? HEAD : before.positionIn(indices, stripe));
  }

  /** When the last chosen is gone, the one before it that is not, as ip_vs_rr_del_dest does. */
  private int positionIn(IdentityHashMap<Destination, Integer> next, int stripe) {
    for (int i = (int) last.get(stripe); i >= 0; i--) {
      Integer index = next.get(destinations.get(i));
      if (index != null) {
        return index;
      }
    }
    return HEAD;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    int size = destinations.size();
    while (true) {
      int start = (int) last.get(flow);
      int chosen = start;
      boolean found = false;
      for (int step = 0; step < size && !found; step++) {
        chosen = chosen + 1 < size ? chosen + 1 : 0;
        found = destinations.isEligible(chosen);
      }
      if (!found) {
        return null;
      }
      if (last.compareAndSet(flow, start, chosen)) {
        return destinations.get(chosen);
      }
    }
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    int before = (int) last.get(flow);
    Destination chosen = select(flow, nowNanos);
    int after = chosen == null ? before : destinations.indexOf(chosen);
    return new Selection(chosen, new Reasoning.Turn(before, after, destinations.size(), 0));
  }
}
