package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.LoadListener;
import io.evenkeel.schedule.Reasoning.Compared;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The eligible destination with the least load for its weight, the first of equals: what lc, wlc,
 * sed, nq, fo and ovf find by looking at all of them (net/netfilter/ipvs/ip_vs_lc.c, ip_vs_wlc.c,
 * ip_vs_sed.c, ip_vs_nq.c, ip_vs_fo.c, ip_vs_ovf.c). Here a tournament is kept whose winner is
 * read, and of which each change of a load replays the matches that it may have decided.
 *
 * <p>Several threads may replay at a time. Whoever wrote the result of a match looks at it again,
 * so that the last change of a player is always taken into account: when nobody changes anything,
 * the winner is exact, and meanwhile it lags behind by the changes that are under way, at most one
 * for each other thread.
 */
final class LeastLoaded implements Selector, LoadListener {

  /** What is least. */
  interface Load {

    /** The cost of an eligible destination, which stands at an index; or NOT_ELIGIBLE after all. */
    long of(Destination cell, int index);

    /** Whether costs are compared after they were divided by the weights. */
    boolean isPerWeight();

    /** What is compared, for people. */
    String words();

    /** The cost, for people; infinite if it is not eligible after all. */
    double value(int index, long nowNanos);
  }

  /** What is least in the kernel. */
  enum Cost {
    /** lc: 256 · active + inactive, whatever the weight. */
    OVERHEAD_ALONE("256 · active + inactive"),
    /** wlc: (256 · active + inactive) / weight. */
    OVERHEAD("(256 · active + inactive) / weight"),
    /** sed: (active + 1) / weight. */
    EXPECTED_DELAY("(active + 1) / weight"),
    /** nq: as sed, but first of all who is idle. */
    EXPECTED_DELAY_IF_BUSY("(active + 1) / weight, 0 without active ones"),
    /** fo: 1 / weight, so that the heaviest is taken. */
    ONE("1 / weight"),
    /** ovf: as fo, but not who has more active connections than it weighs. */
    ONE_WITH_ROOM("1 / weight, infinite with more active ones than it weighs");

    final String words;

    Cost(String words) {
      this.words = words;
    }

    /** Whether the loads decide, and not the weights alone. */
    boolean followsLoads() {
      return this != ONE && this != ONE_WITH_ROOM;
    }

    long of(Destination cell, int weight) {
      return switch (this) {
        case OVERHEAD_ALONE, OVERHEAD -> cell.overhead();
        case EXPECTED_DELAY -> cell.active() + 1L;
        case EXPECTED_DELAY_IF_BUSY -> cell.active() == 0 ? 0 : cell.active() + 1L;
        case ONE -> 1;
        case ONE_WITH_ROOM -> cell.active() <= weight ? 1 : NOT_ELIGIBLE;
      };
    }
  }

  private static final VarHandle COST = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle WINNER = MethodHandles.arrayElementVarHandle(int[].class);
  static final long NOT_ELIGIBLE = Long.MAX_VALUE;
  private static final int NOBODY = -1;
  private static final int ROOT = 1;

  private final Destinations destinations;
  private final Load load;

  /** What each destination costs at the moment; written and read by all. */
  private final long[] costs;

  /**
   * A binary heap of matches: those at 2k and 2k+1 decide who meets in k. The players, at {@link
   * #players} and after it, are not stored. Written and read by all.
   */
  private final int[] winners;

  private final int players;

  LeastLoaded(Destinations destinations, Cost cost) {
    this(destinations, new KernelLoad(destinations, cost));
  }

  LeastLoaded(Destinations destinations, Load load) {
    this.destinations = destinations;
    this.load = load;
    this.costs = new long[destinations.size()];
    this.players = Math.max(Integer.highestOneBit(Math.max(destinations.size() - 1, 0)) << 1, 2);
    this.winners = new int[players];
    playAll();
  }

