package io.evenkeel.schedule;

import java.util.SplittableRandom;

/** Randomness that a seed repeats, for one thread. */
final class Seeded implements Randomness {
  private final long seed;
  private final SplittableRandom random;

  Seeded(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public int nextInt(int bound) {
    return random.nextInt(bound);
  }

  @Override
  public String toString() {
    return "seed " + seed;
  }
}
