package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A ping socket for one echo request (RFC 792, RFC 4443, 4.1): the kernel gives it an identifier of
 * its own, puts it and the checksum into the request, and hands over the replies that carry it.
 * Thread-safe.
 */
final class EchoSocket implements ReplyReader.Asking {
  private static final int IPPROTO_ICMP = 1;
  private static final int IPPROTO_ICMPV6 = 58;
  private static final int SOL_IP = 0;
  private static final int IP_RECVERR = 11;
  private static final int SOL_IPV6 = 41;
  private static final int IPV6_RECVERR = 25;
  private static final int ECHO_REQUEST = 8;
  private static final int ECHO_REPLY = 0;
  private static final int ECHO_REQUEST_V6 = 128;
  private static final int ECHO_REPLY_V6 = 129;
  private static final int HEADER_BYTES = 8;
  private static final int SEQUENCE = 6;

  /** Where the address is in a sockaddr. */
  private static final int ADDRESS = 4;

  private static final int ADDRESS_V6 = 8;
  private static final int SOCKADDR_BYTES = 16;
  private static final int SOCKADDR_BYTES_V6 = 28;

  private final boolean isV6;
  private final byte[] target;
  private final @Nullable InetAddress bind;
  private final byte[] request;
  private final int fd;
  private boolean closed;

  /**
   * Opens one.
   *
   * @param bind from which address; null: what the routes say
   */
  EchoSocket(
      InetAddress target, @Nullable InetAddress bind, int payloadBytes, RandomGenerator random)
      throws KernelException {
    isV6 = target instanceof Inet6Address;
    this.bind = bind;
    this.target = sockaddr(target);
    request = new byte[HEADER_BYTES + payloadBytes];
    random.nextBytes(request);
    Arrays.fill(request, 0, SEQUENCE, (byte) 0);
    request[0] = (byte) (isV6 ? ECHO_REQUEST_V6 : ECHO_REQUEST);
    fd = open(isV6);
  }

  /** A socket, if this process may have one. */
  static int open(boolean isV6) throws KernelException {
    return Sys.socket(
        isV6 ? Sys.AF_INET6 : Sys.AF_INET,
        Sys.SOCK_DGRAM | Sys.SOCK_NONBLOCK | Sys.SOCK_CLOEXEC,
        isV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
  }

  @Override
  public int fd() {
    return fd;
  }

  @Override
  public synchronized void send() throws KernelException {
    if (closed) {
      return;
    }
    // ICMP errors come back as errors of the socket, those that may pass as well.
    Sys.setsockopt(fd, isV6 ? SOL_IPV6 : SOL_IP, isV6 ? IPV6_RECVERR : IP_RECVERR, 1);
    if (bind != null) {
      Sys.bind(fd, sockaddr(bind));
    }
    Sys.connect(fd, target);
    Sys.send(fd, request);
  }

  @Override
  public synchronized boolean isAnswered() throws KernelException {
    byte[] reply = new byte[request.length + 1];
    byte[] from = new byte[SOCKADDR_BYTES_V6];
    while (!closed) {
      int length;
      try {
        length = Sys.recvfrom(fd, reply, from);
      } catch (KernelException e) {
        if (e.errno() == Errno.EAGAIN) {
          return false;
        }
        throw e;
      }
      if (isAnswer(reply, length, from)) {
        return true;
      }
    }
    return false;
  }

  /** The kernel has looked at the identifier alone. */
  private boolean isAnswer(byte[] reply, int length, byte[] from) {
    int address = isV6 ? ADDRESS_V6 : ADDRESS;
    int addressEnd = address + (isV6 ? 16 : 4);
    return length == request.length
        && reply[0] == (byte) (isV6 ? ECHO_REPLY_V6 : ECHO_REPLY)
        && reply[1] == 0
        && Arrays.equals(reply, SEQUENCE, length, request, SEQUENCE, length)
        && Arrays.equals(from, address, addressEnd, target, address, addressEnd);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Sys.close(fd);
    }
  }

  private static byte[] sockaddr(InetAddress address) {
    boolean isV6 = address instanceof Inet6Address;
    ByteBuffer sockaddr =
        ByteBuffer.allocate(isV6 ? SOCKADDR_BYTES_V6 : SOCKADDR_BYTES)
            .order(ByteOrder.nativeOrder())
            .putShort((short) (isV6 ? Sys.AF_INET6 : Sys.AF_INET));
    sockaddr.position(isV6 ? ADDRESS_V6 : ADDRESS).put(address.getAddress());
    if (address instanceof Inet6Address v6) {
      sockaddr.putInt(v6.getScopeId());
    }
    return sockaddr.array();
  }
}
