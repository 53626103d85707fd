package io.evenkeel.vrrp.track;

/**
 * Whether something is up after some results, by one counter: at 0 it is surely down, at rise +
 * fall - 1 surely up, and from rise on it is up. Immutable.
 *
 * @param rise how many successes in a row make it up, 1 or more
 * @param fall how many failures in a row make it down, 1 or more
 * @param count 0..rise + fall - 1
 */
record RiseFall(int rise, int fall, int count) {

  /** Nothing is known: one success is enough. */
  static RiseFall unknown(int rise, int fall) {
    return new RiseFall(rise, fall, rise - 1);
  }

  /** It is down until it has risen. */
  static RiseFall down(int rise, int fall) {
    return new RiseFall(rise, fall, 0);
  }

  boolean isUp() {
    return count >= rise;
  }

  RiseFall step(boolean isSuccess) {
    if (isSuccess) {
      return new RiseFall(rise, fall, count < rise - 1 ? count + 1 : rise + fall - 1);
    }
    return new RiseFall(rise, fall, count > rise ? count - 1 : 0);
  }
}
