package io.evenkeel.vrrp.protocol;

/**
 * A host's monotonic clock, that is fast or slow.
 *
 * @param startNanos what it shows at the beginning of the world
 * @param ppm how much too fast
 */
record SimulatedClock(long startNanos, long ppm) {
  private static final long MILLION = 1_000_000;

  long local(long worldNanos) {
    return startNanos + worldNanos + worldNanos * ppm / MILLION;
  }

  /** The first moment of the world at which it shows that, or more. */
  long world(long localNanos) {
    long passedNanos = localNanos - startNanos;
    long worldNanos = passedNanos - passedNanos * ppm / (MILLION + ppm) - 1;
    while (local(worldNanos) - localNanos < 0) {
      worldNanos++;
    }
    return worldNanos;
  }
}
