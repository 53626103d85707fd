package io.evenkeel.lab;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** A client's end of one connection, or of one exchange of datagrams. */
final class LabClient implements Closeable {
  private static final int MILLIS = 10_000;

  /**
   * A first SYN that is refused at once finds the IPv6 socket locked, and it is the second one, a
   * second later, that is told.
   */
  private static final int REFUSED_MILLIS = 5;

  private final @Nullable Socket socket;
  private final @Nullable DatagramSocket datagrams;

  private LabClient(@Nullable Socket socket, @Nullable DatagramSocket datagrams) {
    this.socket = socket;
    this.datagrams = datagrams;
  }

  /** A client that has an address and a port; null if another one has them. */
  static @Nullable LabClient at(InetAddress address, int port, boolean udp) throws IOException {
    InetSocketAddress from = new InetSocketAddress(address, port);
    try {
      if (udp) {
        return new LabClient(null, new DatagramSocket(from));
      }
    } catch (BindException e) {
      return null;
    }
    Socket socket = new Socket();
    try {
      socket.bind(from);
    } catch (BindException e) {
      socket.close();
      return null;
    }
    return new LabClient(socket, null);
  }

  /**
   * Who answers at an address.
   *
   * @param nobody whether that is what is expected: it is not waited for long. The caller compares
   *     the numbers of connections afterwards
   * @return the server's own address, or null if nobody does
   */
  @Nullable String ask(InetSocketAddress to, boolean nobody) throws IOException {
    try {
      return InetAddress.getByAddress(answer(to, nobody ? REFUSED_MILLIS : MILLIS))
          .getHostAddress();
    } catch (ConnectException | PortUnreachableException e) {
      return null;
    } catch (SocketTimeoutException e) {
      if (nobody) {
        return null;
      }
      throw e;
    }
  }

  private byte[] answer(InetSocketAddress to, int millis) throws IOException {
    int length = to.getAddress().getAddress().length;
    if (socket != null) {
      socket.setSoLinger(true, 0);
      socket.connect(to, millis);
      return socket.getInputStream().readNBytes(length);
    }
    if (datagrams == null) {
      throw new IllegalStateException("neither TCP nor UDP");
    }
    datagrams.connect(to);
    datagrams.setSoTimeout(millis);
    datagrams.send(new DatagramPacket(new byte[1], 1));
    byte[] answer = new byte[length];
    datagrams.receive(new DatagramPacket(answer, length));
    return answer;
  }

  /** Ends a connection with a reset. */
  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
    if (datagrams != null) {
      datagrams.close();
    }
  }
}
