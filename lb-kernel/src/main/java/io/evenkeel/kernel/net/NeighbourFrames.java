package io.evenkeel.kernel.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Ethernet frames that tell the link's other hosts who has an address, or ask for it. Pure. */
final class NeighbourFrames {
  private static final MacAddress ALL_NODES_MAC = MacAddress.parse("33:33:00:00:00:01");
  private static final byte[] ALL_NODES = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
  };

  private static final byte[] SOLICITED_NODE = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte) 0xff, 0, 0, 0
  };

  private static final int ETHERNET_BYTES = 14;
  private static final short ETHERTYPE_IPV4 = 0x0800;
  static final short ETHERTYPE_ARP = 0x0806;
  static final short ETHERTYPE_IPV6 = (short) 0x86dd;

  private static final int ARP_BYTES = 28;
  private static final short HARDWARE_ETHERNET = 1;
  private static final short REQUEST = 1;
  private static final short REPLY = 2;
  private static final int ARP_OPERATION_AT = ETHERNET_BYTES + 6;
  private static final int ARP_SENDER_AT = ETHERNET_BYTES + 14;

  private static final int IPV6_BYTES = 40;
  private static final int VERSION_6 = 6 << 28;
  static final int ICMPV6 = 58;
  static final int NEXT_HEADER_AT = ETHERNET_BYTES + 6;
  private static final int HOP_LIMIT_AT = ETHERNET_BYTES + 7;
  private static final int HOP_LIMIT = 255;
  static final int ICMPV6_AT = ETHERNET_BYTES + IPV6_BYTES;
  private static final int MESSAGE_BYTES = 32;
  private static final int SOLICITATION = 135;
  static final int ADVERTISEMENT = 136;
  private static final int ROUTER = 0x80;
  private static final int OVERRIDE = 0x20;
  private static final int SOURCE_LINK_ADDRESS = 1;
  private static final int TARGET_LINK_ADDRESS = 2;

  /** As far as an answer is looked at: the target of an advertisement. */
  static final int ANSWER_BYTES = ICMPV6_AT + 8 + 16;

  private NeighbourFrames() {}

  /**
   * The announcement of an address: of IPv4 a request for it (RFC 5227, 3), which updates the
   * entries of those that have one, and which nobody answers; of IPv6 an unsolicited advertisement
   * (RFC 4861, 4.4 and 7.2.6).
   *
   * @param isRouter of IPv6: whether the host is one
   */
  static byte[] announcement(InetAddress address, MacAddress mac, boolean isRouter) {
    byte[] bytes = address.getAddress();
    return Names.isV6(address)
        ? icmpV6(
            ALL_NODES_MAC,
            ALL_NODES,
            mac,
            bytes,
            ADVERTISEMENT,
            isRouter ? ROUTER | OVERRIDE : OVERRIDE,
            bytes,
            TARGET_LINK_ADDRESS)
        : arpRequest(mac, bytes, bytes);
  }

  /**
   * The question who has an address: an ARP request (RFC 826), or a neighbour solicitation (RFC
   * 4861, 4.3) to the group of those whose addresses end as this one.
   *
   * @param source of who asks, of the same family
   */
  static byte[] question(InetAddress target, InetAddress source, MacAddress mac) {
    byte[] bytes = target.getAddress();
    if (!Names.isV6(target)) {
      return arpRequest(mac, source.getAddress(), bytes);
    }
    byte[] group = SOLICITED_NODE.clone();
    System.arraycopy(bytes, bytes.length - 3, group, group.length - 3, 3);
    byte[] groupMac = new byte[MacAddress.BYTES];
    groupMac[0] = groupMac[1] = 0x33;
    System.arraycopy(group, group.length - 4, groupMac, 2, 4);
    return icmpV6(
        MacAddress.of(groupMac),
        group,
        mac,
        source.getAddress(),
        SOLICITATION,
        0,
        bytes,
        SOURCE_LINK_ADDRESS);
  }

  /**
   * Whether a frame is the answer of who has the address.
   *
   * @param frame at least its first {@link #ANSWER_BYTES}
   * @param length of the frame
   */
  static boolean isAnswer(byte[] frame, int length, InetAddress target) {
    if (Names.isV6(target)) {
      return length >= ANSWER_BYTES
          && frame[ICMPV6_AT] == (byte) ADVERTISEMENT
          && frame[HOP_LIMIT_AT] == (byte) HOP_LIMIT
          && isAt(frame, ICMPV6_AT + 8, target);
    }
    return length >= ETHERNET_BYTES + ARP_BYTES
        && frame[ARP_OPERATION_AT] == 0
        && frame[ARP_OPERATION_AT + 1] == REPLY
        && isAt(frame, ARP_SENDER_AT, target);
  }

  private static boolean isAt(byte[] frame, int from, InetAddress address) {
    byte[] bytes = address.getAddress();
    return Arrays.equals(frame, from, from + bytes.length, bytes, 0, bytes.length);
  }

  private static byte[] arpRequest(MacAddress mac, byte[] sender, byte[] target) {
    byte[] frame = new byte[ETHERNET_BYTES + ARP_BYTES];
    ethernet(frame, MacAddress.BROADCAST, mac, ETHERTYPE_ARP)
        .putShort(HARDWARE_ETHERNET)
        .putShort(ETHERTYPE_IPV4)
        .put((byte) MacAddress.BYTES)
        .put((byte) target.length)
        .putShort(REQUEST)
        .put(mac.bytes())
        .put(sender)
        .put(new byte[MacAddress.BYTES])
        .put(target);
    return frame;
  }

  /** A solicitation or an advertisement, with the Ethernet address as its only option. */
  private static byte[] icmpV6(
      MacAddress toMac,
      byte[] to,
      MacAddress mac,
      byte[] from,
      int type,
      int flags,
      byte[] target,
      int option) {
    byte[] whole = new byte[ETHERNET_BYTES + IPV6_BYTES + MESSAGE_BYTES];
    ByteBuffer frame =
        ethernet(whole, toMac, mac, ETHERTYPE_IPV6)
            .putInt(VERSION_6)
            .putShort((short) MESSAGE_BYTES)
            .put((byte) ICMPV6)
            .put((byte) HOP_LIMIT)
            .put(from)
            .put(to);
    int start = frame.position();
    frame
        .put((byte) type)
        .put((byte) 0)
        .putShort((short) 0)
        .put((byte) flags)
        .put(new byte[3])
        .put(target)
        .put((byte) option)
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
    int sum = MESSAGE_BYTES + ICMPV6;
    for (int at = addresses; at < frame.limit(); at += 2) {
      sum += frame.getShort(at) & 0xffff;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }
}
