package io.evenkeel.schedule;

/**
 * Where schedulers that choose by chance get it from. Thread-safe where several threads choose; a
 * test hands in a seeded one.
 */
@FunctionalInterface
public interface Randomness {

  /**
   * Draws a number.
   *
   * @param bound 1 or more
   * @return 0..bound-1, each as likely as the others
   */
  int nextInt(int bound);
}
