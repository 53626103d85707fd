package io.evenkeel.model;

import java.util.Objects;

/**
 * What clients connect to; the key of a service that has one address only. Immutable.
 *
 * @param protocol transport protocol
 * @param endpoint virtual address and port; port 0 is every port that no other service has
 */
public record VirtualAddress(Protocol protocol, Endpoint endpoint) implements ServiceKey {

  /** Checks that neither is null. */
  public VirtualAddress {
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(endpoint, "endpoint");
  }

  @Override
  public String toString() {
    return protocol + " " + endpoint;
  }
}
