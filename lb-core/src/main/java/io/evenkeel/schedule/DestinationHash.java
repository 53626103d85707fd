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
    int index = bucket(flow) % destinations.size();
    return destinations.isEligible(index) ? destinations.get(index) : null;
  }

  private static int bucket(Flow flow) {
    return KernelHash.multiplied(
        KernelHash.fold(flow.destinationHigh(), flow.destinationLow()), BITS);
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    Destination chosen = select(flow, nowNanos);
    int bucket = bucket(flow);
    return new Selection(
        chosen,
        new Reasoning.Hashed(
            Texts.destination(flow),
            bucket,
            1 << BITS,
            Probes.passedOver(
                destinations,
                chosen,
                Math.min(destinations.size(), 1),
                probe -> bucket % destinations.size())));
  }
}
