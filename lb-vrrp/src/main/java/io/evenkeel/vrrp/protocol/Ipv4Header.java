package io.evenkeel.vrrp.protocol;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The header before a message on IPv4 (RFC 791, 3.1), without options. Pure.
 *
 * <pre>{@code
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+-------------------------------+
 * |   4   |   5   |     0xc0      |         total length          |
 * +-------+-------+---------------+-----+-------------------------+
 * |        identification         |flags|     fragment offset     |
 * +---------------+---------------+-----+-------------------------+
 * |      255      |   112 or 51   |           checksum            |
 * +---------------+---------------+-------------------------------+
 * |                            source                             |
 * +---------------------------------------------------------------+
 * |                          destination                          |
 * +---------------------------------------------------------------+
 * }</pre>
 */
final class Ipv4Header {
  static final int BYTES = 20;
  static final int SERVICE = 1;
  static final int TOTAL_LENGTH = 2;
  static final int FRAGMENT = 6;
  static final int HOP_LIMIT = 8;
  static final int PROTOCOL = 9;
  static final int CHECKSUM = 10;

  static final byte VRRP = 112;

  /** The authentication header. */
  static final byte AH = 51;

  private static final int VERSION_AND_WORDS = 0x45;

  /** Class selector 6, internetwork control. */
  private static final int CONTROL = 0xc0;

  /** All but the flag that forbids fragments, and the one that has no meaning. */
  private static final int IS_FRAGMENT = 0x3fff;

  private Ipv4Header() {}

  /**
   * Writes one over the start of a packet.
   *
   * @param identification not 0, for then the kernel would write one of its own, after an
   *     authentication header has proved what it was
   */
  static void write(
      byte[] packet,
      byte protocol,
      int identification,
      InetAddress source,
      InetAddress destination) {
    ByteBuffer header =
        ByteBuffer.wrap(packet)
            .put((byte) VERSION_AND_WORDS)
            .put((byte) CONTROL)
            .putShort((short) packet.length)
            .putShort((short) identification)
            .putShort((short) 0)
            .put((byte) WireConfig.MAX_OCTET)
            .put(protocol)
            .putShort((short) 0)
            .put(source.getAddress())
            .put(destination.getAddress());
    header.putShort(CHECKSUM, (short) Checksum.of(Checksum.sum(packet, 0, BYTES)));
  }

  /**
   * What is wrong with the lengths. Options are refused: no router sends any. Fragments never come,
   * for the kernel puts them together.
   *
   * @return null: nothing
   */
  static @Nullable String lengthProblem(byte[] packet) {
    if (packet.length < BYTES) {
      return "packet: " + packet.length + " bytes (expected: " + BYTES + " or more)";
    }
    if ((packet[0] & 0xff) != VERSION_AND_WORDS) {
      return "header: version and words 0x"
          + Integer.toHexString(packet[0] & 0xff)
          + " (expected: 0x"
          + Integer.toHexString(VERSION_AND_WORDS)
          + ")";
    }
    ByteBuffer header = ByteBuffer.wrap(packet);
    int total = header.getShort(TOTAL_LENGTH) & 0xffff;
    if (total != packet.length) {
      return "total length: " + total + " (expected: " + packet.length + ")";
    }
    if ((header.getShort(FRAGMENT) & IS_FRAGMENT) != 0) {
      return "fragment: 0x"
          + Integer.toHexString(header.getShort(FRAGMENT) & 0xffff)
          + " (expected: the whole packet)";
    }
    return null;
  }

  static boolean isDamaged(byte[] packet) {
    return Checksum.of(Checksum.sum(packet, 0, BYTES)) != 0;
  }
}
