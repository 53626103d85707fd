package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.AddressText;
import io.evenkeel.kernel.sys.Epoll;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.MessageBuffer;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends and receives the packets of one IP protocol on one device (raw(7), ipv6(7)). It never
 * waits: a {@link Poller} does. What is sent has the time to live or hop limit 255 and the traffic
 * class 0xc0 (of IPv4 its header says so), goes first in the device's queue, and does not come back
 * to this host. Of multicast those groups are heard that were joined; of IPv6 those that others on
 * this host have joined on this device as well. Thread-safe.
 */
public final class RawSocket implements AutoCloseable {
  /** A longer packet is not sent, and is cut off when it is received. */
  public static final int MAX_PACKET_BYTES = 8192;

  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_PRIORITY = 12;
  private static final int SO_BINDTODEVICE = 25;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

  /** TC_PRIO_INTERACTIVE, the first that needs no CAP_NET_ADMIN. */
  private static final int PRIORITY = 6;

  private static final int IPPROTO_IP = 0;
  private static final int IP_HDRINCL = 3;
  private static final int IP_MULTICAST_IF = 32;
  private static final int IP_MULTICAST_LOOP = 34;
  private static final int IP_ADD_MEMBERSHIP = 35;
  private static final int IP_MULTICAST_ALL = 49;

  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_UNICAST_HOPS = 16;
  private static final int IPV6_MULTICAST_IF = 17;
  private static final int IPV6_MULTICAST_HOPS = 18;
  private static final int IPV6_MULTICAST_LOOP = 19;
  private static final int IPV6_ADD_MEMBERSHIP = 20;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_PKTINFO = 50;
  private static final int IPV6_RECVHOPLIMIT = 51;
  private static final int IPV6_HOPLIMIT = 52;
  private static final int IPV6_TCLASS = 67;

  private static final int HOP_LIMIT = 255;
  private static final int TRAFFIC_CLASS = 0xc0;

  private static final int BYTES_V4 = 4;
  private static final int BYTES_V6 = 16;

  private static final int HEADER_BYTES_V4 = 20;
  private static final int TTL_V4 = 8;
  private static final int SOURCE_V4 = 12;
  private static final int DESTINATION_V4 = 16;

  private static final int SOCKADDR_BYTES_V4 = 16;
  private static final int SOCKADDR_BYTES_V6 = 28;
  private static final int ADDRESS_V4 = 4;
  private static final int ADDRESS_V6 = 8;

  /** struct cmsghdr of 64 bits; what follows it, and the next, begins at a multiple of 8. */
  private static final int CONTROL_HEADER_BYTES = 16;

  private static final int CONTROL_TYPE = 12;
  private static final int PACKET_INFO_BYTES = BYTES_V6 + Integer.BYTES;

  private static final int MAX_OFFSET = 255;
  private static final int MAX_BYTE = 255;

  private final String device;
  private final int index;
  private final boolean isV6;
  private final int fd;

  /** Used under this object's lock, as is the next. */
  private final MessageBuffer buffer = new MessageBuffer(MAX_PACKET_BYTES);

  private boolean closed;

  private RawSocket(String device, int index, boolean isV6, int fd) {
    this.device = device;
    this.index = index;
    this.isV6 = isV6;
    this.fd = fd;
  }

  /** Gets packets. */
  @FunctionalInterface
  public interface Receiver {

    /**
     * A packet has come.
     *
     * @param source who sent it
     * @param destination a multicast group or an address of this host
     * @param hopLimit of IPv4 the time to live, 0..255
     * @param bytes its own: of IPv4 from the IP header on, of IPv6 what follows its headers
     */
    void received(InetAddress source, InetAddress destination, int hopLimit, byte[] bytes);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Packet(InetAddress source, InetAddress destination, int hopLimit, byte[] bytes) {}

  /** Opens one in the calling thread's network namespace. */
  static RawSocket open(String command, String device, int index, boolean isV6, int protocol)
      throws IOException {
    try {
      int fd =
          Sys.socket(
              isV6 ? Sys.AF_INET6 : Sys.AF_INET,
              Sys.SOCK_RAW | Sys.SOCK_NONBLOCK | Sys.SOCK_CLOEXEC,
              protocol);
      RawSocket socket = new RawSocket(device, index, isV6, fd);
      try {
        socket.setUp();
        return socket;
      } catch (KernelException | RuntimeException | Error e) {
        socket.close();
        throw e;
      }
    } catch (KernelException e) {
      throw PacketSocket.inWords(command, e);
    }
  }

