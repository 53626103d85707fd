package io.evenkeel.schedule;

import java.util.concurrent.ThreadLocalRandom;

/** What schedulers draw from when nothing else is handed in: each thread from its own. */
final class ThreadRandomness implements Randomness {
  static final Randomness INSTANCE = new ThreadRandomness();

  private ThreadRandomness() {}

  @Override
  public int nextInt(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }
}
