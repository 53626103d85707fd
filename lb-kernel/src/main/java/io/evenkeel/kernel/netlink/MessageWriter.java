package io.evenkeel.kernel.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes messages and attributes, one behind the other, in the machine's byte order, aligned to
 * four bytes (NLMSG_ALIGN, NLA_ALIGN). Grows as needed. Not thread-safe.
 */
public final class MessageWriter {
  MessageWriter() {}

  private static final int NESTED = 0x8000;
  private static final int MAX_ATTRIBUTE = 0xffff;

  private ByteBuffer buffer = ByteBuffer.allocateDirect(4096).order(ByteOrder.nativeOrder());

  /**
   * Begins a message.
   *
   * @return where, for {@link #end}
   */
  int begin(int type, int flags, int sequence) {
    int start = buffer.position();
    room(NetlinkMessage.HEADER_BYTES)
        .putInt(0)
        .putShort((short) type)
        .putShort((short) flags)
        .putInt(sequence)
        .putInt(0);
    return start;
  }

  void end(int start) {
    buffer.putInt(start, buffer.position() - start);
    align();
  }

  int size() {
    return buffer.position();
  }

  void clear() {
    buffer.clear();
  }

  /** What was written, to be read. */
  ByteBuffer written() {
    return buffer.duplicate().order(ByteOrder.nativeOrder()).flip();
  }

  /**
   * Room for a header of the protocol's own, such as genlmsghdr or rtmsg.
   *
   * @param bytes its size, a multiple of 4
   * @return where to put exactly so many bytes, in the machine's byte order
   */
  public ByteBuffer header(int bytes) {
    return room(bytes);
  }

  /**
   * An attribute of one byte.
   *
   * @param type of the attribute
   * @param value its low eight bits
   * @return this
   */
  public MessageWriter u8(int type, int value) {
    attribute(type, Byte.BYTES).put((byte) value);
    align();
    return this;
  }

  /**
   * An attribute of two bytes in the machine's order.
   *
   * @param type of the attribute
   * @param value its low 16 bits
   * @return this
   */
  public MessageWriter u16(int type, int value) {
    attribute(type, Short.BYTES).putShort((short) value);
    align();
    return this;
  }

  /**
   * An attribute of four bytes in the machine's order.
   *
   * @param type of the attribute
   * @param value its low 32 bits
   * @return this
   */
  public MessageWriter u32(int type, long value) {
    attribute(type, Integer.BYTES).putInt((int) value);
    return this;
  }

  /**
   * An attribute of two bytes in network order.
   *
   * @param type of the attribute
   * @param value its low 16 bits
   * @return this
   */
  public MessageWriter be16(int type, int value) {
    return bytes(type, new byte[] {(byte) (value >> 8), (byte) value});
  }

  /**
   * An attribute of bytes.
   *
   * @param type of the attribute
   * @param value as it is
   * @return this
   */
  public MessageWriter bytes(int type, byte[] value) {
    attribute(type, value.length).put(value);
    align();
    return this;
  }

  /**
   * An attribute of text, with a zero at its end.
   *
   * @param type of the attribute
   * @param value without zeros
   * @return this
   */
  public MessageWriter string(int type, String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    attribute(type, text.length + 1).put(text).put((byte) 0);
    align();
    return this;
  }

  /**
   * An attribute of attributes.
   *
   * @param type of the attribute
   * @param content writes them
   * @return this
   */
  public MessageWriter nested(int type, Runnable content) {
    int start = buffer.position();
    attribute(type | NESTED, 0);
    content.run();
    int length = buffer.position() - start;
    if (length > MAX_ATTRIBUTE) {
      throw new IllegalArgumentException(
          "attribute " + type + ": " + length + " bytes (expected: at most " + MAX_ATTRIBUTE + ")");
    }
    buffer.putShort(start, (short) length);
    return this;
  }

  private ByteBuffer attribute(int type, int length) {
    int whole = Attributes.HEADER_BYTES + length;
    if (whole > MAX_ATTRIBUTE) {
      throw new IllegalArgumentException(
          "attribute " + type + ": " + whole + " bytes (expected: at most " + MAX_ATTRIBUTE + ")");
    }
    return room(whole).putShort((short) whole).putShort((short) type);
  }

  private void align() {
    while ((buffer.position() & 3) != 0) {
      room(1).put((byte) 0);
    }
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      ByteBuffer larger =
          ByteBuffer.allocateDirect(2 * buffer.capacity() + bytes).order(ByteOrder.nativeOrder());
      buffer = larger.put(buffer.flip());
    }
    return buffer;
  }
}