  private void setUp() throws KernelException {
    byte[] name = device.getBytes(StandardCharsets.UTF_8);
    Sys.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, Arrays.copyOf(name, name.length + 1));
    Sys.setsockopt(fd, SOL_SOCKET, SO_PRIORITY, PRIORITY);
    enlarge();
    if (isV6) {
      Sys.setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
      Sys.setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
      Sys.setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, HOP_LIMIT);
      Sys.setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, HOP_LIMIT);
      Sys.setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, TRAFFIC_CLASS);
      Sys.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
      Sys.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    } else {
      Sys.setsockopt(fd, IPPROTO_IP, IP_HDRINCL, 1);
      Sys.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, membership(new byte[BYTES_V4]));
      Sys.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
      Sys.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
    }
    // Before it was bound, it heard all devices.
    int length;
    do {
      length = buffer.receive(fd);
    } while (length >= 0);
  }

  private void enlarge() throws KernelException {
    try {
      Sys.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES);
    } catch (KernelException e) {
      if (e.errno() != Errno.EPERM) {
        throw e;
      }
      // Without CAP_NET_ADMIN as much as net.core.rmem_max gives everybody.
      Sys.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
    }
  }

  /** struct ip_mreqn. */
  private byte[] membership(byte[] group) {
    return ByteBuffer.allocate(2 * BYTES_V4 + Integer.BYTES)
        .order(ByteOrder.nativeOrder())
        .put(group)
        .put(new byte[BYTES_V4])
        .putInt(index)
        .array();
  }

  /**
   * Hears a multicast group, too.
   *
   * @param group of the socket's family, not joined before
   * @throws IOException if the device is gone or down for multicast, or this is closed (EBADF)
   * @throws IllegalArgumentException if it is of the other family
   */
  public synchronized void join(InetAddress group) throws IOException {
    requireFamily("group", group);
    requireOpen();
    if (isV6) {
      byte[] request =
          ByteBuffer.allocate(BYTES_V6 + Integer.BYTES)
              .order(ByteOrder.nativeOrder())
              .put(group.getAddress())
              .putInt(index)
              .array();
      Sys.setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request);
    } else {
      Sys.setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership(group.getAddress()));
    }
  }

  /**
   * Lets only those packets come through that have one of these values in one byte, and those that
   * are too short to have it. The kernel sorts out the others: they cost this process nothing and
   * take no room in the socket's buffer. In place of what was said before; what waits there stays.
   *
   * @param offset of the byte, 0..255: 0 is the first behind the IP header; of IPv6 behind all of
   *     its headers
   * @param values that come through, each 0..255
   * @throws IOException if there is no memory for it, or this is closed (EBADF)
   * @throws IllegalArgumentException if a number is out of range
   */
  public synchronized void accept(int offset, Set<Integer> values) throws IOException {
    requireByte("offset", offset, MAX_OFFSET);
    values.forEach(value -> requireByte("value", value, MAX_BYTE));
    requireOpen();
    Sys.attachFilter(fd, PacketFilter.byteAt(isV6, offset, values));
  }

  /**
   * Sends a packet.
   *
   * @param source of IPv6 its source, an address of this host; of IPv4 the header has it
   * @param destination to whom, of the socket's family
   * @param packet of IPv4 from the IP header on, in which the kernel sets the length, the checksum
   *     and an identification of 0; of IPv6 what follows its header; at most {@value
   *     #MAX_PACKET_BYTES} bytes
   * @throws IOException if it cannot be sent: the device is down (ENETDOWN), the source is no
   *     address of this host (EINVAL, EADDRNOTAVAIL), there is no room in its queue (EAGAIN,
   *     ENOBUFS), or this is closed (EBADF)
   * @throws IllegalArgumentException if an address is of the other family
   */
  public synchronized void send(InetAddress source, InetAddress destination, byte[] packet)
      throws IOException {
    requireFamily("source", source);
    requireFamily("destination", destination);
    requireOpen();
    buffer.send(fd, sockaddr(destination), isV6 ? packetInfo(source) : new byte[0], packet);
  }

  private byte[] sockaddr(InetAddress address) {
    ByteBuffer sockaddr =
        ByteBuffer.allocate(isV6 ? SOCKADDR_BYTES_V6 : SOCKADDR_BYTES_V4)
            .order(ByteOrder.nativeOrder())
            .putShort((short) (isV6 ? Sys.AF_INET6 : Sys.AF_INET));
    sockaddr.position(isV6 ? ADDRESS_V6 : ADDRESS_V4).put(address.getAddress());
    if (isV6) {
      sockaddr.putInt(index);
    }
    return sockaddr.array();
  }

  /** struct in6_pktinfo in a control message. */
  private byte[] packetInfo(InetAddress source) {
    int length = CONTROL_HEADER_BYTES + PACKET_INFO_BYTES;
    return ByteBuffer.allocate(aligned(length))
        .order(ByteOrder.nativeOrder())
        .putLong(length)
        .putInt(IPPROTO_IPV6)
        .putInt(IPV6_PKTINFO)
        .put(source.getAddress())
        .putInt(index)
        .array();
  }

  /**
   * Receives a packet if there is one.
   *
   * @param receiver called with it, by the calling thread
   * @return whether there was one
   * @throws IOException if an error was told of, or this is closed (EBADF)
   */
  public boolean receive(Receiver receiver) throws IOException {
    Packet packet = next();
    if (packet == null) {
      return false;
    }
    receiver.received(packet.source(), packet.destination(), packet.hopLimit(), packet.bytes());
    return true;
  }

  private synchronized @Nullable Packet next() throws KernelException {
    requireOpen();
    while (true) {
      int length = buffer.receive(fd);
      if (length < 0) {
        return null;
      }
      Packet packet = isV6 ? packetV6(length) : packetV4(length);
      if (packet != null) {
        return packet;
      }
    }
  }

  /** Null: it has no whole header, which the kernel does not let happen. */
  private @Nullable Packet packetV4(int length) {
    if (length < HEADER_BYTES_V4) {
      return null;
    }
    byte[] bytes = buffer.data(length);
    return new Packet(
        address(bytes, SOURCE_V4), address(bytes, DESTINATION_V4), bytes[TTL_V4] & 0xff, bytes);
  }

  private static InetAddress address(byte[] bytes, int from) {
    return Names.address(Arrays.copyOfRange(bytes, from, from + BYTES_V4));
  }

  /** Null: the kernel had no memory to tell where it was sent. */
  private @Nullable Packet packetV6(int length) {
    ByteBuffer control = buffer.control();
    InetAddress destination = null;
    int hopLimit = -1;
    int at = 0;
    while (at + CONTROL_HEADER_BYTES <= control.limit()) {
      int type = control.getInt(at + CONTROL_TYPE);
      int value = at + CONTROL_HEADER_BYTES;
      if (type == IPV6_PKTINFO) {
        byte[] address = new byte[BYTES_V6];
        control.get(value, address);
        destination = Names.address(address);
      } else if (type == IPV6_HOPLIMIT) {
        hopLimit = control.getInt(value);
      }
      at += aligned((int) Math.max(control.getLong(at), CONTROL_HEADER_BYTES));
    }
    if (destination == null || hopLimit < 0) {
      return null;
    }
    InetAddress source = Names.address(buffer.name(ADDRESS_V6, BYTES_V6));
    return new Packet(source, destination, hopLimit, buffer.data(length));
  }

  private static int aligned(int bytes) {
    return (bytes + Long.BYTES - 1) & -Long.BYTES;
  }

  synchronized void addTo(Epoll epoll, long number) throws KernelException {
    requireOpen();
    epoll.add(fd, number);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Sys.close(fd);
    }
  }

  private void requireOpen() throws KernelException {
    if (closed) {
      throw new KernelException("raw socket on " + device, Errno.EBADF, "closed");
    }
  }

  private void requireFamily(String name, InetAddress address) {
    if (Names.isV6(address) != isV6) {
      throw new IllegalArgumentException(
          "%s: %s (expected: of IPv%d)".formatted(name, AddressText.of(address), isV6 ? 6 : 4));
    }
  }

  private static void requireByte(String name, int value, int most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0.." + most + ")");
    }
  }
}
