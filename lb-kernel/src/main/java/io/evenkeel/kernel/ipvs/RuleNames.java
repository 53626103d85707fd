package io.evenkeel.kernel.ipvs;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** What the names of hosts and services mean, for {@link Rules}. */
public interface RuleNames {
  /** None: all is written as numbers, and read as such only. */
  RuleNames NUMERIC =
      new RuleNames() {
        @Override
        public @Nullable String host(InetAddress address) {
          return null;
        }

        @Override
        public @Nullable String service(int port, IpvsProtocol protocol) {
          return null;
        }

        @Override
        public @Nullable InetAddress address(String host, @Nullable AddressFamily family) {
          return null;
        }

        @Override
        public @Nullable Integer port(String service, IpvsProtocol protocol) {
          return null;
        }
      };

  /**
   * Those of this machine: the resolver's, which may ask the network, and those of {@code
   * /etc/services}, read once. A host has a name only if that name has its address. Thread-safe.
   *
   * @return the names
   */
  static RuleNames ofSystem() {
    return new SystemNames(SystemNames.readServices());
  }

  /**
   * The name of a host.
   *
   * @param address of the host
   * @return null: it has none
   */
  @Nullable String host(InetAddress address);

  /**
   * The name of a service.
   *
   * @param port 1..65535
   * @param protocol of the service
   * @return null: it has none
   */
  @Nullable String service(int port, IpvsProtocol protocol);

  /**
   * The address of a host.
   *
   * @param host its name
   * @param family of the address; null: IPv4, or IPv6 if it has no other
   * @return null: there is no such host, or it has no address of that family
   */
  @Nullable InetAddress address(String host, @Nullable AddressFamily family);

  /**
   * The port of a service.
   *
   * @param service its name
   * @param protocol of the service
   * @return null: there is no such service
   */
  @Nullable Integer port(String service, IpvsProtocol protocol);
}
