package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Smooth weighted round robin: at each choice everybody's credit grows by its weight, who has most
 * is taken, and pays the sum of all weights. The choices repeat once everybody had as many turns as
 * it weighs, divided by the greatest common divisor; so they are written down beforehand, and a
 * choice reads the next. Who is not eligible is passed over, which keeps the proportions of the
 * others.
 *
 * <p>Where that would be too long, turn n is whoever covers point n·φ modulo the sum of the
 * weights: each one's turns are then as evenly spaced, and its share off by few turns at any time,
 * but the order is another one.
 */
final class SmoothRoundRobin implements Selector {
  static final int LONGEST_CYCLE = 1 << 16;

  /** How many who are not eligible are passed over before all are looked at. */
  private static final int MISSES = 64;

  /** 2^64 / φ, odd. */
  private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

  static final int MOST_TURNS = 1 << 30;

  private final Destinations destinations;
  private final WeightTable table;

  /** Whose turn it is, as indexes; empty where it would be too long. */
  private final int[] cycle;

  /** Where the count of turns begins anew: a multiple of the cycle's length. */
  private final int turnsInAll;

  /** Turns taken, in each stripe. */
  private final Stripes turns;

  SmoothRoundRobin(
      Destinations destinations, @Nullable Selector previous, int stripes, int mostTurns) {
    this.destinations = destinations;
    this.table = new WeightTable(destinations);
    int divisor = 0;
    for (int i = 0; i < destinations.size(); i++) {
      divisor = gcd(divisor, destinations.weight(i));
    }
    long length = table.total() / Math.max(divisor, 1);
    this.cycle = length <= LONGEST_CYCLE ? cycle((int) length, divisor) : new int[0];
    this.turnsInAll = mostTurns - mostTurns % Math.max(cycle.length, 1);
    this.turns =
        new Stripes(
            stripes,
            stripe ->
                previous instanceof SmoothRoundRobin p && p.turns.count() == stripes
                    ? p.positionIn(cycle.length, stripe)
                    : 0);
  }

  /** As far through the new cycle as through this one. */
  private int positionIn(int length, int stripe) {
    int turn = (int) turns.get(stripe);
    return cycle.length == 0 || length == 0
        ? 0
        : (int) ((long) (turn % cycle.length) * length / cycle.length);
  }

  /** Those of one weight take turns in list order, so only the next of each weight can be it. */
  private int[] cycle(int length, int divisor) {
    TreeMap<Integer, List<Integer>> byWeight = new TreeMap<>();
    for (int i = 0; i < destinations.size(); i++) {
      if (destinations.weight(i) > 0) {
        byWeight.computeIfAbsent(destinations.weight(i), w -> new ArrayList<>()).add(i);
      }
    }
    Peers[] peers =
        byWeight.entrySet().stream()
            .map(entry -> new Peers(entry.getKey() / divisor, entry.getValue()))
            .toArray(Peers[]::new);
    int[] order = new int[length];
    for (int turn = 0; turn < length; turn++) {
      Peers best = peers[0];
      for (Peers other : peers) {
        long lead = other.credit(turn, length) - best.credit(turn, length);
        if (lead > 0 || (lead == 0 && other.next() < best.next())) {
          best = other;
        }
      }
      order[turn] = best.next();
      best.taken++;
    }
    return order;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    if (table.total() == 0) {
      return null;
    }
    int turn = 0;
    for (int i = 0; i < MISSES; i++) {
      turn = nextTurn(flow);
      int index =
          cycle.length > 0 ? cycle[turn % cycle.length] : table.at(point(turn, table.total()));
      if (destinations.isEligible(index)) {
        return destinations.get(index);
      }
    }
    return amongEligible(turn);
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    int before = (int) turns.get(flow);
    Destination chosen = select(flow, nowNanos);
    int after = (int) turns.get(flow);
    int places = cycle.length > 0 ? cycle.length : turnsInAll;
    return new Selection(
        chosen,
        new Reasoning.Turn(
            before == 0 ? -1 : (before - 1) % places,
            after == 0 ? -1 : (after - 1) % places,
            places,
            0));
  }

  private int nextTurn(Flow flow) {
    while (true) {
      int turn = (int) turns.get(flow);
      if (turns.compareAndSet(flow, turn, turn + 1 < turnsInAll ? turn + 1 : 0)) {
        return turn;
      }
    }
  }

  private @Nullable Destination amongEligible(int turn) {
    while (true) {
      long sum = table.eligibleTotal(WeightTable.NOBODY);
      if (sum == 0) {
        return null;
      }
      // Each of these choices took as many turns.
      int index = table.eligibleAt(point(turn / MISSES, sum), WeightTable.NOBODY);
      if (index != WeightTable.NOBODY) {
        return destinations.get(index);
      }
    }
  }

  private static long point(int turn, long total) {
    return Math.multiplyHigh((turn * GOLDEN) >>> 1, total << 1);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Destinations of one weight. */
  private static final class Peers {
    final int weight;
    final int[] indexes;
    int taken;

    Peers(int weight, List<Integer> indexes) {
      this.weight = weight;
      this.indexes = indexes.stream().mapToInt(Integer::intValue).toArray();
    }

    int next() {
      return indexes[taken % indexes.length];
    }

    /** Of the next one: a weight for each turn, this one included, less what its turns cost. */
    long credit(int turn, int total) {
      return (turn + 1L) * weight - (long) total * (taken / indexes.length);
    }
  }
}
