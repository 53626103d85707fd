package io.evenkeel.kernel.ipvs;

import io.evenkeel.kernel.netlink.Netlink;
import io.evenkeel.kernel.netlink.NetlinkTransport;
import io.evenkeel.kernel.netlink.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;

/** A kernel that takes everything, and what it was sent. */
final class Recorder implements NetlinkTransport {
  private byte[] sent = {};

  /** What a request says, behind the netlink header. */
  static byte[] payload(Request request) throws IOException {
    Recorder recorder = new Recorder();
    new Netlink(recorder, Duration.ofSeconds(1), () -> 0).execute(request);
    int length = recorder.length();
    return Arrays.copyOfRange(recorder.sent, 16, length);
  }

  private int length() {
    return ByteBuffer.wrap(sent).order(ByteOrder.nativeOrder()).getInt(0);
  }

  @Override
  public void send(ByteBuffer messages) {
    sent = new byte[messages.remaining()];
    messages.duplicate().get(sent);
  }

  /** The acknowledgement of the last message. */
  @Override
  public ByteBuffer receive(boolean isPatient) {
    ByteBuffer answer = ByteBuffer.allocate(36).order(ByteOrder.nativeOrder());
    answer.putInt(0, 36).putShort(4, (short) 2).putShort(6, (short) 0x100).putInt(8, 2);
    return answer;
  }

  @Override
  public void close() {}
}
