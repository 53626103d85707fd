package io.evenkeel.kernel.ipvs;

import java.util.Objects;

/**
 * How packets are wrapped on their way to a destination. The kernel keeps what a type does not use,
 * and so does this.
 *
 * @param type of the tunnel
 * @param port of the destination's end, 1..65535 with GUE; 0..65535 with the others, which do not
 *     use it
 * @param checksum of the wrapping; IPIP uses none, GRE no remote one
 */
public record IpvsTunnel(Type type, int port, Checksum checksum) {
  /** IP in IP, without anything between. */
  public static final IpvsTunnel IPIP = new IpvsTunnel(Type.IPIP, 0, Checksum.NONE);

  /** In the order of the kernel's numbers (IP_VS_CONN_F_TUNNEL_TYPE_*). */
  public enum Type {
    /** RFC 2003, RFC 2473. */
    IPIP,
    /** Generic UDP encapsulation. */
    GUE,
    /** RFC 2784. */
    GRE
  }

  /** In the order of the kernel's numbers (IP_VS_TUNNEL_ENCAP_FLAG_*). */
  public enum Checksum {
    /** None. */
    NONE,
    /** Of the outer packet. */
    PRESENT,
    /** Remote checksum offload. */
    REMOTE,
    /** {@link #PRESENT} and {@link #REMOTE}. */
    BOTH
  }

  /**
   * Checks what the kernel would refuse.
   *
   * @throws IllegalArgumentException if it would
   */
  public IpvsTunnel {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(checksum, "checksum");
    Ranges.check("tunnel port", port, type == Type.GUE ? 1 : 0, 65535);
  }

  /** Whether {@code ipvsadm} has options for all of it. */
  boolean isRule() {
    return switch (type) {
      case IPIP -> port == 0 && checksum == Checksum.NONE;
      case GUE -> checksum != Checksum.BOTH;
      case GRE -> port == 0 && (checksum == Checksum.NONE || checksum == Checksum.PRESENT);
    };
  }
}
