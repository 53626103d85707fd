package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.LoadListener;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The least latency · (connections + 1) / weight. A latency is a moving average whose weights decay
 * exponentially, except that a higher one than the average is taken at once; while nothing is
 * measured it decays towards 0, so that a slow server is tried again.
 *
 * <p>Since all decay alike, time alone changes no order. So what is kept is the logarithm of the
 * latency as it would have to have been at time 0 to have decayed to what it is: a tournament over
 * that is exact, whatever time it is.
 *
 * <p>A server of which nothing is known is tried with one connection; with more only when that is
 * so of all.
 */
final class PeakEwma implements Selector, LoadListener, LeastLoaded.Load {
  private static final VarHandle LEVEL = MethodHandles.arrayElementVarHandle(double[].class);
  private static final VarHandle MEASURED = MethodHandles.arrayElementVarHandle(long[].class);
  private static final double UNKNOWN = Double.NEGATIVE_INFINITY;

  /** More than any logarithm, even divided by a weight. */
  private static final double UNKNOWN_AND_BUSY = 1e100;

  private final Destinations destinations;
  private final double decayNanos;
  private final LeastLoaded tournament;

  /** ln(latency) + time / decay; UNKNOWN without one. Written and read by all. */
  private final double[] levels;

  /** When each level was measured last; written and read by who measures. */
  private final long[] measured;

  PeakEwma(Destinations destinations, @Nullable Selector previous, long decayNanos) {
    this.destinations = destinations;
    this.decayNanos = decayNanos;
    this.levels = new double[destinations.size()];
    this.measured = new long[destinations.size()];
    Arrays.fill(levels, UNKNOWN);
    if (previous instanceof PeakEwma p) {
      takeOver(p);
    }
    this.tournament = new LeastLoaded(destinations, this);
  }

  private void takeOver(PeakEwma before) {
    IdentityHashMap<Destination, Integer> indexes = new IdentityHashMap<>();
    for (int i = 0; i < before.levels.length; i++) {
      indexes.put(before.destinations.get(i), i);
    }
    for (int i = 0; i < levels.length; i++) {
      Integer known = indexes.get(destinations.get(i));
      if (known != null) {
        int index = known;
        levels[i] = (double) LEVEL.getVolatile(before.levels, index);
        measured[i] = (long) MEASURED.getVolatile(before.measured, index);
      }
    }
  }

  @Override
  public void begin() {
    destinations.watch(this);
  }

  @Override
  public void end() {
    destinations.unwatch(this);
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    return tournament.select(flow, nowNanos);
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    return tournament.explain(flow, nowNanos);
  }

  @Override
  public void loadChanged(int index) {
    tournament.loadChanged(index);
  }

  @Override
  public void latencyMeasured(int index, long nanos, long nowNanos) {
    double time = nowNanos / decayNanos;
    double latency = Math.max(nanos, 1L);
    // Whoever comes next counts from here on, so that no time counts twice.
    long elapsed = nowNanos - (long) MEASURED.getAndSet(measured, index, nowNanos);
    double share = 1 - Math.exp(-Math.max(elapsed, 0L) / decayNanos);
    double before;
    double after;
    do {
      before = (double) LEVEL.getVolatile(levels, index);
      double decayed = Math.exp(before - time);
      after = Math.log(latency >= decayed ? latency : decayed + latency * share) + time;
    } while (!LEVEL.compareAndSet(levels, index, before, after));
    tournament.loadChanged(index);
  }

  @Override
  public long of(Destination cell, int index) {
    double level = (double) LEVEL.getVolatile(levels, index);
    long open = cell.open();
    double cost;
    if (level != UNKNOWN) {
      cost = level + Math.log((open + 1.0) / destinations.weight(index));
    } else if (open == 0) {
      return Long.MIN_VALUE;
    } else {
      cost = UNKNOWN_AND_BUSY * open / destinations.weight(index);
    }
    // In the order of the doubles, negative ones too.
    long bits = Double.doubleToLongBits(cost);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  @Override
  public boolean isPerWeight() {
    return false;
  }

  @Override
  public String words() {
    return Texts.latency(UNKNOWN_AND_BUSY);
  }

  @Override
  public double value(int index, long nowNanos) {
    double level = (double) LEVEL.getVolatile(levels, index);
    long open = destinations.get(index).open();
    double factor = level == UNKNOWN ? UNKNOWN_AND_BUSY : Math.exp(level - nowNanos / decayNanos);
    return factor * (level == UNKNOWN ? open : open + 1) / destinations.weight(index);
  }
}
