package io.evenkeel.kernel.ipvs;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages of the sync protocol, version 1, as a master daemon sends them and a backup daemon takes
 * them (struct ip_vs_sync_mesg of ip_vs_sync.c): each a UDP datagram, in network order. Pure.
 */
public final class SyncCodec {
  static final int HEADER_BYTES = 8;
  static final int IPV4_BYTES = 36;
  static final int IPV6_BYTES = 72;
  private static final int VERSION = 1;
  private static final int MOST_IN_MESSAGE = 255;

  /** STYPE_F_INET6. */
  private static final int TYPE_INET6 = 1;

  // IP_VS_CONN_F_* of linux/ip_vs.h.
  private static final int NO_OUTPUT = 0x80;
  private static final int INACTIVE = 0x100;
  private static final int TEMPLATE = 0x1000;

  private SyncCodec() {}

  /**
   * Puts connections into messages, in their order.
   *
   * @param syncId the backup's, 0..255
   * @param maxLength of a message in bytes, 80..65507
   * @param connections any number
   * @return datagrams
   * @throws IllegalArgumentException if a number is out of range
   */
  public static List<byte[]> messages(
      int syncId, int maxLength, List<SyncedConnection> connections) {
    Ranges.check("sync id", syncId, 0, 255);
    Ranges.check("sync length", maxLength, HEADER_BYTES + IPV6_BYTES, 65507);
    List<byte[]> messages = new ArrayList<>();
    for (int first = 0; first < connections.size(); ) {
      int next = first;
      int length = HEADER_BYTES;
      while (next < connections.size()
          && next - first < MOST_IN_MESSAGE
          && length + bytes(connections.get(next)) <= maxLength) {
        length += bytes(connections.get(next));
        next++;
      }
      ByteBuffer message =
          ByteBuffer.allocate(length)
              .put((byte) 0)
              .put((byte) syncId)
              .putShort((short) length)
              .put((byte) (next - first))
              .put((byte) VERSION)
              .putShort((short) 0);
      connections.subList(first, next).forEach(connection -> put(message, connection));
      messages.add(message.array());
      first = next;
    }
    return messages;
  }

  private static boolean isIpv6(SyncedConnection connection) {
    return AddressFamily.of(connection.client()) == AddressFamily.IPV6;
  }

  private static int bytes(SyncedConnection connection) {
    return isIpv6(connection) ? IPV6_BYTES : IPV4_BYTES;
  }

  private static void put(ByteBuffer message, SyncedConnection c) {
    message
        .put((byte) (isIpv6(c) ? TYPE_INET6 : 0))
        .put((byte) c.protocol())
        // The upper four bits are the entry's version, 0.
        .putShort((short) bytes(c))
        .putInt(flags(c))
        .putShort((short) c.state())
        .putShort((short) c.clientPort())
        .putShort((short) c.virtualPort())
        .putShort((short) c.destinationPort())
        .putInt((int) c.mark())
        .putInt((int) c.timeoutSeconds())
        .put(c.client().getAddress())
        .put(c.virtual().getAddress())
        .put(c.destination().getAddress());
  }

  private static int flags(SyncedConnection c) {
    return c.method().ordinal()
        | (c.method() == ForwardingMethod.MASQUERADE ? 0 : NO_OUTPUT)
        | (c.isInactive() ? INACTIVE : 0)
        | (c.isTemplate() ? TEMPLATE : 0);
  }
}