  /** Whether who has the fewest connections is chosen, whatever else counts. */
  boolean followsLoads() {
    return !(load instanceof KernelLoad kernel) || kernel.cost.followsLoads();
  }

  /** Whether weights say how many connections each should have. */
  boolean isPerWeight() {
    return load.isPerWeight();
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
    int winner = (int) WINNER.getVolatile(winners, ROOT);
    return winner == NOBODY ? null : destinations.get(winner);
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    Compared compared =
        Comparisons.least(load.words(), destinations, index -> load.value(index, nowNanos));
    return new Selection(select(flow, nowNanos), compared);
  }

  @Override
  public void loadChanged(int index) {
    if (!weigh(index)) {
      return;
    }
    boolean concerned = true;
    for (int match = (players + index) >> 1; match >= ROOT; match >>= 1) {
      concerned =
          concerned ? play(match, index) : (int) WINNER.getVolatile(winners, match) == index;
    }
  }

  /** Brings a player's cost up to date; false if it was. */
  private boolean weigh(int index) {
    boolean changed = false;
    while (true) {
      long now =
          destinations.isEligible(index) ? load.of(destinations.get(index), index) : NOT_ELIGIBLE;
      if ((long) COST.getVolatile(costs, index) == now) {
        return changed;
      }
      COST.setVolatile(costs, index, now);
      changed = true;
    }
  }

  /**
   * Plays a match again until its stored result is what its players make it.
   *
   * @return whether the match above it must be played: this one's winner was stored, if only for a
   *     moment, or it is the player whose cost changed
   */
  private boolean play(int match, int index) {
    int stored = (int) WINNER.getVolatile(winners, match);
    boolean written = false;
    while (true) {
      int winner = winnerOf(match);
      if (winner == stored) {
        return written || winner == index;
      }
      WINNER.setVolatile(winners, match, winner);
      stored = winner;
      written = true;
    }
  }

  private void playAll() {
    for (int i = 0; i < costs.length; i++) {
      weigh(i);
    }
    for (int match = players - 1; match >= ROOT; match--) {
      winners[match] = winnerOf(match);
    }
  }

  private int winnerOf(int match) {
    int left = player(2 * match);
    int right = player(2 * match + 1);
    if (left == NOBODY || right == NOBODY) {
      return left == NOBODY ? right : left;
    }
    return isLess(right, left) ? right : left;
  }

  private int player(int node) {
    if (node < players) {
      return (int) WINNER.getVolatile(winners, node);
    }
    int index = node - players;
    return index < costs.length && (long) COST.getVolatile(costs, index) != NOT_ELIGIBLE
        ? index
        : NOBODY;
  }

  private boolean isLess(int one, int other) {
    long costOfOne = (long) COST.getVolatile(costs, one);
    long costOfOther = (long) COST.getVolatile(costs, other);
    if (costOfOne == NOT_ELIGIBLE || costOfOther == NOT_ELIGIBLE) {
      // Not eligible any more since it won below: that match is being played again.
      return costOfOther == NOT_ELIGIBLE && costOfOne != NOT_ELIGIBLE;
    }
    // At most 2^40 * 2^16: fits.
    return load.isPerWeight()
        ? costOfOne * destinations.weight(other) < costOfOther * destinations.weight(one)
        : costOfOne < costOfOther;
  }

  private record KernelLoad(Destinations destinations, Cost cost) implements Load {
    @Override
    public long of(Destination cell, int index) {
      return cost.of(cell, destinations.weight(index));
    }

    @Override
    public boolean isPerWeight() {
      return cost != Cost.OVERHEAD_ALONE;
    }

    @Override
    public String words() {
      return cost.words;
    }

    @Override
    public double value(int index, long nowNanos) {
      long now = of(destinations.get(index), index);
      if (now == NOT_ELIGIBLE) {
        return Double.POSITIVE_INFINITY;
      }
      return isPerWeight() ? now / (double) destinations.weight(index) : now;
    }
  }
}
