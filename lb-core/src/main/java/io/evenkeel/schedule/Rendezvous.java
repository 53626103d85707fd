package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Rendezvous hashing (Thaler and Ravishankar 1998), also called highest random weight: each server
 * draws a number for the client, and the eligible one with the highest takes it. With weights
 * (Schindelhauer and Schomaker 2005) it is weight / -ln(number between 0 and 1).
 */
final class Rendezvous implements Selector {
  private static final double UNIT = 0x1p-52;

  private final Destinations destinations;
  private final long[] servers;

  Rendezvous(Destinations destinations) {
    this.destinations = destinations;
    this.servers = new long[destinations.size()];
    for (int i = 0; i < servers.length; i++) {
      servers[i] = Mix.server(destinations.get(i));
    }
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    long client = Mix.client(flow);
    Destination best = null;
    double bestScore = 0;
    for (int i = 0; i < servers.length; i++) {
      if (destinations.isEligible(i)) {
        double missing = missing(client, i);
        // -ln(1 - x) is at least x: most are no match for the best so far without a logarithm.
        if (best == null || destinations.weight(i) > bestScore * missing) {
          double score = score(missing, i);
          if (best == null || score > bestScore) {
            best = destinations.get(i);
            bestScore = score;
          }
        }
      }
    }
    return best;
  }

  /** What the server's number lacks to 1. */
  private double missing(long client, int index) {
    return 1 - ((Mix.of(client ^ servers[index]) >>> 12) + 0.5) * UNIT;
  }

  private double score(double missing, int index) {
    // The same to the last bit everywhere, which Math.log need not be.
    return destinations.weight(index) / -StrictMath.log(1 - missing);
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    long client = Mix.client(flow);
    return new Selection(
        select(flow, nowNanos),
        Comparisons.highestScore(destinations, index -> score(missing(client, index), index)));
  }
}
