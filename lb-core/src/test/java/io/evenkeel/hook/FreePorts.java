package io.evenkeel.hook;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface for servers that bind them later, or never. They are not among
 * those that the kernel gives to clients, one of which could take a port in between.
 */
public final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

  private FreePorts() {}

  /** One that nobody has at the moment, over TCP and UDP, and that is never handed out again. */
  public static int next() throws IOException {
    IOException last = null;
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (TAKEN.add(port)) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket tcp = new ServerSocket(port, 1, loopback);
            DatagramSocket udp = new DatagramSocket(port, loopback)) {
          Objects.requireNonNull(tcp);
          Objects.requireNonNull(udp);
          return port;
        } catch (IOException e) {
          last = e;
        }
      }
    }
    throw new IOException("no free port", last);
  }
}
