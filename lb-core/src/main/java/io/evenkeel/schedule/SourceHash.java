package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * net/netfilter/ipvs/ip_vs_sh.c: the client's address names one of 256 buckets, and each
 * destination in turn has as many consecutive buckets as it weighs, one if it weighs nothing.
 */
final class SourceHash implements Selector {
  private static final int BITS = 8;
  private static final int BUCKETS = 1 << BITS;

  private final Destinations destinations;
  private final boolean byPort;
  private final boolean fallback;

  /** For each bucket an index; not read if there are no destinations. */
  private final int[] buckets = new int[BUCKETS];

  SourceHash(Destinations destinations, Set<HashOption> options) {
    this.destinations = destinations;
    this.byPort = options.contains(HashOption.PORT);
    this.fallback = options.contains(HashOption.FALLBACK);
    if (destinations.size() > 0) {
      int index = 0;
      int filled = 0;
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        buckets[bucket] = index;
        if (++filled >= destinations.weight(index)) {
          index = (index + 1) % destinations.size();
          filled = 0;
        }
      }
    }
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    if (destinations.size() == 0) {
      return null;
    }
    int bucket = bucket(flow);
    int index = buckets[bucket];
    if (destinations.isEligible(index)) {
      return destinations.get(index);
    }
    return fallback ? another(bucket) : null;
  }

  private int bucket(Flow flow) {
    int client = KernelHash.fold(flow.clientHigh(), flow.clientLow());
    return KernelHash.multiplied(byPort ? client + flow.clientPort() : client, BITS);
  }

  /** The kernel adds the bucket to itself, and goes on from there. */
  private static int next(int bucket, int step) {
    return (2 * bucket + step) % BUCKETS;
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    Destination chosen = select(flow, nowNanos);
    int bucket = bucket(flow);
    int probes = destinations.size() == 0 ? 0 : fallback ? 1 + BUCKETS : 1;
    return new Selection(
        chosen,
        new Reasoning.Hashed(
            Texts.client(flow, byPort),
            bucket,
            BUCKETS,
            Probes.passedOver(
                destinations,
                chosen,
                probes,
                probe -> buckets[probe == 0 ? bucket : next(bucket, probe - 1)])));
  }

  private @Nullable Destination another(int bucket) {
    for (int step = 0; step < BUCKETS; step++) {
      int index = buckets[next(bucket, step)];
      if (destinations.isEligible(index)) {
        return destinations.get(index);
      }
    }
    return null;
  }
}
