package io.evenkeel.kernel.net;

import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.NetlinkTransport;
import io.evenkeel.kernel.netlink.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HexFormat;

/** A kernel that acknowledges the last message of what it gets. */
final class Captured implements NetlinkTransport {
  private byte[] sent = new byte[0];

  /** What is sent of a request, without the header, in hexadecimal; on a little-endian machine. */
  static String bytes(Request request) throws IOException {
    Captured kernel = new Captured();
    try (Netlink netlink = new Netlink(kernel, Duration.ofSeconds(1), () -> 0)) {
      netlink.execute(request);
    }
    return HexFormat.of().formatHex(kernel.sent, 16, kernel.headers().getInt(0));
  }

  /** Type and flags of a request. */
  static String header(Request request) throws IOException {
    Captured kernel = new Captured();
    try (Netlink netlink = new Netlink(kernel, Duration.ofSeconds(1), () -> 0)) {
      netlink.execute(request);
    }
    return HexFormat.of().formatHex(kernel.sent, 4, 8);
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
    ByteBuffer all = headers();
    int last = 0;
    for (int next = 0; next < sent.length; next += all.getInt(next)) {
      last = next;
    }
    ByteBuffer answer = ByteBuffer.allocate(36).order(ByteOrder.nativeOrder());
    answer.putInt(36).putShort((short) 2).putShort((short) 0).putInt(all.getInt(last + 8));
    return answer.putInt(0).putInt(0).put(sent, last, 16).flip();
  }

  private ByteBuffer headers() {
    return ByteBuffer.wrap(sent).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {}
}
