package io.evenkeel.vrrp.protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An advertisement in a packet (RFC 3768, 5.1; RFC 9568, 5.1), somewhere in it. Pure.
 *
 * <pre>{@code
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+---------------+---------------+
 * |version|type 1 |  virtual rtr  |   priority    |     count     |
 * +-------+-------+---------------+---------------+---------------+
 * |  auth type    | interval, s   |           checksum            |  version 2
 * +-------+-------+---------------+-------------------------------+
 * |   0   | interval, 1/100 s     |           checksum            |  version 3
 * +-------+-----------------------+-------------------------------+
 * |              addresses, 4 or 16 bytes each                    |
 * +---------------------------------------------------------------+
 * |  version 2 on IPv4: password or zeros, 8 bytes                |
 * +---------------------------------------------------------------+
 * }</pre>
 */
final class Message {
  static final int VERSION_AND_TYPE = 0;
  static final int VRID = 1;
  static final int PRIORITY = 2;
  static final int COUNT = 3;
  static final int AUTHENTICATION_TYPE = 4;
  static final int SECONDS = 5;
  static final int CENTISECONDS = 4;
  static final int CHECKSUM = 6;
  static final int ADDRESSES = 8;
  static final int PASSWORD_BYTES = 8;

  static final int ADVERTISEMENT = 1;
  private static final int VERSION_SHIFT = 4;
  private static final int TYPE_MASK = 0xf;

  private final byte[] packet;
  private final ByteBuffer bytes;
  private final int start;

  /**
   * In a packet.
   *
   * @param start where it begins; {@link #ADDRESSES} bytes are there
   */
  Message(byte[] packet, int start) {
    this.packet = packet;
    this.bytes = ByteBuffer.wrap(packet);
    this.start = start;
  }

  /** How long one is, without a trailer. */
  static int length(int version, boolean isV6, int count) {
    return ADDRESSES
        + count * (isV6 ? 16 : 4)
        + (version == Version.V2.number() ? PASSWORD_BYTES : 0);
  }

  /** Writes all but the checksum, which is 0, and what follows the addresses. */
  void write(Advertisement advertisement, Authentication authentication) {
    bytes
        .position(start)
        .put((byte) (advertisement.version().number() << VERSION_SHIFT | ADVERTISEMENT))
        .put((byte) advertisement.vrid())
        .put((byte) advertisement.priority())
        .put((byte) advertisement.addresses().size());
    if (advertisement.version() == Version.V2) {
      bytes
          .put((byte) authentication.type().number())
          .put((byte) (advertisement.intervalNanos() / WireConfig.SECOND_NANOS));
    } else {
      bytes.putShort((short) (advertisement.intervalNanos() / WireConfig.CENTISECOND_NANOS));
    }
    bytes.putShort((short) 0);
    advertisement.addresses().forEach(each -> bytes.put(each.getAddress()));
    if (authentication.type() == Authentication.Type.PASSWORD) {
      bytes.put(authentication.padded());
    }
  }

  void writeChecksum(int checksum) {
    bytes.putShort(start + CHECKSUM, (short) checksum);
  }

  int version() {
    return octet(VERSION_AND_TYPE) >>> VERSION_SHIFT;
  }

  int type() {
    return octet(VERSION_AND_TYPE) & TYPE_MASK;
  }

  int vrid() {
    return octet(VRID);
  }

  int priority() {
    return octet(PRIORITY);
  }

  int count() {
    return octet(COUNT);
  }

  int authenticationType() {
    return octet(AUTHENTICATION_TYPE);
  }

  /** 0 too, though it is not valid. */
  long intervalNanos() {
    return version() == Version.V2.number()
        ? octet(SECONDS) * WireConfig.SECOND_NANOS
        : (bytes.getShort(start + CENTISECONDS) & WireConfig.MAX_CENTISECONDS)
            * WireConfig.CENTISECOND_NANOS;
  }

  /** What there is from its start on, with a trailer. */
  int length() {
    return packet.length - start;
  }

  /** The last 8 bytes, with zeros before them where the message is shorter. */
  byte[] password() {
    return Arrays.copyOfRange(packet, packet.length - PASSWORD_BYTES, packet.length);
  }

  /** Of its bytes; 16-bit words, not folded. */
  long sum(int length) {
    return Checksum.sum(packet, start, start + length);
  }

  /** As many as it says; they are there. */
  List<InetAddress> addresses(boolean isV6) {
    List<InetAddress> addresses = new ArrayList<>(count());
    byte[] address = new byte[isV6 ? 16 : 4];
    for (int i = 0; i < count(); i++) {
      bytes.get(start + ADDRESSES + i * address.length, address);
      addresses.add(address(address));
    }
    return addresses;
  }

  /** One of IPv6 is so though it maps one of IPv4. */
  private static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(bytes.length + " bytes (expected: 4 or 16)", e);
    }
  }

  private int octet(int at) {
    return bytes.get(start + at) & 0xff;
  }
}
