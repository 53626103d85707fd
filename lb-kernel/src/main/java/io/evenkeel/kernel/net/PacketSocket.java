package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Frames of a device as they are (packet(7)). It never waits. Not thread-safe. */
final class PacketSocket implements AutoCloseable {
  /** Receives nothing. */
  static final int NONE = 0;

  static final int SOCKADDR_BYTES = 20;
  private static final int PROTOCOL = 2;
  private static final int INDEX = 4;
  private static final int HARDWARE = 8;
  private static final int ADDRESS = 12;
  private static final int ETHERNET = 1;

  private final int fd;

  private PacketSocket(int fd) {
    this.fd = fd;
  }

  /**
   * Opens one, in the calling thread's network namespace.
   *
   * @param index the device's
   * @param etherType of the frames that it receives, or {@link #NONE}
   * @throws KernelException if there is no such device, or it may not
   */
  static PacketSocket open(int index, int etherType) throws KernelException {
    // What comes before it is bound, of any device, it shall not hear.
    int fd = Sys.socket(Sys.AF_PACKET, Sys.SOCK_RAW | Sys.SOCK_NONBLOCK | Sys.SOCK_CLOEXEC, NONE);
    try {
      byte[] address = new byte[SOCKADDR_BYTES];
      ByteBuffer.wrap(address)
          .order(ByteOrder.nativeOrder())
          .putShort(0, (short) Sys.AF_PACKET)
          .putInt(INDEX, index);
      ByteBuffer.wrap(address).putShort(PROTOCOL, (short) etherType);
      Sys.bind(fd, address);
      return new PacketSocket(fd);
    } catch (KernelException | RuntimeException | Error e) {
      Sys.close(fd);
      throw e;
    }
  }

  /** An error of a socket with what was tried, and what is missing if it may not be opened. */
  static IOException inWords(String command, KernelException e) {
    boolean isDenied = e.command().equals("socket") && e.errno() == Errno.EPERM;
    return new IOException(
        command + ": " + e.getMessage() + (isDenied ? " (expected: CAP_NET_RAW)" : ""), e);
  }

  int fd() {
    return fd;
  }

  /**
   * The device's address as it is now.
   *
   * @param command what is tried
   * @throws IOException if it is no Ethernet device, or gone
   */
  MacAddress requireMac(String command) throws IOException {
    byte[] address = new byte[SOCKADDR_BYTES];
    Sys.getsockname(fd, address);
    int hardware = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).getShort(HARDWARE);
    if (hardware != ETHERNET) {
      throw new IOException(command + ": no Ethernet address (expected: an Ethernet device)");
    }
    return MacAddress.of(Arrays.copyOfRange(address, ADDRESS, ADDRESS + MacAddress.BYTES));
  }

  void send(byte[] frame) throws KernelException {
    Sys.send(fd, frame);
  }

  @Override
  public void close() {
    Sys.close(fd);
  }
}
