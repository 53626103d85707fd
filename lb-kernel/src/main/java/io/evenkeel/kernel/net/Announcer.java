package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.AddressText;
import io.evenkeel.kernel.sys.Errno;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Tells the hosts of a link that this one has an address: by a gratuitous ARP request (RFC 5227, 3)
 * or an unsolicited neighbour advertisement (RFC 4861, 7.2.6), with the router flag if the device
 * forwards. An announcement is a few system calls and never waits. Thread-safe.
 */
public final class Announcer implements AutoCloseable {
  private final String device;
  private final PacketSocket socket;

  /** Null: there is no IPv6 on the device. */
  private final @Nullable RandomAccessFile forwarding;

  /** Written and read under this object's lock. */
  private boolean closed;

  private Announcer(String device, PacketSocket socket, @Nullable RandomAccessFile forwarding) {
    this.device = device;
    this.socket = socket;
    this.forwarding = forwarding;
  }

  /** Opens one in the calling thread's network namespace. */
  static Announcer open(String command, String device, int index) throws IOException {
    try {
      PacketSocket socket = PacketSocket.open(index, PacketSocket.NONE);
      try {
        socket.requireMac(command);
        return new Announcer(device, socket, SysctlFiles.open(Sysctl.IPV6_FORWARDING, device));
      } catch (IOException | RuntimeException | Error e) {
        socket.close();
        throw e;
      }
    } catch (KernelException e) {
      throw PacketSocket.inWords(command, e);
    }
  }

  /**
   * Announces an address once, with the Ethernet address that the device has now.
   *
   * @param address that the link's hosts are to send here
   * @throws IOException if it cannot be sent: the device is down (ENETDOWN) or gone (ENXIO), there
   *     is no room in its queue (ENOBUFS, EAGAIN), or this is closed (EBADF)
   */
  public void announce(InetAddress address) throws IOException {
    announce(address, null);
  }

  /**
   * Announces an address once.
   *
   * @param address that the link's hosts are to send there
   * @param mac where they are to send it; the frame comes from it; null: that of the device now
   * @throws IOException as {@link #announce(InetAddress)} says
   */
  public synchronized void announce(InetAddress address, @Nullable MacAddress mac)
      throws IOException {
    String command = command(address, device);
    if (closed) {
      throw new KernelException(command, Errno.EBADF, "closed");
    }
    try {
      MacAddress own = mac == null ? socket.requireMac(command) : mac;
      socket.send(NeighbourFrames.announcement(address, own, Names.isV6(address) && isRouter()));
    } catch (KernelException e) {
      throw PacketSocket.inWords(command, e);
    }
  }

  static String command(InetAddress address, String device) {
    return "announcement of " + AddressText.of(address) + " on " + device;
  }

  private boolean isRouter() throws IOException {
    if (forwarding == null) {
      return false;
    }
    forwarding.seek(0);
    return forwarding.read() != '0';
  }

  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      socket.close();
      if (forwarding != null) {
        forwarding.close();
      }
    }
  }
}
