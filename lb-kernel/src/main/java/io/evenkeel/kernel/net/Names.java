package io.evenkeel.kernel.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/** What names and addresses have in common. */
final class Names {
  static final int BITS_V4 = 32;
  static final int BITS_V6 = 128;

  /** IFNAMSIZ without the zero. */
  private static final int MAX_DEVICE_BYTES = 15;

  private Names() {}

  /** The name of a device, which is a part of paths, too (dev_valid_name in the kernel). */
  static String device(String name) {
    // What is not UTF-8 was read as this, for a byte or more.
    byte[] bytes = name.replace('\ufffd', '?').getBytes(StandardCharsets.UTF_8);
    boolean valid =
        bytes.length > 0
            && bytes.length <= MAX_DEVICE_BYTES
            && !name.equals(".")
            && !name.equals("..");
    for (byte each : bytes) {
      valid &= each != 0 && each != '/' && each != ':' && !isSpace(each);
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "device: "
              + name
              + " (expected: 1.."
              + MAX_DEVICE_BYTES
              + " bytes but spaces, zeros, / and :)");
    }
    return name;
  }

  /** As the kernel's isspace, which is of ISO 8859-1. */
  private static boolean isSpace(byte each) {
    return (each >= '\t' && each <= '\r') || each == ' ' || each == (byte) 0xa0;
  }

  static boolean isV6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  static int bits(InetAddress address) {
    return isV6(address) ? BITS_V6 : BITS_V4;
  }

  static int prefix(InetAddress address, int prefix) {
    if (prefix < 0 || prefix > bits(address)) {
      throw new IllegalArgumentException(
          "prefix: " + prefix + " (expected: 0.." + bits(address) + ")");
    }
    return prefix;
  }

  /** Whether the first bits of two addresses of one family are the same. */
  static boolean isInside(InetAddress address, InetAddress network, int prefix) {
    byte[] one = address.getAddress();
    byte[] other = network.getAddress();
    for (int bit = 0; bit < prefix; bit++) {
      if (((one[bit / 8] ^ other[bit / 8]) & (0x80 >> (bit % 8))) != 0) {
        return false;
      }
    }
    return true;
  }

  /** One of IPv6 is so though it maps one of IPv4. */
  static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == BITS_V6 / 8
          ? Inet6Address.getByAddress(null, bytes, -1)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "address: " + bytes.length + " bytes (expected: 4 or 16)", e);
    }
  }
}
