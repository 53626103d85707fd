package io.evenkeel.model;

import org.jspecify.annotations.Nullable;

/**
 * A server that does the work of a virtual service. Immutable.
 *
 * @param endpoint where it listens
 * @param weight its share of new connections relative to the others, 0..65535; 0 quiesces it: no
 *     new connections, open ones run on (ipvsadm(8), {@code -w})
 * @param check how it is checked; null: only failed connections take it out
 */
public record RealServer(Endpoint endpoint, int weight, @Nullable CheckSpec check) {
  /** The largest weight, as in ipvsadm(8). */
  public static final int MAX_WEIGHT = 65535;

  /**
   * Checks the weight.
   *
   * @throws IllegalArgumentException if {@code weight} is out of range
   */
  public RealServer {
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "weight: " + weight + " (expected: 0.." + MAX_WEIGHT + ")");
    }
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
    return new RealServer(endpoint, newWeight, check);
  }

  /**
   * With a check, or without one.
   *
   * @param newCheck how it is checked, or null
   * @return the changed server
   */
  public RealServer withCheck(@Nullable CheckSpec newCheck) {
    return new RealServer(endpoint, weight, newCheck);
  }
}
