package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.sys.AddressText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;

/**
 * A protocol, a virtual address and a port.
 *
 * @param protocol of its clients
 * @param address virtual address
 * @param port 1..65535; 0: all that no other service has, for a persistent service
 */
public record IpvsAddress(IpvsProtocol protocol, InetAddress address, int port) implements IpvsKey {

  /**
   * Checks the port.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public IpvsAddress {
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(address, "address");
    Ranges.check("port", port, 0, 65535);
  }

  @Override
  public AddressFamily family() {
    return AddressFamily.of(address);
  }

  @Override
  public String toString() {
    return protocol + " " + text(address, port);
  }

  static String text(InetAddress address, int port) {
    String host = AddressText.of(address);
    return (address instanceof Inet6Address ? "[" + host + "]:" : host + ":") + port;
  }
}
