package io.evenkeel.kernel.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Ethernet frames that tell the link's other hosts who has an address. Pure. */
final class Announcement {
  private static final MacAddress ALL_NODES_MAC = MacAddress.parse("33:33:00:00:00:01");
  private static final byte[] ALL_NODES = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
  };

  private static final int ETHERNET_BYTES = 14;
  private static final short ETHERTYPE_IPV4 = 0x0800;
  private static final short ETHERTYPE_ARP = 0x0806;
  private static final short ETHERTYPE_IPV6 = (short) 0x86dd;

  private static final int ARP_BYTES = 28;
  private static final short HARDWARE_ETHERNET = 1;
  private static final short REQUEST = 1;

  private static final int IPV6_BYTES = 40;
  private static final int VERSION_6 = 6 << 28;
  private static final int ICMPV6 = 58;
  private static final int HOP_LIMIT = 255;
  private static final int ADVERTISEMENT_BYTES = 32;
  private static final int ADVERTISEMENT = 136;
  private static final int ROUTER = 0x80;
  private static final int OVERRIDE = 0x20;
  private static final int TARGET_LINK_ADDRESS = 2;

  private Announcement() {}

  /**
   * The announcement of an address.
   *
   * @param isRouter of IPv6: whether the host is one
   */
  static byte[] of(InetAddress address, MacAddress mac, boolean isRouter) {
    return Names.isV6(address)
        ? advertisement(address.getAddress(), mac, isRouter)
        : gratuitousArp(address.getAddress(), mac);
  }

  /**
   * A request for one's own address (RFC 5227, 3: ARP announcement). As a request it updates the
   * entries of those that have one; nobody answers.
   */
  private static byte[] gratuitousArp(byte[] address, MacAddress mac) {
    byte[] frame = new byte[ETHERNET_BYTES + ARP_BYTES];
    ethernet(frame, MacAddress.BROADCAST, mac, ETHERTYPE_ARP)
        .putShort(HARDWARE_ETHERNET)
        .putShort(ETHERTYPE_IPV4)
        .put((byte) MacAddress.BYTES)
        .put((byte) address.length)
        .putShort(REQUEST)
        .put(mac.bytes())
        .put(address)
        .put(new byte[MacAddress.BYTES])
        .put(address);
    return frame;
  }

  /** An unsolicited neighbour advertisement (RFC 4861, 4.4 and 7.2.6). */
  private static byte[] advertisement(byte[] address, MacAddress mac, boolean isRouter) {
    byte[] whole = new byte[ETHERNET_BYTES + IPV6_BYTES + ADVERTISEMENT_BYTES];
    ByteBuffer frame =
        ethernet(whole, ALL_NODES_MAC, mac, ETHERTYPE_IPV6)
            .putInt(VERSION_6)
            .putShort((short) ADVERTISEMENT_BYTES)
            .put((byte) ICMPV6)
            .put((byte) HOP_LIMIT)
            .put(address)
            .put(ALL_NODES);
    int start = frame.position();
    frame
        .put((byte) ADVERTISEMENT)
        .put((byte) 0)
        .putShort((short) 0)
        .put((byte) (isRouter ? ROUTER | OVERRIDE : OVERRIDE))
        .put(new byte[3])
        .put(address)
        .put((byte) TARGET_LINK_ADDRESS)
        .put((byte) 1)
        .put(mac.bytes());
    frame.putShort(start + 2, checksum(frame, start));
    return whole;
  }

  private static ByteBuffer ethernet(byte[] frame, MacAddress to, MacAddress from, short type) {
    return ByteBuffer.wrap(frame).put(to.bytes()).put(from.bytes()).putShort(type);
  }

  /** With the pseudo header (RFC 8200, 8.1): both addresses, the length, the next header. */
  private static short checksum(ByteBuffer frame, int start) {
    int addresses = start - 2 * Names.BITS_V6 / 8;
    int sum = ADVERTISEMENT_BYTES + ICMPV6;
    for (int at = addresses; at < frame.limit(); at += 2) {
      sum += frame.getShort(at) & 0xffff;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }
}
