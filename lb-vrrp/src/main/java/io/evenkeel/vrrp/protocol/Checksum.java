package io.evenkeel.vrrp.protocol;

/** The Internet checksum (RFC 1071). Pure. */
final class Checksum {
  private static final int IPV4_LENGTH = 10;
  private static final int IPV6_LENGTH = 34;
  private static final int IPV6_NEXT_HEADER = 39;
  private static final int IPV6_PSEUDO_BYTES = 40;
  private static final int IPV4_PSEUDO_BYTES = 12;
  private static final int IPV4_PROTOCOL = 9;

  private Checksum() {}

  /** The sum of 16-bit words, not folded; what is odd is filled up with a zero. */
  static long sum(byte[] bytes, int from, int to) {
    long sum = 0;
    for (int at = from; at < to; at++) {
      int each = bytes[at] & 0xff;
      sum += (at - from) % 2 == 0 ? each << 8 : each;
    }
    return sum;
  }

  /** What stands for a sum in a packet: 0 if the packet's own was in it, and right. */
  static int of(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) (~folded & 0xffff);
  }

  /**
   * The sum of a pseudo header (RFC 9293, 3.1; RFC 8200, 8.1).
   *
   * @param source 4 or 16 bytes
   * @param destination as many
   * @param length of what follows
   */
  static long pseudo(byte[] source, byte[] destination, int length) {
    boolean isV6 = source.length != 4;
    byte[] header = new byte[isV6 ? IPV6_PSEUDO_BYTES : IPV4_PSEUDO_BYTES];
    System.arraycopy(source, 0, header, 0, source.length);
    System.arraycopy(destination, 0, header, source.length, destination.length);
    int at = isV6 ? IPV6_LENGTH : IPV4_LENGTH;
    header[at] = (byte) (length >>> 8);
    header[at + 1] = (byte) length;
    header[isV6 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL] = Ipv4Header.VRRP;
    return sum(header, 0, header.length);
  }
}
