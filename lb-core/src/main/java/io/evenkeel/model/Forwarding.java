package io.evenkeel.model;

import java.util.Locale;
import java.util.Objects;

/**
 * How a client's packets get to a real server (ipvsadm(8), packet-forwarding-method). What relays
 * connections, as a proxy does, can masquerade only. Immutable.
 *
 * @param method which way
 * @param port where the server's end of the tunnel listens, 1..65535 with {@link Method#GUE}; else
 *     0
 * @param checksum of the tunnel's packets; {@link Checksum#NONE} unless {@link Method#GUE} or
 *     {@link Method#GRE}
 */
public record Forwarding(Method method, int port, Checksum checksum) {
  private static final Forwarding MASQUERADING = of(Method.MASQUERADING);
  private static final Forwarding DIRECT = of(Method.DIRECT);
  private static final Forwarding TUNNEL = of(Method.IPIP);

  /** The ways. */
  public enum Method {
    /**
     * Both directions pass the director, which puts its own address in place (NAT); the server may
     * have another port than the service.
     */
    MASQUERADING,
    /** Direct routing: on the same link; the answers go straight to the client. */
    DIRECT,
    /** In an IP tunnel (RFC 2003, RFC 2473); the answers go straight to the client. */
    IPIP,
    /** The same in generic UDP encapsulation. */
    GUE,
    /** The same in generic routing encapsulation (RFC 2784). */
    GRE
  }

  /** Of a tunnel's packets. */
  public enum Checksum {
    /** None. */
    NONE,
    /** Of the outer packet. */
    PRESENT,
    /** Left to the receiver; {@link Method#GUE} only. */
    REMOTE
  }

  /**
   * Checks what does not go together.
   *
   * @throws IllegalArgumentException if the port is out of range, or the method has no such
   *     checksum
   */
  public Forwarding {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(checksum, "checksum");
    boolean needsPort = method == Method.GUE;
    if (needsPort ? port < 1 || port > 65535 : port != 0) {
      throw new IllegalArgumentException(
          "tunnel port: " + port + " (expected: " + (needsPort ? "1..65535" : "0") + ")");
    }
    boolean isPossible =
        checksum == Checksum.NONE
            || method == Method.GUE
            || (method == Method.GRE && checksum == Checksum.PRESENT);
    if (!isPossible) {
      throw new IllegalArgumentException(
          "tunnel checksum: " + checksum + " with " + method + " (expected: none)");
    }
  }

  /**
   * Through the director.
   *
   * @return what a real server has unless told otherwise
   */
  public static Forwarding masquerading() {
    return MASQUERADING;
  }

  /**
   * On the same link.
   *
   * @return direct routing
   */
  public static Forwarding direct() {
    return DIRECT;
  }

  /**
   * In an IP tunnel.
   *
   * @return an IPIP tunnel
   */
  public static Forwarding tunnel() {
    return TUNNEL;
  }

  /**
   * In generic UDP encapsulation.
   *
   * @param port where the server's end listens, 1..65535
   * @param checksum of the packets
   * @return the tunnel
   * @throws IllegalArgumentException if the port is out of range
   */
  public static Forwarding gue(int port, Checksum checksum) {
    return new Forwarding(Method.GUE, port, checksum);
  }

  /**
   * In generic routing encapsulation.
   *
   * @param checksum of the packets, not {@link Checksum#REMOTE}
   * @return the tunnel
   * @throws IllegalArgumentException if it is
   */
  public static Forwarding gre(Checksum checksum) {
    return new Forwarding(Method.GRE, 0, checksum);
  }

  private static Forwarding of(Method method) {
    return new Forwarding(method, 0, Checksum.NONE);
  }

  @Override
  public String toString() {
    return method.name().toLowerCase(Locale.ROOT)
        + (port == 0 ? "" : ":" + port)
        + (checksum == Checksum.NONE
            ? ""
            : " checksum " + checksum.name().toLowerCase(Locale.ROOT));
  }
}
