package io.evenkeel.vrrp.protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the packets of one router are like. Immutable.
 *
 * @param version of the protocol; 2 is of IPv4 alone
 * @param alsoV2 whether a router of version 3 speaks version 2 as well, for a time of change (RFC
 *     9568, 8.4): of IPv4, with whole seconds up to 40
 * @param vrid the virtual router's number, 1..255
 * @param isV6 whether it is of IPv6
 * @param intervalNanos between two advertisements: of version 2 whole seconds, 1..255 s; of version
 *     3 hundredths of a second, 10 ms..40.95 s
 * @param addresses the virtual addresses, up to 255, of IPv6 up to 90, with {@code hmac} 89, so
 *     that an advertisement fits into 1500 bytes, and a link-local one first (RFC 9568, 5.2.9).
 *     None: the router only tells who is master. An advertisement must have one (RFC 9568, 5.2.5),
 *     so it has the address it is sent from, and received addresses always match. keepalived 2.2.7
 *     hears only who advertises the same addresses as it does itself
 * @param authentication of version 2; of version 3 there is none
 * @param hmac of version 3 alone; null: no trailer is sent, and none accepted
 * @param checksum of version 3 on IPv4 alone: what is sent as long as no peer is heard, or when
 *     they differ
 * @param peers that it sends to and hears, each by itself; empty: it sends to and hears the
 *     multicast group
 * @param minHopLimit of what a peer sends, 0..255; 0: any. Of multicast it is always 255, whatever
 *     is given here
 */
public record WireConfig(
    Version version,
    boolean alsoV2,
    int vrid,
    boolean isV6,
    long intervalNanos,
    List<InetAddress> addresses,
    Authentication authentication,
    @Nullable HmacKeys hmac,
    ChecksumForm checksum,
    Set<InetAddress> peers,
    int minHopLimit) {
  static final long SECOND_NANOS = 1_000_000_000;
  static final long CENTISECOND_NANOS = 10_000_000;
  static final int MAX_OCTET = 255;
  static final int MAX_CENTISECONDS = 4095;
  private static final int MAX_SECONDS_OF_BOTH = 40;
  private static final int MTU = 1500;
  private static final int IPV6_HEADER_BYTES = 40;
  private static final int IPV6_ADDRESS_BYTES = 16;

  /**
   * Copies list and set.
   *
   * @throws IllegalArgumentException if a value is out of its range, or does not go with another
   */
  public WireConfig {
    addresses = List.copyOf(addresses);
    peers = Set.copyOf(peers);
    range("vrid", vrid, 1);
    range("minHopLimit", minHopLimit, 0);
    if (alsoV2 && version != Version.V3) {
      throw new IllegalArgumentException("alsoV2: of version 2 (expected: of version 3)");
    }
    boolean isV2 = version == Version.V2 || alsoV2;
    if (isV2 && isV6) {
      throw new IllegalArgumentException("isV6: of version 2 (expected: of version 3 alone)");
    }
    if (alsoV2) {
      Version.V2.requireInterval(intervalNanos, MAX_SECONDS_OF_BOTH);
    } else {
      version.requireInterval(intervalNanos);
    }
    range("addresses", addresses.size(), 0);
    if (isV6) {
      // Of IPv4 it has always room: 255 of them are 1020 bytes.
      roomV6(addresses.size(), hmac == null ? 0 : Trailer.BYTES);
    }
    addresses.forEach(each -> host("address", each, isV6));
    peers.forEach(each -> host("peer", each, isV6));
    if (isV6 && !addresses.isEmpty() && !addresses.get(0).isLinkLocalAddress()) {
      throw new IllegalArgumentException(
          "address: "
              + addresses.get(0).getHostAddress()
              + " first (expected: a link-local address first)");
    }
    if (version != Version.V2 && authentication.type() != Authentication.Type.NONE) {
      throw new IllegalArgumentException(
          "authentication: " + authentication.type() + " (expected: NONE, or version 2)");
    }
    if (isV2 && hmac != null) {
      throw new IllegalArgumentException("hmac: of version 2 (expected: of version 3 alone)");
    }
  }

  private static void range(String name, int value, int min) {
    if (value < min || value > MAX_OCTET) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + ".." + MAX_OCTET + ")");
    }
  }

  private static void roomV6(int count, int trailerBytes) {
    int max = (MTU - IPV6_HEADER_BYTES - Message.ADDRESSES - trailerBytes) / IPV6_ADDRESS_BYTES;
    if (count > max) {
      throw new IllegalArgumentException(
          ("addresses: %d (expected: 0..%d, for which an advertisement of %d bytes has room; the"
                  + " rest as excluded addresses)")
              .formatted(count, max, MTU));
    }
  }

  private static void host(String name, InetAddress address, boolean isV6) {
    String expected = null;
    if (address instanceof Inet6Address != isV6) {
      expected = "of IPv" + (isV6 ? 6 : 4);
    } else if (address.isMulticastAddress() || address.isAnyLocalAddress()) {
      expected = "the address of one host";
    }
    if (expected != null) {
      throw new IllegalArgumentException(
          name + ": " + address.getHostAddress() + " (expected: " + expected + ")");
    }
  }
}
