package io.evenkeel.kernel.ipvs;

import java.net.InetAddress;
import java.util.Objects;

/**
 * A connection or persistence template as one director tells another of it (struct ip_vs_sync_v4
 * and ip_vs_sync_v6 of ip_vs_sync.c). Immutable.
 *
 * @param isTemplate whether it is a persistence template
 * @param protocol IP protocol number, 0..255; 0 for the template of a firewall mark
 * @param client address; of a template: masked with the service's prefix
 * @param clientPort 0..65535; 0 for a template
 * @param virtual address; of a mark's template: see {@link #ofMark}
 * @param virtualPort 0..65535; 0 for a template for all ports
 * @param destination address, of the client's family
 * @param destinationPort 0..65535; 0 for a template for all ports
 * @param method how packets get there, if the service does not have the destination (yet)
 * @param mark firewall mark of the service, 0..4294967295; 0: none
 * @param state the kernel's number, 0..65535: of its protocol; for a template 0, or 1: assured
 * @param isInactive whether it counts as inactive
 * @param timeoutSeconds after which it is gone without packets, 1..4294967; 0: as the kernel does
 *     for its state, and three minutes for a template
 */
public record SyncedConnection(
    boolean isTemplate,
    int protocol,
    InetAddress client,
    int clientPort,
    InetAddress virtual,
    int virtualPort,
    InetAddress destination,
    int destinationPort,
    ForwardingMethod method,
    long mark,
    int state,
    boolean isInactive,
    long timeoutSeconds) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of range, or a family is not the client's
   */
  public SyncedConnection {
    Objects.requireNonNull(method, "method");
    AddressFamily family = AddressFamily.of(client);
    if (AddressFamily.of(virtual) != family || AddressFamily.of(destination) != family) {
      throw new IllegalArgumentException(
          "addresses: "
              + client.getHostAddress()
              + ", "
              + virtual.getHostAddress()
              + ", "
              + destination.getHostAddress()
              + " (expected: of one family)");
    }
    Ranges.check("protocol", protocol, 0, 255);
    Ranges.check("client port", clientPort, 0, isTemplate ? 0 : 65535);
    Ranges.check("virtual port", virtualPort, 0, 65535);
    Ranges.check("destination port", destinationPort, 0, 65535);
    Ranges.check("mark", mark, 0, 0xffff_ffffL);
    Ranges.check("state", state, 0, isTemplate ? 1 : 65535);
    Ranges.check("timeout", timeoutSeconds, 0, 4_294_967);
  }

  /**
   * A template of a service with an address.
   *
   * @param service whose template it is
   * @param client masked with the service's prefix
   * @param destination address
   * @param destinationPort 0..65535; 0 if the service's port is 0
   * @param method how packets get there
   * @param timeoutSeconds 1..4294967
   * @return the template
   */
  public static SyncedConnection ofService(
      IpvsAddress service,
      InetAddress client,
      InetAddress destination,
      int destinationPort,
      ForwardingMethod method,
      long timeoutSeconds) {
    return new SyncedConnection(
        true,
        service.protocol().number(),
        client,
        0,
        service.address(),
        service.port(),
        destination,
        destinationPort,
        method,
        0,
        0,
        false,
        timeoutSeconds);
  }

  /**
   * A template of a firewall mark's service: it has the mark in place of a virtual address, and
   * neither protocol nor ports.
   *
   * @param service whose template it is
   * @param client masked with the service's prefix
   * @param destination address
   * @param method how packets get there
   * @param timeoutSeconds 1..4294967
   * @return the template
   */
  public static SyncedConnection ofMark(
      IpvsMark service,
      InetAddress client,
      InetAddress destination,
      ForwardingMethod method,
      long timeoutSeconds) {
    byte[] virtual = new byte[service.family().bytes()];
    for (int i = 0; i < Integer.BYTES; i++) {
      virtual[i] = (byte) (service.mark() >> (24 - 8 * i));
    }
    return new SyncedConnection(
        true,
        0,
        client,
        0,
        AddressFamily.inet(virtual),
        0,
        destination,
        0,
        method,
        service.mark(),
        0,
        false,
        timeoutSeconds);
  }
}
