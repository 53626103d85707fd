package io.evenkeel.schedule;

import io.evenkeel.model.SlowStart;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.WarmUp;
import io.evenkeel.schedule.Reasoning.Warming.Result;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Two selectors of one scheduler, over all destinations and over the warm ones. A choice that falls
 * on one that is warming up goes to the second as often as it is cold. Both know all cells and
 * weights, so nothing is built again when one has warmed up.
 *
 * <p>Who follows the loads would choose a new, idle destination again and again until it is as
 * loaded as the others. There it also gets no more connections, for its weight, than its share of
 * those that the warm one has which would be chosen instead.
 */
final class SlowStarting implements Selector {
  private static final int COIN_BITS = 30;

  /** How often a client's points are tried on who is not eligible. */
  private static final int TRIES = 16;

  private final SlowStart slowStart;
  private final long durationNanos;
  private final Randomness random;
  private final Destinations warm;
  private final Selector amongAll;
  private final Selector amongWarm;
  private final boolean followsLoads;

  /** Whether it finds nobody among the warm ones only when none of them may be chosen. */
  private final boolean refusesForGood;

  /** For when the scheduler refuses rather than choose another one. */
  private final WeightTable table;

  /** Only read after it was made. */
  private final IdentityHashMap<Destination, Integer> weights = new IdentityHashMap<>();

  SlowStarting(
      Scheduler inner,
      SlowStart slowStart,
      Randomness random,
      Destinations destinations,
      @Nullable Selector previous) {
    SlowStarting before = previous instanceof SlowStarting p ? p : null;
    this.slowStart = slowStart;
    this.durationNanos = slowStart.duration().toNanos();
    this.random = random;
    this.warm = destinations.warm();
    this.amongAll = inner.selector(destinations, before == null ? null : before.amongAll);
    this.amongWarm = inner.selector(warm, before == null ? null : before.amongWarm);
    LeastLoaded least = amongAll instanceof LeastLoaded l ? l : null;
    this.followsLoads = least == null ? amongAll instanceof PeakEwma : least.followsLoads();
    this.refusesForGood = least != null;
    boolean isPerWeight = least == null || least.isPerWeight();
    this.table = new WeightTable(warm);
    for (int i = 0; i < destinations.size(); i++) {
      weights.put(destinations.get(i), isPerWeight ? destinations.weight(i) : 1);
    }
  }

  @Override
  public void begin() {
    amongAll.begin();
    amongWarm.begin();
  }

  @Override
  public void end() {
    amongAll.end();
    amongWarm.end();
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    Destination chosen = amongAll.select(flow, nowNanos);
    if (chosen == null) {
      return null;
    }
    double share = share(chosen, nowNanos);
    if (share >= 1) {
      return chosen;
    }
    boolean kept = coin(flow, chosen) < share;
    if (kept && !followsLoads) {
      return chosen;
    }
    Destination instead = instead(flow, nowNanos);
    return instead == null || (kept && hasRoom(chosen, share, instead)) ? chosen : instead;
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    Selection first = amongAll.explain(flow, nowNanos);
    Destination chosen = first.chosen();
    double share = chosen == null ? 1 : share(chosen, nowNanos);
    if (chosen == null || share >= 1) {
      return first;
    }
    double coin = coin(flow, chosen);
    boolean kept = coin < share;
    Selection second = null;
    Destination instead = null;
    Result result = Result.KEPT;
    if (!kept || followsLoads) {
      second = amongWarm.explain(flow, nowNanos);
      instead = second.chosen() == null ? byTable(flow) : second.chosen();
      if (instead == null) {
        result = Result.NOBODY_WARM;
      } else if (!kept) {
        result = Result.WAITS;
      } else if (!hasRoom(chosen, share, instead)) {
        result = Result.HAS_ITS_SHARE;
      } else {
        instead = null;
      }
    }
    return new Selection(
        instead == null ? chosen : instead,
        new Reasoning.Warming(
            chosen.endpoint(),
            share,
            coin,
            result,
            first.reasoning(),
            second == null ? null : second.reasoning()));
  }

  /** What it gets; 1 if it is warm, which is said to it when time has made it so. */
  private double share(Destination chosen, long nowNanos) {
    WarmUp warmUp = chosen.warmUp();
    if (warmUp == null) {
      return 1;
    }
    double share = share(slowStart, durationNanos, warmUp, nowNanos);
    if (share >= 1) {
      chosen.warmedUp(warmUp);
    }
    return share;
  }

  /** What a destination gets of what its scheduler gives it: 0..1; 1 if it is warm. */
  static double share(SlowStart slowStart, long durationNanos, WarmUp warmUp, long nowNanos) {
    if (!Double.isNaN(warmUp.warmth())) {
      return warmUp.warmth();
    }
    long elapsed = nowNanos - warmUp.sinceNanos();
    if (elapsed >= durationNanos) {
      return 1;
    }
    double part = Math.max(elapsed, 0L) / (double) durationNanos;
    double aggression = slowStart.aggression();
    return Math.max(slowStart.floor(), aggression == 1 ? part : Math.pow(part, 1 / aggression));
  }

  /** 0..1, 1 excluded. */
  private double coin(Flow flow, Destination chosen) {
    int drawn =
        slowStart.perClient()
            ? Mix.below(1 << COIN_BITS, Mix.of(Mix.client(flow), chosen.endpoint().hashCode()))
            : random.nextInt(1 << COIN_BITS);
    return drawn / (double) (1 << COIN_BITS);
  }

  private @Nullable Destination instead(Flow flow, long nowNanos) {
    Destination chosen = amongWarm.select(flow, nowNanos);
    return chosen == null ? byTable(flow) : chosen;
  }

  private @Nullable Destination byTable(Flow flow) {
    if (refusesForGood || table.total() == 0) {
      return null;
    }
    long client = Mix.client(flow);
    int index = 0;
    for (int i = 0; i < TRIES; i++) {
      index = table.at(Math.multiplyHigh(Mix.of(client, i) >>> 1, table.total() << 1));
      if (warm.isEligible(index)) {
        return warm.get(index);
      }
    }
    for (int step = 0; step < warm.size(); step++) {
      int next = (index + step) % warm.size();
      if (warm.isEligible(next)) {
        return warm.get(next);
      }
    }
    return null;
  }

  private boolean hasRoom(Destination chosen, double share, Destination instead) {
    return (double) chosen.open() * weight(instead) <= share * instead.open() * weight(chosen);
  }

  private int weight(Destination cell) {
    Integer weight = weights.get(cell);
    return weight == null ? 0 : weight;
  }
}
