package io.evenkeel.kernel.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The attributes of a message (struct nlattr in linux/netlink.h): views of its datagram, to be read
 * before the next is received. Of several with one type the last counts, as in the kernel.
 * Immutable.
 */
public final class Attributes {
  static final int HEADER_BYTES = 4;
  private static final int TYPE_MASK = 0x3fff;

  private final ByteBuffer bytes;

  /** By type: where the value begins; 0: there is none. */
  private final int[] values;

  private Attributes(ByteBuffer bytes, int[] values) {
    this.bytes = bytes;
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
    ByteBuffer all = bytes.slice().order(ByteOrder.nativeOrder());
    int[] values = new int[32];
    for (int start = 0; start < all.limit(); ) {
      int left = all.limit() - start;
      if (left < HEADER_BYTES) {
        throw new MalformedException(
            "attribute: " + left + " bytes (expected: " + HEADER_BYTES + " or more)");
      }
      int length = lengthAt(all, start);
      if (length < HEADER_BYTES || length > left) {
        throw new MalformedException(
            "length of attribute "
                + typeAt(all, start)
                + ": "
                + length
                + " (expected: "
                + HEADER_BYTES
                + ".."
                + left
                + ")");
      }
      int type = typeAt(all, start);
      if (type >= values.length) {
        values = Arrays.copyOf(values, type + 1);
      }
      values[type] = start + HEADER_BYTES;
      start += Math.min((length + 3) & ~3, left);
    }
    return new Attributes(all, values);
  }

  private static int lengthAt(ByteBuffer bytes, int start) {
    return bytes.getShort(start) & 0xffff;
  }

  private static int typeAt(ByteBuffer bytes, int start) {
    return bytes.getShort(start + 2) & TYPE_MASK;
  }

  /**
   * Whether there is one.
   *
   * @param type which
   * @return whether there is
   */
  public boolean has(int type) {
    return type < values.length && values[type] != 0;
  }

  /**
   * One byte.
   *
   * @param type which
   * @return 0..255
   * @throws MalformedException if there is none, or it has another length
   */
  public int u8(int type) {
    return bytes.get(at(type, Byte.BYTES)) & 0xff;
  }

  /**
   * Two bytes in the machine's order.
   *
   * @param type which
   * @return 0..65535
   * @throws MalformedException if there is none, or it has another length
   */
  public int u16(int type) {
    return bytes.getShort(at(type, Short.BYTES)) & 0xffff;
  }

  /**
   * Two bytes in network order.
   *
   * @param type which
   * @return 0..65535
   * @throws MalformedException if there is none, or it has another length
   */
  public int be16(int type) {
    int at = at(type, Short.BYTES);
    return ((bytes.get(at) & 0xff) << 8) | (bytes.get(at + 1) & 0xff);
  }

  /**
   * Four bytes in the machine's order.
   *
   * @param type which
   * @return 0..4294967295
   * @throws MalformedException if there is none, or it has another length
   */
  public long u32(int type) {
    return Integer.toUnsignedLong(bytes.getInt(at(type, Integer.BYTES)));
  }

  /**
   * Eight bytes in the machine's order.
   *
   * @param type which
   * @return unsigned
   * @throws MalformedException if there is none, or it has another length
   */
  public long u64(int type) {
    return bytes.getLong(at(type, Long.BYTES));
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
    return copy(at(type, length), length);
  }

  /**
   * Bytes, however many.
   *
   * @param type which
   * @return a copy
   * @throws MalformedException if there is no such attribute
   */
  public byte[] bytes(int type) {
    int at = present(type);
    return copy(at, lengthOf(at));
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
    int at = present(type);
    return parse(bytes.slice(at, lengthOf(at)));
  }

  private byte[] copy(int at, int length) {
    byte[] copy = new byte[length];
    bytes.get(at, copy);
    return copy;
  }

  /** Where the value of an attribute of this length begins. */
  private int at(int type, int length) {
    int at = present(type);
    int actual = lengthOf(at);
    if (actual != length) {
      throw new MalformedException(
          "attribute " + type + ": " + actual + " bytes (expected: " + length + ")");
    }
    return at;
  }

  private int lengthOf(int at) {
    return lengthAt(bytes, at - HEADER_BYTES) - HEADER_BYTES;
  }

  private int present(int type) {
    if (!has(type)) {
      throw new MalformedException("attribute " + type + ": missing");
    }
    return values[type];
  }
}
