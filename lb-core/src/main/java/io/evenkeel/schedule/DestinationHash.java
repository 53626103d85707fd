package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import org.jspecify.annotations.Nullable;

/**
 * net/netfilter/ipvs/ip_vs_dh.c: the address that the client asked for names one of 256 buckets.
 * The kernel deals them out to the destinations in turn, one each, whatever they weigh: bucket b is
 * that of destination b modulo their number, and needs no table.
 */
final class DestinationHash implements Selector {
  private static final int BITS = 8;

  private final Destinations destinations;

  DestinationHash(Destinations destinations) {
    this.destinations = destinations;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    if (destinations.size() == 0) {
      return null;
    }
    int asked = KernelHash.fold(flow.destinationHigh(), flow.destinationLow());
    int index = KernelHash.multiplied(asked, BITS) % destinations.size();
    return destinations.isEligible(index) ? destinations.get(index) : null;
  }
}
