package io.evenkeel.kernel.netlink;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * A netlink socket (netlink(7)). It belongs to the network namespace of the thread that opened it,
 * whichever thread uses it.
 */
final class NetlinkSocket implements NetlinkTransport {
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOCKADDR_BYTES = 12;
  private static final int PORT_ID = 4;

  /** Of answers that wait: one for each of a batch that is refused. */
  private static final int WAITING_BYTES = 1 << 20;

  /** The kernel puts 32 KiB of a dump into a datagram where there is room for so much. */
  private static final int DATAGRAM_BYTES = 1 << 16;

  private final int fd;
  private final ByteBuffer datagram =
      ByteBuffer.allocateDirect(DATAGRAM_BYTES).order(ByteOrder.nativeOrder());
  private final byte[] sender = new byte[SOCKADDR_BYTES];
  private boolean closed;

  NetlinkSocket(int protocol, Duration timeout, int[] groups) throws KernelException {
    fd = Sys.socket(Sys.AF_NETLINK, Sys.SOCK_RAW | Sys.SOCK_CLOEXEC, protocol);
    try {
      byte[] address = new byte[SOCKADDR_BYTES];
      ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).putShort((short) Sys.AF_NETLINK);
      Sys.bind(fd, address);
      Sys.setTimeout(fd, SOL_SOCKET, SO_RCVTIMEO, timeout);
      Sys.setTimeout(fd, SOL_SOCKET, SO_SNDTIMEO, timeout);
      Sys.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
      Sys.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
      try {
        Sys.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, WAITING_BYTES);
      } catch (KernelException e) {
        // Without CAP_NET_ADMIN: as much as net.core.rmem_max allows.
        Sys.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, WAITING_BYTES);
      }
      for (int group : groups) {
        Sys.setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
      }
    } catch (KernelException | RuntimeException e) {
      Sys.close(fd);
      throw e;
    }
  }

  @Override
  public void send(ByteBuffer messages) throws KernelException {
    Sys.send(fd, messages);
  }

  @Override
  public ByteBuffer receive(boolean isPatient) throws KernelException {
    while (true) {
      int length = Sys.recvfrom(fd, datagram.clear(), sender, isPatient);
      if (length > DATAGRAM_BYTES) {
        throw new KernelException(
            "recvfrom",
            Errno.EMSGSIZE,
            length + " bytes (expected: at most " + DATAGRAM_BYTES + ")");
      }
      boolean isKernels =
          ByteBuffer.wrap(sender).order(ByteOrder.nativeOrder()).getInt(PORT_ID) == 0;
      if (isKernels) {
        return datagram.limit(length);
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Sys.close(fd);
    }
  }
}
