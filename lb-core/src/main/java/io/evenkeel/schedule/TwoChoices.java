package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Reasoning.Compared;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The less loaded of two that are drawn, each as likely as it weighs. Of equals the one drawn
 * first.
 */
final class TwoChoices implements Selector {

  /** How the two are drawn. */
  enum Draw {
    /** p2c: never the same one twice. */
    DISTINCT,
    /** twos: as net/netfilter/ipvs/ip_vs_twos.c, which may draw the same one twice. */
    KERNEL
  }

  private final Destinations destinations;
  private final WeightTable table;
  private final Draw draw;
  private final Randomness random;

  TwoChoices(Destinations destinations, Draw draw, Randomness random) {
    this.destinations = destinations;
    this.table = new WeightTable(destinations);
    this.draw = draw;
    this.random = random;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    int first = first();
    return first == WeightTable.NOBODY ? null : destinations.get(better(first, second(first)));
  }

  private int first() {
    return draw == Draw.KERNEL ? table.drawInclusive(random) : table.draw(random);
  }

  private int second(int first) {
    return draw == Draw.KERNEL ? table.drawInclusive(random) : table.drawOther(random, first);
  }

  private int better(int first, int second) {
    return second != WeightTable.NOBODY && isLess(second, first) ? second : first;
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    int first = first();
    int second = first == WeightTable.NOBODY ? first : second(first);
    int[] drawn = IntStream.of(first, second).filter(i -> i != WeightTable.NOBODY).toArray();
    Compared compared = Comparisons.leastOverhead(destinations, IntStream.of(drawn).distinct());
    return new Selection(
        first == WeightTable.NOBODY ? null : destinations.get(better(first, second)),
        table.drawn(compared, drawn));
  }

  /** In 64 bits; the kernel's product has 32 and overflows at weight 65535 with 128 connections. */
  private boolean isLess(int one, int other) {
    return destinations.get(one).overhead() * destinations.weight(other)
        < destinations.get(other).overhead() * destinations.weight(one);
  }
}
