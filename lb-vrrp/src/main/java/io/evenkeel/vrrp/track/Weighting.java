package io.evenkeel.vrrp.track;

/**
 * What something that is up or down means for a router, as keepalived has it (keepalived.conf(5),
 * {@code weight} and {@code reverse}). Immutable.
 *
 * @param weight over 0: added to the priority while it is up; below 0: its size is subtracted while
 *     it is down; 0: being down is a fault; -253..253
 * @param isReversed whether the weight counts the other way: what would be added is subtracted and
 *     what would be subtracted is added; with weight 0 being up is the fault
 */
public record Weighting(int weight, boolean isReversed) {
  private static final int MOST = 253;

  /** Being down is a fault. */
  public static final Weighting FAULT = new Weighting(0, false);

  /**
   * Checks the weight.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public Weighting {
    if (weight < -MOST || weight > MOST) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: -253..253)");
    }
  }

  /**
   * Not reversed.
   *
   * @param weight over 0: added while it is up; below 0: subtracted while it is down; 0: being down
   *     is a fault; -253..253
   * @return the weighting
   * @throws IllegalArgumentException if it is out of range
   */
  public static Weighting of(int weight) {
    return new Weighting(weight, false);
  }

  /**
   * The other way.
   *
   * @return the changed weighting
   */
  public Weighting reversed() {
    return new Weighting(weight, !isReversed);
  }

  Contribution unknown(String reason) {
    return new Contribution(0, weight == 0, reason);
  }

  Contribution whether(boolean isUp, String reason) {
    if (weight == 0) {
      return new Contribution(0, isUp == isReversed, reason);
    }
    return new Contribution(isUp == weight > 0 ? signed() : 0, false, reason);
  }

  Contribution times(long value, String reason) {
    if (weight == 0) {
      return new Contribution(0, (value == 0) == isReversed, reason);
    }
    long product = value * signed();
    return product < -MOST
        ? new Contribution(0, true, reason)
        : new Contribution((int) Math.min(product, MOST), false, reason);
  }

  private int signed() {
    return isReversed ? -weight : weight;
  }
}
