package io.evenkeel.schedule;

/**
 * The remainder of an unsigned number by a divisor that stays the same, without a division (Lemire,
 * Kaser and Kurz 2019, "Faster remainder by direct computation").
 */
final class Remainder {
  private final long divisor;

  /** 2^64 / divisor, rounded up: the fraction that one is of it. */
  private final long fraction;

  /**
   * Makes one.
   *
   * @param divisor 2..2^31-1
   */
  Remainder(int divisor) {
    this.divisor = divisor;
    this.fraction = Long.divideUnsigned(-1L, divisor) + 1;
  }

  /**
   * The remainder.
   *
   * @param dividend unsigned
   * @return 0..divisor-1
   */
  int of(int dividend) {
    // What is behind the point, of 64 bits; times the divisor, what is before the point.
    long behind = fraction * Integer.toUnsignedLong(dividend);
    long low = ((behind & 0xffff_ffffL) * divisor) >>> 32;
    return (int) (((behind >>> 32) * divisor + low) >>> 32);
  }
}
