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
import java.util.List;
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
      for (byte[] message : SyncCodec.messages(daemon.syncId(), MAX_LENGTH, templates)) {
        socket.send(new DatagramPacket(message, message.length, group, port));
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
