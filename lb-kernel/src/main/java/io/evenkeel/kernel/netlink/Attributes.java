package io.evenkeel.kernel.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a message (struct nlattr in linux/netlink.h): views of its datagram, to be read
 * before the next is received. Of several with one type the last counts, as in the kernel.
 * Immutable.
 */
public final class Attributes {
  static final int HEADER_BYTES = 4;
  private static final int TYPE_MASK = 0x3fff;

  private final Map<Integer, ByteBuffer> values;

  private Attributes(Map<Integer, ByteBuffer> values) {
    this.values = values;
  }

  /**
   * Takes bytes apart.
   *
   * @param bytes attributes from position to limit; not changed
   * @return the attributes
   * @throws MalformedException if a length is not that of an attribute in these bytes
   */
  public static Attributes parse(ByteBuffer bytes) {
    Map<Integer, ByteBuffer> values = new HashMap<>();
    ByteBuffer rest = bytes.slice().order(ByteOrder.nativeOrder());
    while (rest.hasRemaining()) {
      int start = rest.position();
      int left = rest.remaining();
      if (left < HEADER_BYTES) {
        throw new MalformedException(
            "attribute: " + left + " bytes (expected: " + HEADER_BYTES + " or more)");
      }
      int length = rest.getShort(start) & 0xffff;
      int type = rest.getShort(start + 2) & TYPE_MASK;
      if (length < HEADER_BYTES || length > left) {
        throw new MalformedException(
            "length of attribute "
                + type
                + ": "
                + length
                + " (expected: "
                + HEADER_BYTES
                + ".."
                + left
                + ")");
      }
      values.put(
          type,
          rest.slice(start + HEADER_BYTES, length - HEADER_BYTES).order(ByteOrder.nativeOrder()));
      rest.position(start + Math.min((length + 3) & ~3, left));
    }
    return new Attributes(values);
  }

  /**
   * Whether there is one.
   *
   * @param type which
   * @return whether there is
   */
  public boolean has(int type) {
    return values.containsKey(type);
  }

  /**
   * One byte.
   *
   * @param type which
   * @return 0..255
   * @throws MalformedException if there is none, or it has another length
   */
  public int u8(int type) {
    return value(type, Byte.BYTES).get(0) & 0xff;
  }

  /**
   * Two bytes in the machine's order.
   *
   * @param type which
   * @return 0..65535
   * @throws MalformedException if there is none, or it has another length
   */
  public int u16(int type) {
    return value(type, Short.BYTES).getShort(0) & 0xffff;
  }

  /**
   * Two bytes in network order.
   *
   * @param type which
   * @return 0..65535
   * @throws MalformedException if there is none, or it has another length
   */
  public int be16(int type) {
    ByteBuffer value = value(type, Short.BYTES);
    return ((value.get(0) & 0xff) << 8) | (value.get(1) & 0xff);
  }

  /**
   * Four bytes in the machine's order.
   *
   * @param type which
   * @return 0..4294967295
   * @throws MalformedException if there is none, or it has another length
   */
  public long u32(int type) {
    return Integer.toUnsignedLong(value(type, Integer.BYTES).getInt(0));
  }

  /**
   * Eight bytes in the machine's order.
   *
   * @param type which
   * @return unsigned
   * @throws MalformedException if there is none, or it has another length
   */
  public long u64(int type) {
    return value(type, Long.BYTES).getLong(0);
  }

  /**
   * Bytes.
   *
   * @param type which
   * @param length how many
   * @return a copy
   * @throws MalformedException if there are none, or another number
   */
  public byte[] bytes(int type, int length) {
    return copy(value(type, length));
  }

  /**
   * Bytes, however many.
   *
   * @param type which
   * @return a copy
   * @throws MalformedException if there is no such attribute
   */
  public byte[] bytes(int type) {
    return copy(value(type));
  }

  /**
   * Text up to its zero.
   *
   * @param type which
   * @return without the zero
   * @throws MalformedException if there is none, or it has no zero at its end
   */
  public String string(int type) {
    byte[] text = bytes(type);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    if (end == text.length) {
      throw new MalformedException("attribute " + type + ": text without an end");
    }
    return new String(text, 0, end, StandardCharsets.UTF_8);
  }

  /**
   * Attributes of an attribute.
   *
   * @param type which
   * @return they
   * @throws MalformedException if there is no such attribute, or a length in it is wrong
   */
  public Attributes nested(int type) {
    return parse(value(type));
  }

  private static byte[] copy(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.get(0, bytes);
    return bytes;
  }

  private ByteBuffer value(int type, int length) {
    ByteBuffer value = value(type);
    if (value.remaining() != length) {
      throw new MalformedException(
          "attribute " + type + ": " + value.remaining() + " bytes (expected: " + length + ")");
    }
    return value;
  }

  private ByteBuffer value(int type) {
    @Nullable ByteBuffer value = values.get(type);
    if (value == null) {
      throw new MalformedException("attribute " + type + ": missing");
    }
    return value;
  }
}
