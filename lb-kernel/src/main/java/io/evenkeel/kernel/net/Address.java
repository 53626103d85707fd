package io.evenkeel.kernel.net;

import io.evenkeel.kernel.sys.AddressText;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An address of a device (rtnetlink(7), struct ifaddrmsg). Immutable.
 *
 * @param address of IPv4 or IPv6
 * @param prefix bits of it that are the network's, 0..32 or 0..128
 * @param device its name
 * @param scope where it is valid: {@link #GLOBAL}, {@link #LINK}, {@link #HOST} or another of the
 *     kernel's numbers, 0..255; of IPv6 the kernel finds it in the address
 * @param label of IPv4, for programs that know devices and aliases only: the device's name, or that
 *     with a colon and more; null: the device's name
 * @param noDad of IPv6: usable at once, without looking for another who has it (duplicate address
 *     detection, RFC 4862, 5.4)
 * @param deprecated not used as the source of what does not ask for it (RFC 4862, 5.5.4)
 */
public record Address(
    InetAddress address,
    int prefix,
    String device,
    int scope,
    @Nullable String label,
    boolean noDad,
    boolean deprecated) {
  /** Everywhere. */
  public static final int GLOBAL = 0;

  /** On this link. */
  public static final int LINK = 253;

  /** On this host. */
  public static final int HOST = 254;

  private static final int MAX_SCOPE = 255;

  /**
   * Checks the prefix, the device's name and the scope.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Address {
    Objects.requireNonNull(address, "address");
    Names.prefix(address, prefix);
    Names.device(device);
    if (scope < 0 || scope > MAX_SCOPE) {
      throw new IllegalArgumentException("scope: " + scope + " (expected: 0.." + MAX_SCOPE + ")");
    }
    label = device.equals(label) ? null : label;
  }

  /**
   * A virtual address: of itself alone (/32 or /128), everywhere; of IPv6 usable at once, and never
   * chosen as the source of what does not ask for it.
   *
   * @param address of IPv4 or IPv6
   * @param device its name
   * @return the address
   */
  public static Address virtual(InetAddress address, String device) {
    boolean isV6 = Names.isV6(address);
    return new Address(address, Names.bits(address), device, GLOBAL, null, isV6, isV6);
  }

  /**
   * An address as people write it: as inet_ntop(3) does, of IPv6 by RFC 5952, 4 and 5.
   *
   * @param address of IPv4 or IPv6
   * @return such as {@code fe80::1}
   */
  public static String text(InetAddress address) {
    return AddressText.of(address);
  }

  /**
   * The address with its prefix.
   *
   * @return such as {@code 10.0.0.1/32}
   */
  public String cidr() {
    return AddressText.of(address) + "/" + prefix;
  }

  @Override
  public String toString() {
    return cidr() + " on " + device;
  }
}
