package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.LoadListener;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing (Karger et al. 1997) with bounded loads (Mirrokni, Thorup and Zadimoghaddam
 * 2018): servers have points on a ring, and a client belongs to the next point. Who has more than
 * its share of all open connections, and a percentage on top, is passed over.
 *
 * <p>A point is a hash of 63 bits, the lowest of which say whose it is. The ring is cut into arcs
 * of equal length, with a few points each, so that a look-up takes the same time on every ring.
 *
 * <p>While several threads open and close connections, the loads that are compared lag behind by
 * the changes that are under way, at most one for each thread; so does the bound.
 */
final class Ring implements Selector, LoadListener {
  /** Of the heaviest server; the others have fewer, by weight. */
  private static final int POINTS = 128;

  private static final int POINTS_IN_ARC = 4;
  private static final int INDEX_BITS = 24;
  private static final long INDEX = (1L << INDEX_BITS) - 1;
  private static final int HASH_BITS = 63;
  private static final long NOT_ELIGIBLE = -1;

  private final Destinations destinations;
  private final Fallback fallback;
  private final int percent;
  private final long[] points;

  /** For each arc the first point at or after its start. */
  private final int[] arcs;

  private final int arcShift;

  /** For each destination its open connections, or NOT_ELIGIBLE; written and read by all. */
  private final AtomicLongArray loads;

  /** Of those that are eligible; written and read by all. */
  private final AtomicLong allLoads = new AtomicLong();

  /** Of those that are eligible; written and read by all. */
  private final AtomicLong allWeights = new AtomicLong();

  /**
   * Makes one.
   *
   * @param percent of a fair share that a server may have; 0: any load
   */
  Ring(Destinations destinations, int percent) {
    this.destinations = destinations;
    this.fallback = new Fallback(destinations);
    this.percent = percent;
    this.points = points(destinations);
    int arcBits =
        Integer.SIZE - 1 - Integer.numberOfLeadingZeros(Math.max(points.length / POINTS_IN_ARC, 1));
    this.arcShift = HASH_BITS - arcBits;
    this.arcs = new int[1 << arcBits];
    int point = 0;
    for (int arc = 0; arc < arcs.length; arc++) {
      while (point < points.length && points[point] >>> arcShift < arc) {
        point++;
      }
      arcs[arc] = point;
    }
    this.loads = new AtomicLongArray(destinations.size());
    for (int i = 0; i < destinations.size(); i++) {
      loads.set(i, NOT_ELIGIBLE);
      loadChanged(i);
    }
  }

  private static long[] points(Destinations list) {
    int heaviest = 1;
    for (int i = 0; i < list.size(); i++) {
      heaviest = Math.max(heaviest, list.weight(i));
    }
    int count = 0;
    for (int i = 0; i < list.size(); i++) {
      count += points(list.weight(i), heaviest);
    }
    long[] points = new long[count];
    int at = 0;
    for (int i = 0; i < list.size(); i++) {
      long server = Mix.server(list.get(i));
      for (int point = 0; point < points(list.weight(i), heaviest); point++) {
        points[at++] = ((Mix.of(server, point) >>> 1) & ~INDEX) | i;
      }
    }
    Arrays.sort(points);
    return points;
  }

  private static int points(int weight, int heaviest) {
    return (int) (((long) weight * POINTS + heaviest - 1) / heaviest);
  }

  @Override
  public void begin() {
    if (percent != 0) {
      destinations.watch(this);
    }
  }

  @Override
  public void end() {
    destinations.unwatch(this);
  }

  @Override
  public void loadChanged(int index) {
    while (true) {
      long now = destinations.isEligible(index) ? destinations.get(index).open() : NOT_ELIGIBLE;
      long before = loads.get(index);
      if (now == before) {
        return;
      }
      if (loads.compareAndSet(index, before, now)) {
        // And looks again: another may have seen an older state, and not have written it yet.
        allLoads.addAndGet(Math.max(now, 0) - Math.max(before, 0));
        if (now == NOT_ELIGIBLE || before == NOT_ELIGIBLE) {
          int weight = destinations.weight(index);
          allWeights.addAndGet(now == NOT_ELIGIBLE ? -weight : weight);
        }
      }
    }
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    if (points.length == 0) {
      return null;
    }
    long client = Mix.client(flow);
    int point = next(client >>> 1);
    // The new connection counts, too.
    long share = percent * (allLoads.get() + 1);
    long weights = 100 * allWeights.get();
    Destination full = null;
    int attempts = attempts();
    for (int attempt = 0; attempt < attempts; attempt++) {
      int index = (int) (points[point] & INDEX);
      long load = load(index);
      if (load != NOT_ELIGIBLE) {
        Destination server = destinations.get(index);
        if (percent == 0 || hasRoom(load, destinations.weight(index), share, weights)) {
          return server;
        }
        full = full == null ? server : full;
      }
      point = point + 1 < points.length ? point + 1 : 0;
    }
    return percent == 0 ? fallback.anybody(client) : withRoom(client, share, weights, full);
  }

  /** With bounded load as counted here, so that who is passed over is not looked at. */
  private long load(int index) {
    if (percent != 0) {
      return loads.get(index);
    }
    return destinations.isEligible(index) ? 0 : NOT_ELIGIBLE;
  }

  private int attempts() {
    return Math.min(points.length, percent == 0 ? Fallback.ATTEMPTS : 2 * POINTS);
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    long client = Mix.client(flow);
    int point = points.length == 0 ? 0 : next(client >>> 1);
    long share = percent * (allLoads.get() + 1);
    long weights = 100 * allWeights.get();
    Destination chosen = select(flow, nowNanos);
    int attempts = attempts();
    return new Selection(
        chosen,
        new Reasoning.Hashed(
            Texts.client(flow, false),
            point,
            points.length,
            Probes.passedOver(
                destinations,
                chosen,
                attempts == 0 ? 0 : attempts + destinations.size(),
                probe ->
                    probe < attempts
                        ? (int) (points[(point + probe) % points.length] & INDEX)
                        : fallback.index(client, probe - attempts),
                index -> full(index, share, weights))));
  }

  private String full(int index, long share, long weights) {
    double most = Math.ceil((double) share * destinations.weight(index) / Math.max(weights, 1));
    return Texts.full(destinations.get(index).open(), most);
  }

  /** The first point at or after a hash, or the first of all. */
  private int next(long hash) {
    int arc = (int) (hash >>> arcShift);
    int point = arcs[arc];
    while (point < points.length && points[point] < hash) {
      point++;
    }
    return point < points.length ? point : 0;
  }

  /** Whether the load is below the share of the weight, rounded up. */
  private static boolean hasRoom(long load, int weight, long share, long weights) {
    // load < ceil(share * weight / weights), both sides times weights.
    return load * weights < share * weight;
  }

  /** The first that has room from where the hash points to; else who was met first. */
  private @Nullable Destination withRoom(
      long client, long share, long weights, @Nullable Destination full) {
    int size = destinations.size();
    int index = Mix.below(size, client);
    for (int i = 0; i < size; i++, index = index + 1 < size ? index + 1 : 0) {
      long load = load(index);
      if (load != NOT_ELIGIBLE && hasRoom(load, destinations.weight(index), share, weights)) {
        return destinations.get(index);
      }
    }
    return full != null && full.isAvailable() ? full : fallback.anybody(client);
  }
}
