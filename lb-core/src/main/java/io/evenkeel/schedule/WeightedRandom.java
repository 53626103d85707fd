package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import org.jspecify.annotations.Nullable;

/** By chance, each eligible one as likely as it weighs. */
final class WeightedRandom implements Selector {
  private final Destinations destinations;
  private final WeightTable table;
  private final Randomness random;

  WeightedRandom(Destinations destinations, Randomness random) {
    this.destinations = destinations;
    this.table = new WeightTable(destinations);
    this.random = random;
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    int index = table.draw(random);
    return index == WeightTable.NOBODY ? null : destinations.get(index);
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    Destination chosen = select(flow, nowNanos);
    int[] drawn = chosen == null ? new int[0] : new int[] {destinations.indexOf(chosen)};
    return new Selection(chosen, table.drawn(null, drawn));
  }
}
