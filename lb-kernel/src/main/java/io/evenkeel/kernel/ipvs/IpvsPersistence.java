package io.evenkeel.kernel.ipvs;

import org.jspecify.annotations.Nullable;

/**
 * Which connections go to one server together.
 *
 * @param timeoutSeconds how long a client's template lives, 0..42949672, which is what kernels of
 *     100 jiffies a second can say; those of 1000 count to 4294967 and begin again
 * @param prefix up to which bit clients' addresses tell them apart, 0..32 or 1..128
 * @param gaps the bits among them that do not, of an IPv4 service whose netmask has ones after
 *     zeros; 0: none. The last bit of the prefix is none of them
 * @param engine what tells connections apart besides; null: nothing; the kernel has {@code sip},
 *     for UDP
 */
public record IpvsPersistence(long timeoutSeconds, int prefix, int gaps, @Nullable String engine) {
  /** What {@code ipvsadm} 1.31 takes unless told otherwise, whatever its manual says. */
  public static final long DEFAULT_TIMEOUT_SECONDS = 360;

  static final long MAX_TIMEOUT_SECONDS = 4_294_967;

  static final int MAX_NAME = 15;

  private static final long MAX_READ_SECONDS = 42_949_672;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public IpvsPersistence {
    Ranges.check("persistence timeout", timeoutSeconds, 0, MAX_READ_SECONDS);
    Ranges.check("persistence prefix", prefix, 0, 128);
    if (gaps != 0 && (prefix > 32 || prefixOf(netmask(prefix) ^ gaps) != prefix)) {
      throw new IllegalArgumentException(
          "persistence gaps: "
              + text(gaps)
              + " (expected: bits before the last of "
              + prefix
              + ")");
    }
    if (engine != null && !engine.matches("[\\x21-\\x7e]{1," + MAX_NAME + "}")) {
      throw new IllegalArgumentException(
          "persistence engine: " + engine + " (expected: 1.." + MAX_NAME + " characters)");
    }
  }

  /**
   * Without gaps, and with a timeout that every kernel counts.
   *
   * @param timeoutSeconds how long a client's template lives, 1..4294967 (the kernel counts in
   *     jiffies of 32 bits)
   * @param prefix how many leading bits of clients' addresses tell them apart, 0..32 or 1..128
   * @param engine what tells connections apart besides; null: nothing
   * @throws IllegalArgumentException if one is out of range
   */
  public IpvsPersistence(long timeoutSeconds, int prefix, @Nullable String engine) {
    this(counted(timeoutSeconds), prefix, 0, engine);
  }

  /**
   * With any IPv4 netmask.
   *
   * @param timeoutSeconds how long a client's template lives
   * @param netmask a one for each bit of clients' addresses that tells them apart, the first bit of
   *     an address being the highest
   * @param engine what tells connections apart besides; null: nothing
   * @return the persistence
   * @throws IllegalArgumentException if a value is out of range
   */
  public static IpvsPersistence ofNetmask(
      long timeoutSeconds, int netmask, @Nullable String engine) {
    int prefix = prefixOf(netmask);
    return new IpvsPersistence(timeoutSeconds, prefix, netmask(prefix) ^ netmask, engine);
  }

  /**
   * The prefix as {@code ipvsadm} writes it.
   *
   * @param family of the service
   * @return IPv4: a netmask; IPv6: the prefix; null: all bits, which it does not write
   */
  public @Nullable String mask(AddressFamily family) {
    if (prefix == family.bits() && gaps == 0) {
      return null;
    }
    return family == AddressFamily.IPV6 ? Integer.toString(prefix) : text(netmask());
  }

  int netmask() {
    return netmask(prefix) ^ gaps;
  }

  static int netmask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }

  private static int prefixOf(int netmask) {
    return 32 - Integer.numberOfTrailingZeros(netmask);
  }

  private static long counted(long timeoutSeconds) {
    Ranges.check("persistence timeout", timeoutSeconds, 1, MAX_TIMEOUT_SECONDS);
    return timeoutSeconds;
  }

  private static String text(int mask) {
    return "%d.%d.%d.%d".formatted(mask >>> 24, mask >>> 16 & 255, mask >>> 8 & 255, mask & 255);
  }
}
