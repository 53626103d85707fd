package io.evenkeel.kernel.net;

import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.NetlinkTransport;
import io.evenkeel.kernel.netlink.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HexFormat;

/** A kernel that acknowledges what it gets. */
final class Captured implements NetlinkTransport {
  private byte[] sent = new byte[0];

  /** What is sent of a request, without the header, in hexadecimal; on a little-endian machine. */
  static String bytes(Request request) throws IOException {
    byte[] sent = sent(request);
    return HexFormat.of().formatHex(sent, 16, length(sent));
  }

  /** Type and flags of a request. */
  static String header(Request request) throws IOException {
    return HexFormat.of().formatHex(sent(request), 4, 8);
  }

  private static byte[] sent(Request request) throws IOException {
    Captured kernel = new Captured();
    try (Netlink netlink = new Netlink(kernel, Duration.ofSeconds(1), System::nanoTime)) {
      netlink.execute(request);
    }
    return kernel.sent;
  }

  /** Of the first message: behind it comes the one that is acknowledged. */
  private static int length(byte[] sent) {
    return ByteBuffer.wrap(sent).order(ByteOrder.nativeOrder()).getInt(0);
  }

  static ByteBuffer message(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")))
        .order(ByteOrder.nativeOrder());
  }

  @Override
  public void send(ByteBuffer messages) {
    sent = new byte[messages.remaining()];
    messages.get(sent);
  }

  @Override
  public ByteBuffer receive(boolean isPatient) {
    ByteBuffer answer = ByteBuffer.allocate(36).order(ByteOrder.nativeOrder());
    int sequence = ByteBuffer.wrap(sent).order(ByteOrder.nativeOrder()).getInt(sent.length - 8);
    answer.putInt(36).putShort((short) 2).putShort((short) 0).putInt(sequence).putInt(0);
    return answer.putInt(0).put(sent, 0, 16).flip();
  }

  @Override
  public void close() {}
}
