package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import org.jspecify.annotations.Nullable;

/** Where the clients go whose table leads to nobody, again and again, who may be chosen. */
final class Fallback {
  /** How often a table is asked before it is worth looking at everybody. */
  static final int ATTEMPTS = 64;

  private final Destinations destinations;

  Fallback(Destinations destinations) {
    this.destinations = destinations;
  }

  /** The first eligible one from where the client's hash points to, or null if there is none. */
  @Nullable Destination anybody(long client) {
    int size = destinations.size();
    int index = Mix.below(size, client);
    for (int i = 0; i < size; i++, index = index + 1 < size ? index + 1 : 0) {
      if (destinations.isEligible(index)) {
        return destinations.get(index);
      }
    }
    return null;
  }

  /** Where that one is looked for, step by step. */
  int index(long client, int step) {
    return (Mix.below(destinations.size(), client) + step) % destinations.size();
  }
}
