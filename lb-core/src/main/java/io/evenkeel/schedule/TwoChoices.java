package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
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
    boolean kernel = draw == Draw.KERNEL;
    int first = kernel ? table.drawInclusive(random) : table.draw(random);
    if (first == WeightTable.NOBODY) {
      return null;
    }
    int second = kernel ? table.drawInclusive(random) : table.drawOther(random, first);
    return destinations.get(second != WeightTable.NOBODY && isLess(second, first) ? second : first);
  }

  /** In 64 bits; the kernel's product has 32 and overflows at weight 65535 with 128 connections. */
  private boolean isLess(int one, int other) {
    return destinations.get(one).overhead() * destinations.weight(other)
        < destinations.get(other).overhead() * destinations.weight(one);
  }
}
