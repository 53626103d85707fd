package io.evenkeel.model;

/**
 * What tells one virtual service from another: the protocol and the address that clients connect
 * to. Immutable.
 *
 * @param protocol transport protocol
 * @param endpoint virtual address and port; port 0 is every port that no other service has
 */
public record ServiceKey(Protocol protocol, Endpoint endpoint) {

  /**
   * The key of a TCP service.
   *
   * @param endpoint {@code HOST:PORT}, see {@link Endpoint#parse}
   * @return the key
   * @throws IllegalArgumentException if {@code endpoint} cannot be read
   */
  public static ServiceKey tcp(String endpoint) {
    return new ServiceKey(Protocol.TCP, Endpoint.parse(endpoint));
  }

  @Override
  public String toString() {
    return protocol + " " + endpoint;
  }
}
