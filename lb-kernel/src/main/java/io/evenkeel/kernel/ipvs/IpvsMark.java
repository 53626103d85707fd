package io.evenkeel.kernel.ipvs;

import java.util.Objects;

/**
 * A firewall mark, which netfilter puts on packets.
 *
 * @param mark 1..4294967295
 * @param family of its clients
 */
public record IpvsMark(long mark, AddressFamily family) implements IpvsKey {

  /**
   * Checks the mark.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public IpvsMark {
    Objects.requireNonNull(family, "family");
    Ranges.check("mark", mark, 1, 0xffff_ffffL);
  }

  @Override
  public String toString() {
    return "mark " + mark + (family == AddressFamily.IPV6 ? " ipv6" : "");
  }
}
