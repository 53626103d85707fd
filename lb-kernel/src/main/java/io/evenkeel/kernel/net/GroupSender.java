package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Sends packets to multicast groups from an Ethernet address of the caller's choice, that of a
 * virtual router for instance (RFC 9568, 7.3): the kernel's sockets send from the device's own. It
 * never waits. Thread-safe.
 */
public final class GroupSender implements AutoCloseable {
  private static final int ETHERNET_BYTES = 14;
  private static final short ETHERTYPE_IPV4 = 0x0800;
  private static final int IPV6_BYTES = 40;

  /** Version 6, traffic class 0xc0. */
  private static final int IPV6_WORD = 6 << 28 | 0xc0 << 20;

  private static final int HOP_LIMIT = 255;

  /** 01:00:5e, and 23 bits of the group (RFC 1112, 6.4). */
  private static final long GROUP_MAC_V4 = 0x0100_5e00_0000L;

  private static final int GROUP_BITS_V4 = 0x7f_ffff;

  /** 33:33, and 32 bits of the group (RFC 2464, 7). */
  private static final long GROUP_MAC_V6 = 0x3333_0000_0000L;

  private final String device;
  private final PacketSocket socket;
  private boolean closed;

  private GroupSender(String device, PacketSocket socket) {
    this.device = device;
    this.socket = socket;
  }

  /** Opens one in the calling thread's network namespace. */
  static GroupSender open(String command, String device, int index) throws IOException {
    try {
      return new GroupSender(device, PacketSocket.open(index, PacketSocket.NONE));
    } catch (KernelException e) {
      throw PacketSocket.inWords(command, e);
    }
  }

  /**
   * Sends a packet.
   *
   * @param from its Ethernet address
   * @param source of IPv6 its source; of IPv4 the header has it
   * @param group to whom, of the same family
   * @param protocol of IPv6 what the packet is; of IPv4 the header has it
   * @param packet of IPv4 from the whole IP header on; of IPv6 what follows the header
   * @throws IOException if it cannot be sent: the device is down (ENETDOWN) or gone (ENXIO), there
   *     is no room in its queue (ENOBUFS, EAGAIN), or this is closed (EBADF)
   */
  public synchronized void send(
      MacAddress from, InetAddress source, InetAddress group, int protocol, byte[] packet)
      throws IOException {
    if (closed) {
      throw new KernelException("packet on " + device, Errno.EBADF, "closed");
    }
    try {
      socket.send(frame(from, source, group, protocol, packet));
    } catch (KernelException e) {
      throw PacketSocket.inWords("packet on " + device, e);
    }
  }

  static byte[] frame(
      MacAddress from, InetAddress source, InetAddress group, int protocol, byte[] packet) {
    boolean isV6 = Names.isV6(group);
    int header = isV6 ? IPV6_BYTES : 0;
    byte[] whole = new byte[ETHERNET_BYTES + header + packet.length];
    ByteBuffer frame =
        ByteBuffer.wrap(whole)
            .put(groupMac(group).bytes())
            .put(from.bytes())
            .putShort(isV6 ? NeighbourFrames.ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
    if (isV6) {
      frame
          .putInt(IPV6_WORD)
          .putShort((short) packet.length)
          .put((byte) protocol)
          .put((byte) HOP_LIMIT)
          .put(source.getAddress())
          .put(group.getAddress());
    }
    frame.put(packet);
    return whole;
  }

  private static MacAddress groupMac(InetAddress group) {
    byte[] bytes = group.getAddress();
    int end = ByteBuffer.wrap(bytes).getInt(bytes.length - Integer.BYTES);
    return new MacAddress(
        Names.isV6(group)
            ? GROUP_MAC_V6 | Integer.toUnsignedLong(end)
            : GROUP_MAC_V4 | (end & GROUP_BITS_V4));
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      socket.close();
    }
  }
}
