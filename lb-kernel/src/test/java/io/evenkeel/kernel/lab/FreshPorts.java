package io.evenkeel.kernel.lab;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sockets of which none has the port of one before: the kernel's connections outlive them, and a
 * datagram from the same port would begin no new one. Used by one thread at a time.
 */
public final class FreshPorts {
  private static final int ATTEMPTS = 1000;

  private final Set<InetSocketAddress> used = new HashSet<>();

  /**
   * Binds one.
   *
   * @param address null: any
   */
  public DatagramSocket bind(@Nullable InetAddress address) throws SocketException {
    for (int i = 0; i < ATTEMPTS; i++) {
      DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0));
      if (used.add(new InetSocketAddress(address, socket.getLocalPort()))) {
        return socket;
      }
      socket.close();
    }
    throw new SocketException("all ports of " + address + " were used");
  }
}
