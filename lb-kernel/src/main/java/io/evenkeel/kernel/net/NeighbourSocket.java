package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Asks once who has an address, and hears who answers. Thread-safe. */
final class NeighbourSocket implements ReplyReader.Asking {
  private final PacketSocket socket;
  private final InetAddress target;
  private final byte[] question;
  private final byte[] frame = new byte[NeighbourFrames.ANSWER_BYTES];
  private boolean closed;

  private NeighbourSocket(PacketSocket socket, InetAddress target, byte[] question) {
    this.socket = socket;
    this.target = target;
    this.question = question;
  }

  /**
   * Opens one, in the calling thread's network namespace.
   *
   * @param command what is tried
   * @param index the device's
   * @param source of the target's family
   */
  static NeighbourSocket open(String command, int index, InetAddress target, InetAddress source)
      throws IOException {
    boolean isV6 = Names.isV6(target);
    try {
      PacketSocket socket =
          PacketSocket.open(
              index, isV6 ? NeighbourFrames.ETHERTYPE_IPV6 : NeighbourFrames.ETHERTYPE_ARP);
      try {
        if (isV6) {
          Sys.attachFilter(socket.fd(), PacketFilter.advertisements());
        }
        byte[] question = NeighbourFrames.question(target, source, socket.requireMac(command));
        return new NeighbourSocket(socket, target, question);
      } catch (IOException | RuntimeException | Error e) {
        socket.close();
        throw e;
      }
    } catch (KernelException e) {
      throw PacketSocket.inWords(command, e);
    }
  }

  /**
   * Who may ask: of IPv4 rather an address of the target's network, of IPv6 rather a link-local
   * one.
   *
   * @param index the device's
   * @param addresses all
   */
  static InetAddress source(
      String command, InetAddress target, int index, List<AddressMessages.Found> addresses)
      throws IOException {
    boolean isV6 = Names.isV6(target);
    List<AddressMessages.Found> own =
        addresses.stream()
            .filter(each -> each.index() == index && each.isSource())
            .filter(each -> Names.isV6(each.address()) == isV6)
            .toList();
    for (AddressMessages.Found each : own) {
      if (isV6
          ? each.address().isLinkLocalAddress()
          : Names.isInside(target, each.address(), each.prefix())) {
        return each.address();
      }
    }
    if (!own.isEmpty()) {
      return own.get(0).address();
    }
    if (isV6) {
      throw new IOException(command + ": no source (expected: an IPv6 address on the device)");
    }
    return Names.address(new byte[Names.BITS_V4 / Byte.SIZE]);
  }

  @Override
  public int fd() {
    return socket.fd();
  }

  @Override
  public synchronized void send() throws KernelException {
    if (!closed) {
      socket.send(question);
    }
  }

  @Override
  public synchronized boolean isAnswered() throws KernelException {
    byte[] from = new byte[PacketSocket.SOCKADDR_BYTES];
    while (!closed) {
      int length;
      try {
        length = Sys.recvfrom(socket.fd(), frame, from);
      } catch (KernelException e) {
        if (e.errno() == Errno.EAGAIN) {
          return false;
        }
        throw e;
      }
      if (NeighbourFrames.isAnswer(frame, length, target)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      socket.close();
    }
  }
}
