package io.evenkeel.kernel.sys;

import io.evenkeel.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One message of a socket with all that belongs to it: who sent it or shall have it, what the
 * kernel tells of it (cmsg(3)), and its bytes. It is used again for the next one. Not thread-safe.
 */
public final class MessageBuffer {
  // struct msghdr of 64 bits, struct iovec behind it, and what they point at.
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 8;
  private static final int IOVEC = 16;
  private static final int IOVEC_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;
  private static final int IOVEC_AT = 56;
  private static final int NAME_AT = 72;
  private static final int NAME_BYTES = 32;
  private static final int CONTROL_AT = NAME_AT + NAME_BYTES;
  private static final int CONTROL_BYTES = 128;
  private static final int DATA_AT = CONTROL_AT + CONTROL_BYTES;

  private final ByteBuffer all;
  private final int most;

  /**
   * Makes one.
   *
   * @param most bytes of a message, over 0
   */
  public MessageBuffer(int most) {
    this.most = most;
    all = ByteBuffer.allocateDirect(DATA_AT + most).order(ByteOrder.nativeOrder());
    long start = Sys.addressOf(all);
    all.putLong(NAME, start + NAME_AT)
        .putLong(IOVEC, start + IOVEC_AT)
        .putLong(IOVEC_COUNT, 1)
        .putLong(CONTROL, start + CONTROL_AT)
        .putLong(IOVEC_AT, start + DATA_AT);
  }

  /**
   * Receives one; see recvmsg(2).
   *
   * @param fd descriptor, of a socket that never waits
   * @return its bytes, at most as many as there is room for; -1: there is none
   * @throws KernelException if an error was told of
   */
  public int receive(int fd) throws KernelException {
    set(NAME_BYTES, CONTROL_BYTES, most);
    return (int) Sys.ifAny("recvmsg", () -> Sys.libc().recvmsg(fd, all, 0));
  }

  /**
   * Sends one; see sendmsg(2).
   *
   * @param fd descriptor
   * @param to a sockaddr
   * @param control cmsghdrs with what belongs to them; empty: none
   * @param data its bytes, at most as many as there is room for
   * @throws KernelException if it cannot
   */
  public void send(int fd, byte[] to, byte[] control, byte[] data) throws KernelException {
    if (data.length > most) {
      throw new KernelException("sendmsg", Errno.EMSGSIZE, data.length + " bytes, over " + most);
    }
    set(to.length, control.length, data.length);
    all.put(NAME_AT, to).put(CONTROL_AT, control).put(DATA_AT, data);
    Sys.check("sendmsg", () -> Sys.libc().sendmsg(fd, all, 0));
  }

  private void set(int nameBytes, int controlBytes, int dataBytes) {
    all.putInt(NAME_LENGTH, nameBytes)
        .putLong(CONTROL_LENGTH, controlBytes)
        .putInt(FLAGS, 0)
        .putLong(IOVEC_AT + Long.BYTES, dataBytes);
  }

  /**
   * Of who sent what was received last.
   *
   * @param from where in the sockaddr
   * @param length how many bytes
   * @return they
   */
  public byte[] name(int from, int length) {
    return bytes(NAME_AT + from, length);
  }

  /**
   * What the kernel told of what was received last.
   *
   * @return cmsghdrs with what belongs to them, in the machine's byte order
   */
  public ByteBuffer control() {
    int length = (int) Math.min(all.getLong(CONTROL_LENGTH), CONTROL_BYTES);
    return all.slice(CONTROL_AT, length).order(ByteOrder.nativeOrder());
  }

  /**
   * What was received last.
   *
   * @param length as {@link #receive} said
   * @return a copy
   */
  public byte[] data(int length) {
    return bytes(DATA_AT, length);
  }

  private byte[] bytes(int from, int length) {
    byte[] bytes = new byte[length];
    all.get(from, bytes);
    return bytes;
  }
}
