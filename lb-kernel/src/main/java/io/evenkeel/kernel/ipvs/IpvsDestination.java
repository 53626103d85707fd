package io.evenkeel.kernel.ipvs;

import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A real server as the kernel holds it. Immutable.
 *
 * @param address of the server; of another family than the service's with tunnels only
 * @param port 0..65535; that of the service unless masqueraded
 * @param method how packets get there
 * @param tunnel null unless tunnelled
 * @param weight 0..2147483647
 * @param upperThreshold connections above which it gets no new ones, 0..4294967295; 0: no limit
 * @param lowerThreshold connections below which it gets new ones again, 0..upper; 0: three quarters
 *     of the upper one
 */
public record IpvsDestination(
    InetAddress address,
    int port,
    ForwardingMethod method,
    @Nullable IpvsTunnel tunnel,
    int weight,
    long upperThreshold,
    long lowerThreshold) {

  /**
   * Checks what the kernel would refuse.
   *
   * @throws IllegalArgumentException if it would
   */
  public IpvsDestination {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(method, "method");
    Ranges.check("port", port, 0, 65535);
    Ranges.check("weight", weight, 0, Integer.MAX_VALUE);
    Ranges.check("upper threshold", upperThreshold, 0, 0xffff_ffffL);
    Ranges.check("lower threshold", lowerThreshold, 0, upperThreshold);
    if ((tunnel != null) != (method == ForwardingMethod.TUNNEL)) {
      throw new IllegalArgumentException(
          "tunnel: " + tunnel + " with " + method + " (expected: one with TUNNEL, else none)");
    }
  }

  /**
   * Without thresholds.
   *
   * @param address of the server
   * @param port 0..65535
   * @param method how packets get there; a tunnel is an IPIP one
   * @param weight 0 or more
   * @return the destination
   * @throws IllegalArgumentException if the kernel would refuse it
   */
  public static IpvsDestination of(
      InetAddress address, int port, ForwardingMethod method, int weight) {
    return new IpvsDestination(
        address,
        port,
        method,
        method == ForwardingMethod.TUNNEL ? IpvsTunnel.IPIP : null,
        weight,
        0,
        0);
  }

  /**
   * With another weight.
   *
   * @param newWeight 0 or more
   * @return the changed destination
   */
  public IpvsDestination withWeight(int newWeight) {
    return new IpvsDestination(
        address, port, method, tunnel, newWeight, upperThreshold, lowerThreshold);
  }

  @Override
  public String toString() {
    return IpvsAddress.text(address, port)
        + " "
        + method
        + (tunnel == null || tunnel.equals(IpvsTunnel.IPIP) ? "" : " " + tunnel)
        + " weight "
        + weight
        + (upperThreshold == 0 ? "" : " thresholds " + upperThreshold + "/" + lowerThreshold);
  }
}
