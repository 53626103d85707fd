package io.evenkeel.kernel.sys;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses as inet_ntop(3) writes them, IPv6 as in RFC 5952. Asks nobody. */
public final class AddressText {
  private static final int WORDS = 8;

  /** No leading zeros: inet_aton(3) reads them as octal numbers. */
  private static final Pattern QUAD = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

  private AddressText() {}

  /**
   * Writes one.
   *
   * @param address of IPv4 or IPv6; an interface of its own is left out
   * @return such as {@code 10.0.0.1}, {@code fd00::1}, or {@code ::ffff:10.0.0.1}
   */
  public static String of(InetAddress address) {
    return address instanceof Inet6Address v6 ? of(v6) : address.getHostAddress();
  }

  private static String of(Inet6Address address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    int[] words = new int[WORDS];
    for (int i = 0; i < WORDS; i++) {
      words[i] = bytes.getShort() & 0xffff;
    }
    // The longest row of zeros, of two or more; the first of several.
    int first = -1;
    int length = 1;
    for (int i = 0; i < WORDS; i++) {
      int end = i;
      while (end < WORDS && words[end] == 0) {
        end++;
      }
      if (end - i > length) {
        first = i;
        length = end - i;
      }
    }
    boolean hasV4 = first == 0 && (length == 6 || (length == 5 && words[5] == 0xffff));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < (hasV4 ? WORDS - 2 : WORDS); i++) {
      if (i == first) {
        text.append(':');
        i += length - 1;
      } else {
        text.append(i == 0 ? "" : ":").append(Integer.toHexString(words[i]));
      }
    }
    if (hasV4) {
      byte[] b = address.getAddress();
      text.append(":%d.%d.%d.%d".formatted(b[12] & 0xff, b[13] & 0xff, b[14] & 0xff, b[15] & 0xff));
    } else if (first >= 0 && first + length == WORDS) {
      text.append(':');
    }
    return text.toString();
  }

  /**
   * Reads one.
   *
   * @param text as in {@link #of}
   * @return null: it is not an address
   */
  public static @Nullable InetAddress parse(String text) {
    boolean isV6 = text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    if (!isV6 && !QUAD.matcher(text).matches()) {
      return null;
    }
    try {
      InetAddress address = InetAddress.getByName(text);
      // Java makes an IPv4 address of a mapped one.
      return address instanceof Inet6Address == isV6 ? address : null;
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
