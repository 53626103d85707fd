package io.evenkeel.schedule;

import java.util.concurrent.ThreadLocalRandom;

/** What schedulers draw from when nothing else is handed in: each thread from its own. */
final class ThreadRandomness implements Randomness {
  private static final long LOW_HALF = 0xffff_ffffL;
  static final Randomness INSTANCE = new ThreadRandomness();

  private ThreadRandomness() {}

  @Override
  public int nextInt(int bound) {
    // Lemire 2019 ("Fast random integer generation in an interval"): a multiplication instead of
    // the division that the JDK's takes.
    long product = Integer.toUnsignedLong(ThreadLocalRandom.current().nextInt()) * bound;
    if ((product & LOW_HALF) < bound) {
      long threshold = (1L << Integer.SIZE) % bound;
      while ((product & LOW_HALF) < threshold) {
        product = Integer.toUnsignedLong(ThreadLocalRandom.current().nextInt()) * bound;
      }
    }
    return (int) (product >>> Integer.SIZE);
  }
}
