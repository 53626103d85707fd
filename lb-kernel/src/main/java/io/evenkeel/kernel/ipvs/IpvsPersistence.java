package io.evenkeel.kernel.ipvs;

import org.jspecify.annotations.Nullable;

/**
 * Which connections go to one server together.
 *
 * @param timeoutSeconds how long a client's template lives, 1..4294967 (the kernel counts in
 *     jiffies of 32 bits)
 * @param prefix how many leading bits of clients' addresses tell them apart, 0..32 or 1..128
 * @param engine what tells connections apart besides; null: nothing; the kernel has {@code sip},
 *     for UDP
 */
public record IpvsPersistence(long timeoutSeconds, int prefix, @Nullable String engine) {
  /** What {@code ipvsadm} 1.31 takes unless told otherwise, whatever its manual says. */
  public static final long DEFAULT_TIMEOUT_SECONDS = 360;

  static final long MAX_TIMEOUT_SECONDS = 4_294_967;

  static final int MAX_NAME = 15;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public IpvsPersistence {
    Ranges.check("persistence timeout", timeoutSeconds, 1, MAX_TIMEOUT_SECONDS);
    Ranges.check("persistence prefix", prefix, 0, 128);
    if (engine != null && !engine.matches("[\\x21-\\x7e]{1," + MAX_NAME + "}")) {
      throw new IllegalArgumentException(
          "persistence engine: " + engine + " (expected: 1.." + MAX_NAME + " characters)");
    }
  }

  /**
   * The prefix as {@code ipvsadm} writes it.
   *
   * @param family of the service
   * @return IPv4: a netmask; IPv6: the prefix; null: all bits, which it does not write
   */
  public @Nullable String mask(AddressFamily family) {
    if (prefix == family.bits()) {
      return null;
    }
    if (family == AddressFamily.IPV6) {
      return Integer.toString(prefix);
    }
    int mask = netmask(prefix);
    return "%d.%d.%d.%d".formatted(mask >>> 24, mask >>> 16 & 255, mask >>> 8 & 255, mask & 255);
  }

  static int netmask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }
}
