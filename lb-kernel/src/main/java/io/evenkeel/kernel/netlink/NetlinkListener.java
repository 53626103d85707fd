package io.evenkeel.kernel.netlink;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel tells a group of listeners (netlink(7)), over a socket of its own. One thread
 * receives; any may close.
 */
public final class NetlinkListener implements AutoCloseable {
  private static final int NOOP = 1;

  private final NetlinkTransport transport;
  private final Object receiving = new Object();

  /** Written by who closes, read by who receives. */
  private volatile boolean closed;

  /**
   * Over a transport of one's own.
   *
   * @param transport that waits without end; closed with this
   */
  public NetlinkListener(NetlinkTransport transport) {
    this.transport = transport;
  }

  /**
   * Opens a socket in the calling thread's network namespace.
   *
   * @param protocol {@link Netlink#ROUTE} or {@link Netlink#GENERIC}
   * @param groups their numbers, RTNLGRP_* and the like
   * @return to be closed
   * @throws KernelException if there is no such socket to be had, or no such group
   */
  public static NetlinkListener open(int protocol, int... groups) throws KernelException {
    return new NetlinkListener(new NetlinkSocket(protocol, Duration.ZERO, groups));
  }

  /**
   * One message.
   *
   * @param type of the message
   * @param payload what follows its header, in the machine's byte order; a view that the next call
   *     overwrites
   */
  public record Notice(int type, ByteBuffer payload) {}

  /**
   * Waits for what the kernel tells next.
   *
   * @return one message or more; none: closed
   * @throws KernelException ENOBUFS: some were lost, and will be until {@link #drain}
   * @throws MalformedException if a length is not that of a message
   */
  public List<Notice> receive() throws KernelException {
    synchronized (receiving) {
      List<Notice> notices = new ArrayList<>();
      while (!closed && notices.isEmpty()) {
        ByteBuffer datagram = next();
        while (datagram.hasRemaining()) {
          NetlinkMessage message = NetlinkMessage.next(datagram);
          if (message.type() != NetlinkMessage.ERROR) {
            notices.add(new Notice(message.type(), message.payload()));
          }
        }
      }
      return notices;
    }
  }

  private ByteBuffer next() throws KernelException {
    while (true) {
      try {
        return transport.receive(true);
      } catch (KernelException e) {
        if (e.errno() != Errno.EINTR) {
          throw e;
        }
      }
    }
  }

  /**
   * Forgets what has been told. After a loss: what waits is older than what was lost, and as long
   * as something waits the kernel tells nothing more.
   *
   * @throws KernelException if the socket fails
   */
  public void drain() throws KernelException {
    synchronized (receiving) {
      while (!closed) {
        try {
          transport.receive(false);
        } catch (KernelException e) {
          if (e.errno() == Errno.EAGAIN) {
            return;
          }
          if (e.errno() != Errno.ENOBUFS && e.errno() != Errno.EMSGSIZE) {
            throw e;
          }
        }
      }
    }
  }

  /** Ends the waiting, too. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    // Closing a descriptor does not wake who waits on it; the kernel's acknowledgement does.
    MessageWriter nothing = new MessageWriter();
    nothing.end(nothing.begin(NOOP, Request.REQUEST | Request.ACK, 0));
    try {
      transport.send(nothing.written());
    } catch (KernelException e) {
      // No room for an acknowledgement: then enough is there to be received.
    }
    synchronized (receiving) {
      transport.close();
    }
  }
}
