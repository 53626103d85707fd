package io.evenkeel.model;

/**
 * What tells one virtual service from another: the address that clients connect to, or the name of
 * the firewall mark that joins several. Immutable.
 */
public sealed interface ServiceKey permits VirtualAddress, FirewallMark {

  /**
   * The key of a TCP service.
   *
   * @param endpoint {@code HOST:PORT}, see {@link Endpoint#parse}
   * @return the key
   * @throws IllegalArgumentException if {@code endpoint} cannot be read
   */
  static VirtualAddress tcp(String endpoint) {
    return new VirtualAddress(Protocol.TCP, Endpoint.parse(endpoint));
  }

  /**
   * The key of a UDP service.
   *
   * @param endpoint {@code HOST:PORT}, see {@link Endpoint#parse}
   * @return the key
   * @throws IllegalArgumentException if {@code endpoint} cannot be read
   */
  static VirtualAddress udp(String endpoint) {
    return new VirtualAddress(Protocol.UDP, Endpoint.parse(endpoint));
  }

  /**
   * The key of a service with several addresses.
   *
   * @param name see {@link FirewallMark}
   * @return the key
   * @throws IllegalArgumentException if it is no such name
   */
  static FirewallMark mark(String name) {
    return new FirewallMark(name);
  }
}
