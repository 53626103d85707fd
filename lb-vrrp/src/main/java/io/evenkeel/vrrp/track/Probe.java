package io.evenkeel.vrrp.track;

import io.evenkeel.kernel.net.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Asks once whether somebody can be reached. Its text is what reports call it. Thread-safe. */
@FunctionalInterface
public interface Probe {

  /**
   * Asks. Returns at once.
   *
   * @return completes with whether there was an answer, or with why there was none; who cancels it
   *     waits for it no longer
   */
  CompletableFuture<Boolean> probe();

  /**
   * Whether a host answers an echo request (RFC 792, RFC 4443). Needs no privilege, but a group of
   * this process within the sysctl {@code net.ipv4.ping_group_range}.
   *
   * @param target whom
   * @return the probe
   */
  static Probe ping(InetAddress target) {
    return new PingProbe(target);
  }

  /**
   * Whether a host on the link answers who has its address: an ARP request (RFC 826) or a neighbour
   * solicitation (RFC 4861, 4.3). It is answered where pings are filtered. Needs CAP_NET_RAW.
   *
   * @param network whose; to be kept open while it is asked
   * @param target on the device's link
   * @param device its name; an Ethernet device
   * @return the probe
   */
  static Probe neighbour(Network network, InetAddress target, String device) {
    return new NeighbourProbe(network, target, device);
  }

  /**
   * Whether a TCP connection comes about, which is then closed.
   *
   * @param target where; resolved
   * @return the probe
   * @throws IllegalArgumentException if it is a name that could not be resolved
   */
  static Probe tcp(InetSocketAddress target) {
    return new TcpProbe(target);
  }

  /**
   * Whatever Java can say.
   *
   * @param name in reports
   * @param isReachable asked on a thread of the trackers, by one at a time
   * @return the probe
   */
  static Probe condition(String name, BooleanSupplier isReachable) {
    return named(name, new ConditionProbe(isReachable));
  }

  /**
   * With a name.
   *
   * @param name in reports
   * @param probe which
   * @return the same under this name
   */
  static Probe named(String name, Probe probe) {
    return new NamedProbe(name, probe);
  }
}
