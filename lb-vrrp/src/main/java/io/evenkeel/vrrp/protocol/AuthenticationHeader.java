package io.evenkeel.vrrp.protocol;

import io.evenkeel.vrrp.protocol.Received.Rejected;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * The IP authentication header between the header of IPv4 and a message (RFC 2402, 2) with
 * HMAC-MD5-96 (RFC 2403), as keepalived 2.2.7 has it: the index is the source address. Pure; not
 * thread-safe.
 *
 * <pre>{@code
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |      112      |       4       |               0               |
 * +---------------+---------------+-------------------------------+
 * |          security parameters index: source address            |
 * +---------------------------------------------------------------+
 * |                        sequence number                        |
 * +---------------------------------------------------------------+
 * |               integrity check value, 12 bytes                 |
 * +---------------------------------------------------------------+
 * }</pre>
 */
final class AuthenticationHeader {
  static final int BYTES = 24;
  private static final int START = Ipv4Header.BYTES;
  private static final int NEXT_HEADER = START;
  private static final int WORDS = START + 1;
  private static final int INDEX = START + 4;
  private static final int SEQUENCE = START + 8;
  private static final int CHECK_VALUE = START + 12;
  private static final int CHECK_VALUE_BYTES = 12;

  /** Its length in words of 4 bytes, but two. */
  private static final int WORDS_LESS_TWO = BYTES / 4 - 2;

  private static final String ALGORITHM = "HmacMD5";

  private final Mac mac;
  private final boolean isUnicast;

  AuthenticationHeader(Authentication authentication, boolean isUnicast) {
    this.mac = Macs.of(ALGORITHM, authentication.padded());
    this.isUnicast = isUnicast;
  }

  /** Writes one into a packet that has room for it and is complete but for that. */
  void write(byte[] packet, byte[] source, long sequence) {
    ByteBuffer header = ByteBuffer.wrap(packet);
    header.put(NEXT_HEADER, Ipv4Header.VRRP).put(WORDS, (byte) WORDS_LESS_TWO);
    System.arraycopy(source, 0, packet, INDEX, source.length);
    header.putInt(SEQUENCE, (int) sequence);
    System.arraycopy(checkValue(packet), 0, packet, CHECK_VALUE, CHECK_VALUE_BYTES);
  }

  /**
   * Checks the one of a packet.
   *
   * @param last the sequence number of the last packet from there; null: none
   * @return null: it is right
   */
  @Nullable Rejected check(byte[] packet, byte[] source, @Nullable Long last) {
    byte[] value = Arrays.copyOfRange(packet, CHECK_VALUE, CHECK_VALUE + CHECK_VALUE_BYTES);
    if (!MessageDigest.isEqual(value, checkValue(packet))) {
      return new Rejected(
          Rejection.AUTHENTICATION,
          "authentication header: check value (expected: that of the key)");
    }
    if (!Arrays.equals(packet, INDEX, INDEX + source.length, source, 0, source.length)) {
      return new Rejected(
          Rejection.AUTHENTICATION, "authentication header: index (expected: the source address)");
    }
    long sequence = sequence(packet);
    if (last != null && sequence <= last) {
      return new Rejected(
          Rejection.REPLAY,
          "authentication header: sequence number " + sequence + " (expected: over " + last + ")");
    }
    return null;
  }

  /** 0..2^32-1. */
  static long sequence(byte[] packet) {
    return ByteBuffer.wrap(packet).getInt(SEQUENCE) & 0xffff_ffffL;
  }

  /** What routers on the way may change counts as 0; the hop limit only where there may be any. */
  private byte[] checkValue(byte[] packet) {
    byte[] proved = packet.clone();
    proved[Ipv4Header.SERVICE] = 0;
    Arrays.fill(proved, Ipv4Header.FRAGMENT, Ipv4Header.FRAGMENT + 2, (byte) 0);
    if (isUnicast) {
      proved[Ipv4Header.HOP_LIMIT] = 0;
    }
    Arrays.fill(proved, Ipv4Header.CHECKSUM, Ipv4Header.CHECKSUM + 2, (byte) 0);
    Arrays.fill(proved, CHECK_VALUE, CHECK_VALUE + CHECK_VALUE_BYTES, (byte) 0);
    return Arrays.copyOf(mac.doFinal(proved), CHECK_VALUE_BYTES);
  }
}
