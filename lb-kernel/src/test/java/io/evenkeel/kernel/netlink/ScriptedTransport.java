package io.evenkeel.kernel.netlink;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;

/** A kernel that answers what the test says; time goes on by a second when it says nothing. */
final class ScriptedTransport implements NetlinkTransport {
  static final long SECOND = 1_000_000_000L;
  static final int ERRNO_AGAIN = 11;

  /** What was sent, each datagram's messages by their sequence numbers. */
  final List<List<Integer>> sent = new ArrayList<>();

  private final Deque<IntFunction<Object>> answers = new ArrayDeque<>();
  private int firstSequence;
  long nanos;
  int closed;

  /** The next datagram, made of the sequence number of the first message sent last. */
  ScriptedTransport datagram(IntFunction<byte[]> answer) {
    answers.add(answer::apply);
    return this;
  }

  /** The next call fails. */
  ScriptedTransport failure(int errno) {
    answers.add(sequence -> new KernelException("recvfrom", errno, "errno " + errno));
    return this;
  }

  /** A signal ends the next call after a second. */
  ScriptedTransport interruption() {
    answers.add(
        sequence -> {
          nanos += SECOND;
          return new KernelException("recvfrom", Errno.EINTR, "interrupted");
        });
    return this;
  }

  int waiting() {
    return answers.size();
  }

  static byte[] join(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  static byte[] message(int type, int flags, int sequence, byte... payload) {
    int length = 16 + payload.length;
    return ByteBuffer.allocate((length + 3) & ~3)
        .order(ByteOrder.nativeOrder())
        .putInt(length)
        .putShort((short) type)
        .putShort((short) flags)
        .putInt(sequence)
        .putInt(0)
        .put(payload)
        .array();
  }

  /** NLMSG_ERROR, capped. */
  static byte[] error(int sequence, int errno) {
    byte[] payload = new byte[20];
    ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).putInt(-errno);
    return message(2, 0x100, sequence, payload);
  }

  /** NLMSG_DONE. */
  static byte[] done(int sequence, int errno) {
    byte[] payload = new byte[4];
    ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).putInt(-errno);
    return message(3, 2, sequence, payload);
  }

  @Override
  public void send(ByteBuffer messages) {
    List<Integer> sequences = new ArrayList<>();
    ByteBuffer rest = messages.duplicate().order(ByteOrder.nativeOrder());
    while (rest.hasRemaining()) {
      sequences.add(NetlinkMessage.next(rest).sequence());
    }
    sent.add(sequences);
    firstSequence = sequences.get(0);
  }

  @Override
  public ByteBuffer receive(boolean isPatient) throws KernelException {
    IntFunction<Object> next = isPatient || answers.size() > 0 ? answers.poll() : null;
    if (next == null) {
      nanos += SECOND;
      throw new KernelException("recvfrom", ERRNO_AGAIN, "nothing");
    }
    Object answer = next.apply(firstSequence);
    if (answer instanceof KernelException e) {
      throw e;
    }
    return ByteBuffer.wrap((byte[]) answer).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    closed++;
  }
}
