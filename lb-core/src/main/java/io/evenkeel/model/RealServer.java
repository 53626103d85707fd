package io.evenkeel.model;

import java.util.HashSet;
import java.util.List;
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
 * @param checks how it is checked, each in its own time: it is up when none of them fails; empty:
 *     only failed connections take it out
 * @param onFailure what becomes of it when it is down; null: what its service says
 * @param admin whether it shall work, whatever its checks say
 * @param forwarding how packets get to it
 */
public record RealServer(
    Endpoint endpoint,
    int weight,
    int upperThreshold,
    int lowerThreshold,
    List<CheckSpec> checks,
    @Nullable FailureAction onFailure,
    AdminState admin,
    Forwarding forwarding) {
  /** The largest weight, as in ipvsadm(8). */
  public static final int MAX_WEIGHT = 65535;

  /**
   * Checks the weight, the thresholds and the checks.
   *
   * @throws IllegalArgumentException if one is out of range, or a check stands there twice
   */
  public RealServer {
    Objects.requireNonNull(endpoint, "endpoint");
    Objects.requireNonNull(checks, "checks");
    Objects.requireNonNull(admin, "admin");
    Objects.requireNonNull(forwarding, "forwarding");
    checks = List.copyOf(checks);
    if (new HashSet<>(checks).size() < checks.size()) {
      throw new IllegalArgumentException("checks: " + checks + " (expected: each once)");
    }
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
   * A server of weight 1 without a check.
   *
   * @param endpoint where it listens
   * @return the server
   */
  public static RealServer of(Endpoint endpoint) {
    return new RealServer(
        endpoint, 1, 0, 0, List.of(), null, AdminState.READY, Forwarding.masquerading());
  }

  /**
   * A server of weight 1 without a check.
   *
   * @param endpoint {@code HOST:PORT}, see {@link Endpoint#parse}
   * @return the server
   * @throws IllegalArgumentException if {@code endpoint} cannot be read
   */
  public static RealServer of(String endpoint) {
    return of(Endpoint.parse(endpoint));
  }

  /**
   * With another weight.
   *
   * @param newWeight 0..65535
   * @return the changed server
   * @throws IllegalArgumentException if it is out of range
   */
  public RealServer withWeight(int newWeight) {
    return new RealServer(
        endpoint, newWeight, upperThreshold, lowerThreshold, checks, onFailure, admin, forwarding);
  }

  /**
   * With other checks.
   *
   * @param newChecks how it is checked; none: only failed connections take it out
   * @return the changed server
   * @throws IllegalArgumentException if one stands there twice
   */
  public RealServer withChecks(CheckSpec... newChecks) {
    return withChecks(List.of(newChecks));
  }

  RealServer withChecks(List<CheckSpec> newChecks) {
    return new RealServer(
        endpoint, weight, upperThreshold, lowerThreshold, newChecks, onFailure, admin, forwarding);
  }

  /**
   * With something of its own that becomes of it when it is down.
   *
   * @param action what; null: what its service says
   * @return the changed server
   */
  public RealServer withOnFailure(@Nullable FailureAction action) {
    return new RealServer(
        endpoint, weight, upperThreshold, lowerThreshold, checks, action, admin, forwarding);
  }

  /**
   * With another state that an operator has set, which no check overrides.
   *
   * @param state whether it shall work
   * @return the changed server
   */
  public RealServer withAdmin(AdminState state) {
    return new RealServer(
        endpoint, weight, upperThreshold, lowerThreshold, checks, onFailure, state, forwarding);
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
    return new RealServer(endpoint, weight, upper, lower, checks, onFailure, admin, forwarding);
  }

  /**
   * The same server with another way to it.
   *
   * @param how packets get to it
   * @return the changed server
   */
  public RealServer withForwarding(Forwarding how) {
    return new RealServer(
        endpoint, weight, upperThreshold, lowerThreshold, checks, onFailure, admin, how);
  }
}
