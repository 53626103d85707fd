package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsDaemon;
import io.evenkeel.kernel.ipvs.SyncCodec;
import io.evenkeel.kernel.ipvs.SyncedConnection;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells the kernel of templates as another director would: by messages to its own backup daemon,
 * which is started for that if none runs. On the loopback device no other host hears them.
 */
final class TemplateInjection implements AutoCloseable {
  private static final IpvsDaemon OWN = IpvsDaemon.of(IpvsDaemon.Role.BACKUP, "lo", 0);
  private static final String GROUP = "224.0.0.81";
  private static final int PORT = 8848;

  /** That of Ethernet less the headers of IP and UDP. */
  private static final int MAX_LENGTH = 1472;

  private static final Path SOCKETS = Path.of("/proc/thread-self/net/udp");
  private static final int QUEUES = 4;
  private static final String NOTHING = ":00000000";
  private static final int MOST_WAITING = 16;
  private static final int MOST_LOOKS = 3000;

  private final Ipvs ipvs;
  private final IpvsDaemon daemon;
  private final boolean isOwn;

  TemplateInjection(Ipvs ipvs) throws IOException {
    this.ipvs = ipvs;
    Optional<IpvsDaemon> running =
        ipvs.daemons().stream().filter(d -> d.role() == IpvsDaemon.Role.BACKUP).findFirst();
    isOwn = running.isEmpty();
    daemon = running.orElse(OWN);
    if (isOwn) {
      ipvs.start(OWN);
    }
  }

  void send(List<SyncedConnection> templates) throws IOException {
    InetAddress group = daemon.group() == null ? InetAddress.getByName(GROUP) : daemon.group();
    int port = daemon.port() == 0 ? PORT : daemon.port();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setOption(
          StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName(daemon.device()));
      // The daemon is on this host.
      socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
      int length = daemon.maxLength() == 0 ? MAX_LENGTH : Math.min(daemon.maxLength(), MAX_LENGTH);
      int waiting = 0;
      for (byte[] message : SyncCodec.messages(daemon.syncId(), length, templates)) {
        socket.send(new DatagramPacket(message, message.length, group, port));
        if (++waiting == MOST_WAITING) {
          awaitRead(port);
          waiting = 0;
        }
      }
    }
  }

  /** Until nothing waits in the daemon's socket: what has no room there is lost. */
  private static void awaitRead(int port) throws IOException {
    String local = String.format(Locale.ROOT, ":%04X ", port);
    for (int i = 0; i < MOST_LOOKS; i++) {
      boolean isRead =
          Files.readAllLines(SOCKETS).stream()
              .filter(line -> line.contains(local))
              .allMatch(line -> line.strip().split(" +", -1)[QUEUES].endsWith(NOTHING));
      if (isRead) {
        return;
      }
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (isOwn) {
      ipvs.stop(IpvsDaemon.Role.BACKUP);
    }
  }
}
