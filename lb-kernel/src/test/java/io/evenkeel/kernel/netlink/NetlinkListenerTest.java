package io.evenkeel.kernel.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.kernel.KernelException;
import io.evenkeel.kernel.sys.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetlinkListenerTest {
  private static final int NOTICE = 16;
  private static final int OTHER = 20;

  private final Script kernel = new Script();
  private final NetlinkListener listener = new NetlinkListener(kernel);

  @Test
  void receive_severalInADatagram_areAllTold() throws Exception {
    kernel.answers.add(datagram(NOTICE, OTHER));

    List<NetlinkListener.Notice> notices = listener.receive();

    assertEquals(
        List.of(NOTICE, OTHER), notices.stream().map(NetlinkListener.Notice::type).toList());
    assertEquals(NOTICE, notices.get(0).payload().getInt(0));
    assertEquals(OTHER, notices.get(1).payload().getInt(0));
  }

  @Test
  void receive_acknowledgement_isPassedOver() throws Exception {
    kernel.answers.add(datagram(NetlinkMessage.ERROR));
    kernel.answers.add(datagram(NOTICE));

    assertEquals(NOTICE, listener.receive().get(0).type());
  }

  @Test
  void receive_signalWhileItWaits_goesOn() throws Exception {
    kernel.answers.add(Errno.EINTR);
    kernel.answers.add(datagram(NOTICE));

    assertEquals(NOTICE, listener.receive().get(0).type());
  }

  @Test
  void receive_lost_saysSo() {
    kernel.answers.add(Errno.ENOBUFS);

    assertEquals(Errno.ENOBUFS, assertThrows(KernelException.class, listener::receive).errno());
  }

  @Test
  void receive_lengthWrong_isMalformed() {
    ByteBuffer datagram = datagram(NOTICE);
    datagram.putInt(0, 21);
    kernel.answers.add(datagram);

    assertThrows(MalformedException.class, listener::receive);
  }

  @Test
  void drain_until_nothingIsLeft() throws Exception {
    kernel.answers.add(datagram(NOTICE));
    kernel.answers.add(Errno.ENOBUFS);
    kernel.answers.add(datagram(NOTICE));
    kernel.answers.add(Errno.EAGAIN);
    kernel.answers.add(datagram(OTHER));

    listener.drain();

    assertEquals(OTHER, listener.receive().get(0).type());
  }

  @Test
  void drain_socketFails_throws() {
    kernel.answers.add(Errno.EBADF);

    assertEquals(Errno.EBADF, assertThrows(KernelException.class, listener::drain).errno());
  }

  @Test
  void close_twice_asksForAnAcknowledgementAndEndsReceiving() throws Exception {
    listener.close();
    listener.close();

    // NLMSG_NOOP with NLM_F_REQUEST and NLM_F_ACK.
    assertEquals(List.of(1 | 5 << 16), List.copyOf(kernel.sent));
    assertEquals(1, kernel.closed);
    kernel.answers.add(datagram(NOTICE));
    assertTrue(listener.receive().isEmpty());
  }

  private static ByteBuffer datagram(int... types) {
    ByteBuffer datagram = ByteBuffer.allocate(20 * types.length).order(ByteOrder.nativeOrder());
    for (int type : types) {
      datagram.putInt(20).putShort((short) type).putShort((short) 0).putInt(0).putInt(0);
      datagram.putInt(type);
    }
    return datagram.flip();
  }

  /** Answers with datagrams and errors in a row. */
  private static final class Script implements NetlinkTransport {
    final Deque<Object> answers = new ArrayDeque<>();
    final Deque<Integer> sent = new ArrayDeque<>();
    int closed;

    @Override
    public void send(ByteBuffer messages) {
      sent.add(messages.getInt(messages.position() + 4));
    }

    @Override
    public ByteBuffer receive(boolean isPatient) throws KernelException {
      Object answer = answers.remove();
      if (answer instanceof Integer errno) {
        throw new KernelException("recvfrom", errno, "scripted");
      }
      return (ByteBuffer) answer;
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
