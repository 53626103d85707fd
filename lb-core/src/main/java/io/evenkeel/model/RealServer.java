package io.evenkeel.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A server that does the work of a virtual service. Immutable.
 *
 * @param endpoint where it listens; port 0: at the port that the client asked for, which only a
 *     server of a firewall mark or of a service of every port may have
 * @param weight its share of new connections relative to the others, 0..65535; 0 quiesces it: no
 *     new connections, open ones run on (ipvsadm(8), {@code -w})
 * @param upperThreshold connections from which on it gets no new ones, but for those that
 *     persistence sends there; 0: no limit (ipvsadm(8), {@code -x})
 * @param lowerThreshold connections below which it gets new ones again, at most the upper
 *     threshold; 0: three quarters of it (ipvsadm(8), {@code -y})
 * @param check how it is checked; null: only failed connections take it out
 */
public record RealServer(
    Endpoint endpoint,
    int weight,
    int upperThreshold,
    int lowerThreshold,
    @Nullable CheckSpec check) {
  /** The largest weight, as in ipvsadm(8). */
  public static final int MAX_WEIGHT = 65535;

  /**
   * Checks the weight and the thresholds.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public RealServer {
    Objects.requireNonNull(endpoint, "endpoint");
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "weight: " + weight + " (expected: 0.." + MAX_WEIGHT + ")");
    }
    if (upperThreshold < 0) {
      throw new IllegalArgumentException(
          "upper threshold: " + upperThreshold + " (expected: 0 or more)");
    }
    if (lowerThreshold < 0 || lowerThreshold > upperThreshold) {
      throw new IllegalArgumentException(
          "lower threshold: "
              + lowerThreshold
              + " (expected: 0.."
              + upperThreshold
              + ", the upper threshold)");
    }
  }

  /**
   * A server without thresholds.
   *
   * @param endpoint where it listens
   * @param weight 0..65535
   * @param check how it is checked, or null
   */
  public RealServer(Endpoint endpoint, int weight, @Nullable CheckSpec check) {
    this(endpoint, weight, 0, 0, check);
  }

  /**
   * A server of weight 1 without a check.
   *
   * @param endpoint {@code HOST:PORT}, see {@link Endpoint#parse}
   * @return the server
   * @throws IllegalArgumentException if {@code endpoint} cannot be read
   */
  public static RealServer of(String endpoint) {
    return new RealServer(Endpoint.parse(endpoint), 1, null);
  }

  /**
   * With another weight.
   *
   * @param newWeight 0..65535
   * @return the changed server
   * @throws IllegalArgumentException if it is out of range
   */
  public RealServer withWeight(int newWeight) {
    return new RealServer(endpoint, newWeight, upperThreshold, lowerThreshold, check);
  }

  /**
   * With a check, or without one.
   *
   * @param newCheck how it is checked, or null
   * @return the changed server
   */
  public RealServer withCheck(@Nullable CheckSpec newCheck) {
    return new RealServer(endpoint, weight, upperThreshold, lowerThreshold, newCheck);
  }

  /**
   * With other thresholds.
   *
   * @param upper connections from which on it gets no new ones, 0: no limit
   * @param lower connections below which it gets new ones again, 0..upper; 0: three quarters of
   *     {@code upper}
   * @return the changed server
   * @throws IllegalArgumentException if one is out of range
   */
  public RealServer withThresholds(int upper, int lower) {
    return new RealServer(endpoint, weight, upper, lower, check);
  }
}
