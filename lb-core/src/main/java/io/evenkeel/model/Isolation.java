package io.evenkeel.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
 * @param outliers when servers are ejected for how connections to them go; null: never, but by
 *     their breaker
 * @param breaker the circuit breaker that each server has; null: none
 */
public record Isolation(
    FailureAction onFailure,
    boolean closeConnections,
    int quorum,
    int hysteresis,
    int panicPercent,
    @Nullable OutlierSpec outliers,
    @Nullable BreakerSpec breaker) {
  /** Removed when down, connections run on, one server is enough, no panic, nobody is ejected. */
  public static final Isolation DEFAULT =
      new Isolation(FailureAction.REMOVE, false, 1, 0, 0, null, null);

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
    return new Isolation(
        action, closeConnections, quorum, hysteresis, panicPercent, outliers, breaker);
  }

  /**
   * With open connections closed when their server goes down, or not.
   *
   * @param value true: closed
   * @return the changed description
   */
  public Isolation closeConnections(boolean value) {
    return new Isolation(onFailure, value, quorum, hysteresis, panicPercent, outliers, breaker);
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
    return new Isolation(
        onFailure, closeConnections, weight, margin, panicPercent, outliers, breaker);
  }

  /**
   * With another panic threshold.
   *
   * @param percent 0..100; 0: never
   * @return the changed description
   * @throws IllegalArgumentException if it is out of range
   */
  public Isolation panicBelow(int percent) {
    return new Isolation(
        onFailure, closeConnections, quorum, hysteresis, percent, outliers, breaker);
  }

  /**
   * With servers ejected for how connections to them go.
   *
   * @param spec when, and for how long; null: never, but by their breaker
   * @return the changed description
   */
  public Isolation outliers(@Nullable OutlierSpec spec) {
    return new Isolation(
        onFailure, closeConnections, quorum, hysteresis, panicPercent, spec, breaker);
  }

  /**
   * With a circuit breaker for each server. How many of them may be ejected at the same time is
   * said by {@link #outliers}, or {@link OutlierSpec#none} where there are none.
   *
   * @param spec when it opens, and for how long; null: no breaker
   * @return the changed description
   */
  public Isolation breaker(@Nullable BreakerSpec spec) {
    return new Isolation(
        onFailure, closeConnections, quorum, hysteresis, panicPercent, outliers, spec);
  }

  @Override
  public String toString() {
    return "on failure "
        + onFailure
        + (closeConnections ? ", closing connections" : "")
        + " quorum "
        + quorum
        + (hysteresis == 0 ? "" : " hysteresis " + hysteresis)
        + (panicPercent == 0 ? "" : " panic below " + panicPercent + " %")
        + (outliers == null ? "" : " outliers " + outliers)
        + (breaker == null ? "" : " breaker " + breaker);
  }
}
