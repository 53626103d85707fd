package io.evenkeel.kernel.net;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.netlink.NetlinkTransport;
import io.evenkeel.kernel.sys.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A kernel with one link, of number 3, that refuses what the test says. */
final class FakeKernel implements NetlinkTransport {
  static final int NEW_LINK = 16;
  static final int DELETE_LINK = 17;
  static final int GET_LINK = 18;
  static final int NEW_ADDRESS = 20;
  static final int DELETE_ADDRESS = 21;

  private static final int NOOP = 1;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int DUMP = 0x300;

  /** Errno by the type of a request; once each. */
  final Map<Integer, Integer> refused = new HashMap<>();

  /** The types of what was sent. */
  final List<Integer> asked = new ArrayList<>();

  private final String link;
  private final Deque<byte[]> answers = new ArrayDeque<>();

  FakeKernel(String link) {
    this.link = link;
  }

  @Override
  public void send(ByteBuffer messages) {
    ByteBuffer all = messages.duplicate().order(ByteOrder.nativeOrder());
    while (all.hasRemaining()) {
      int start = all.position();
      int type = all.getShort(start + 4);
      boolean isDump = (all.getShort(start + 6) & DUMP) == DUMP;
      int sequence = all.getInt(start + 8);
      all.position(start + ((all.getInt(start) + 3) & ~3));
      asked.add(type);
      Integer errno = refused.remove(type);
      if (errno != null) {
        answers.add(message(ERROR, sequence, error(errno)));
        continue;
      }
      if (type == GET_LINK) {
        answers.add(message(NEW_LINK, sequence, link()));
      }
      if (isDump) {
        answers.add(message(DONE, sequence, new byte[4]));
      } else if (type == GET_LINK || type == NOOP) {
        answers.add(message(ERROR, sequence, error(0)));
      }
    }
  }

  @Override
  public ByteBuffer receive(boolean isPatient) throws KernelException {
    byte[] answer = answers.poll();
    if (answer == null) {
      throw new KernelException("recvfrom", Errno.EAGAIN, "nothing");
    }
    return ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    // Nothing to be closed.
  }

  /** struct ifinfomsg, IFLA_IFNAME, IFLA_MTU. */
  private byte[] link() {
    byte[] name = link.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    message.putInt(0).putInt(3).putInt(1).putInt(0);
    message.putShort((short) 8).putShort((short) 4).putInt(1500);
    message.putShort((short) (4 + name.length + 1)).putShort((short) 3).put(name).put((byte) 0);
    return Arrays.copyOf(message.array(), (message.position() + 3) & ~3);
  }

  private static byte[] error(int errno) {
    ByteBuffer payload = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    return payload.putInt(-errno).array();
  }

  static byte[] message(int type, int sequence, byte[] payload) {
    int length = 16 + payload.length;
    return ByteBuffer.allocate((length + 3) & ~3)
        .order(ByteOrder.nativeOrder())
        .putInt(length)
        .putShort((short) type)
        .putShort((short) (type == ERROR ? 0x100 : 0))
        .putInt(sequence)
        .putInt(0)
        .put(payload)
        .array();
  }
}
