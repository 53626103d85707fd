package io.evenkeel.model;

import java.util.Objects;

/**
 * How a service keeps its clients from servers that fail, and what it does when too few are left.
 * Immutable.
 *
 * @param onFailure what becomes of a server that is down, unless its own description says
 * @param closeConnections whether its open connections are closed when it goes down
 * @param quorum sum of the live servers' weights that the service needs, 1 or more; below it the
 *     sorry server answers, if there is one that is up, and else those that are live
 * @param hysteresis the quorum is gained at {@code quorum + hysteresis}, and lost at 0 or below
 *     {@code quorum - hysteresis}; 0..quorum-1
 * @param panicPercent below this share of live servers the connections go to all servers, dead or
 *     alive, rather than to the last few, 0..100; 0: never. Servers of weight 0 and in maintenance
 *     neither count nor get any. A sorry server comes first
 */
public record Isolation(
    FailureAction onFailure,
    boolean closeConnections,
    int quorum,
    int hysteresis,
    int panicPercent) {
  /** Removed when down, connections run on, one server is enough, no panic. */
  public static final Isolation DEFAULT = new Isolation(FailureAction.REMOVE, false, 1, 0, 0);

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Isolation {
    Objects.requireNonNull(onFailure, "onFailure");
    if (quorum < 1) {
      throw new IllegalArgumentException("quorum: " + quorum + " (expected: 1 or more)");
    }
    if (hysteresis < 0 || hysteresis >= quorum) {
      throw new IllegalArgumentException(
          "hysteresis: " + hysteresis + " (expected: 0.." + (quorum - 1) + ", under the quorum)");
    }
    if (panicPercent < 0 || panicPercent > 100) {
      throw new IllegalArgumentException("panicPercent: " + panicPercent + " (expected: 0..100)");
    }
  }

  /**
   * With something else that becomes of a server that is down.
   *
   * @param action what
   * @return the changed description
   */
  public Isolation onFailure(FailureAction action) {
    return new Isolation(action, closeConnections, quorum, hysteresis, panicPercent);
  }

  /**
   * With open connections closed when their server goes down, or not.
   *
   * @param value true: closed
   * @return the changed description
   */
  public Isolation closeConnections(boolean value) {
    return new Isolation(onFailure, value, quorum, hysteresis, panicPercent);
  }

  /**
   * With another quorum.
   *
   * @param weight sum of live weights that is needed, 1 or more
   * @param margin 0..weight-1
   * @return the changed description
   * @throws IllegalArgumentException if one is out of range
   */
  public Isolation quorum(int weight, int margin) {
    return new Isolation(onFailure, closeConnections, weight, margin, panicPercent);
  }

  /**
   * With another panic threshold.
   *
   * @param percent 0..100; 0: never
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public Isolation panicBelow(int percent) {
    return new Isolation(onFailure, closeConnections, quorum, hysteresis, percent);
  }

  @Override
  public String toString() {
    return "on failure "
        + onFailure
        + (closeConnections ? ", closing connections" : "")
        + " quorum "
        + quorum
        + (hysteresis == 0 ? "" : " hysteresis " + hysteresis)
        + (panicPercent == 0 ? "" : " panic below " + panicPercent + " %");
  }
}
