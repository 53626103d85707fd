package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import io.evenkeel.kernel.sys.Sys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames as they are (packet(7)). */
final class PacketSocket {
  private static final int SOCKADDR_BYTES = 20;
  private static final int INDEX = 4;

  private PacketSocket() {}

  /**
   * Sends a frame, from the calling thread's network namespace.
   *
   * @param command what is tried
   * @param index the device's
   */
  static void send(String command, int index, byte[] frame) throws IOException {
    try {
      // Of protocol 0: it receives nothing.
      int fd = Sys.socket(Sys.AF_PACKET, Sys.SOCK_RAW | Sys.SOCK_CLOEXEC, 0);
      try {
        ByteBuffer address =
            ByteBuffer.allocate(SOCKADDR_BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) Sys.AF_PACKET)
                .putInt(INDEX, index);
        Sys.bind(fd, address.array());
        Sys.send(fd, frame);
      } finally {
        Sys.close(fd);
      }
    } catch (KernelException e) {
      boolean isDenied = e.command().equals("socket") && e.errno() == Errno.EPERM;
      throw new IOException(
          command + ": " + e.getMessage() + (isDenied ? " (expected: CAP_NET_RAW)" : ""), e);
    }
  }
}
