package io.evenkeel.vrrp.track;

/**
 * What is believed only once it has held for a while. Immutable.
 *
 * @param isUp what is believed
 * @param isContradicted whether what was seen last is the contrary
 * @param sinceNanos since when it is
 */
record Delayed(boolean isUp, boolean isContradicted, long sinceNanos) {

  /** What is seen first is believed at once. */
  static Delayed first(boolean isUp) {
    return new Delayed(isUp, false, 0);
  }

  Delayed step(boolean seenUp, long nowNanos, long upDelayNanos, long downDelayNanos) {
    if (seenUp == isUp) {
      return new Delayed(isUp, false, 0);
    }
    long since = isContradicted ? sinceNanos : nowNanos;
    long delay = seenUp ? upDelayNanos : downDelayNanos;
    return nowNanos - since >= delay
        ? new Delayed(seenUp, false, 0)
        : new Delayed(isUp, true, since);
  }
}
