package io.evenkeel.schedule;

import io.evenkeel.pool.Destinations;
import org.jspecify.annotations.Nullable;

/**
 * An algorithm that spreads connections over destinations. Stateless: what it must remember from
 * one choice to the next lives in the {@link Selector}s that it makes.
 */
@FunctionalInterface
public interface Scheduler {

  /**
   * Makes what chooses from one list. Called by the one writer of a service whenever the list or a
   * weight changed, never while another call for that service runs; the previous selector may still
   * be choosing meanwhile.
   *
   * @param destinations the list to choose from
   * @param previous what this scheduler made for the list before, to take its position over; null
   *     the first time
   * @return what chooses from now on
   */
  Selector selector(Destinations destinations, @Nullable Selector previous);
}
