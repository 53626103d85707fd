package io.evenkeel.kernel.net;

import java.util.HexFormat;

/**
 * An Ethernet address. Immutable.
 *
 * @param value its 48 bits, the first byte highest
 */
public record MacAddress(long value) {
  static final int BYTES = 6;

  /** To everybody. */
  static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

  private static final HexFormat TEXT = HexFormat.ofDelimiter(":");

  /**
   * Checks the value.
   *
   * @throws IllegalArgumentException if it has more than 48 bits
   */
  public MacAddress {
    if (value >>> 48 != 0) {
      throw new IllegalArgumentException(
          "MAC address: 0x" + Long.toHexString(value) + " (expected: 48 bits)");
    }
  }

  /**
   * Reads one.
   *
   * @param text as {@code 00:00:5e:00:01:42}
   * @return the address
   * @throws IllegalArgumentException if it is not one
   */
  public static MacAddress parse(String text) {
    if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
      throw new IllegalArgumentException(
          "MAC address: " + text + " (expected: such as 00:00:5e:00:01:42)");
    }
    return of(TEXT.parseHex(text));
  }

  static MacAddress of(byte[] bytes) {
    long value = 0;
    for (byte each : bytes) {
      value = (value << 8) | (each & 0xff);
    }
    return new MacAddress(value);
  }

  byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) (value >>> (8 * (BYTES - 1 - i)));
    }
    return bytes;
  }

  @Override
  public String toString() {
    return TEXT.formatHex(bytes());
  }
}
