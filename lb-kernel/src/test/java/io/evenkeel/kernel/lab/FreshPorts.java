package io.evenkeel.kernel.lab;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sockets of which none has the port of one before: the kernel's connections outlive them, and what
 * comes from the same port begins no new one. A director that sees the client's side alone keeps
 * even a closed one of TCP for minutes. Used by one thread at a time.
 */
public final class FreshPorts {
  private static final int ATTEMPTS = 1000;

  private final Set<InetSocketAddress> usedByTcp = new HashSet<>();
  private final Set<InetSocketAddress> usedByUdp = new HashSet<>();

  /**
   * Binds one of UDP.
   *
   * @param address null: any
   */
  public DatagramSocket bind(@Nullable InetAddress address) throws SocketException {
    for (int i = 0; i < ATTEMPTS; i++) {
      DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0));
      if (usedByUdp.add(new InetSocketAddress(address, socket.getLocalPort()))) {
        return socket;
      }
      socket.close();
    }
    throw allUsed(address);
  }

  /**
   * Binds one of TCP, which is not connected yet.
   *
   * @param address null: any
   */
  Socket bindTcp(@Nullable InetAddress address) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      Socket socket = new Socket();
      socket.bind(new InetSocketAddress(address, 0));
      if (usedByTcp.add(new InetSocketAddress(address, socket.getLocalPort()))) {
        return socket;
      }
      socket.close();
    }
    throw allUsed(address);
  }

  private static SocketException allUsed(@Nullable InetAddress address) {
    return new SocketException("all ports of " + address + " were used");
  }
}
