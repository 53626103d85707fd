package io.evenkeel.kernel.net;

import io.evenkeel.kernel.sys.AddressText;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A way to a network (rtnetlink(7), struct rtmsg). Immutable.
 *
 * @param type what becomes of a packet
 * @param destination the network's first address
 * @param prefix its bits that are the network's, 0..32 or 0..128; 0: everywhere
 * @param via the next router; null: none, the network is on the device's link
 * @param device its name; null: what the router's address says
 * @param source address of this host that packets have unless they ask for another; null: the
 *     kernel's choice
 * @param table its number, 1..4294967295: {@link #MAIN}, {@link #LOCAL} or one of one's own
 * @param metric the lowest counts, 0..4294967295; of IPv6 0 is 1024 when it is added
 */
public record Route(
    Type type,
    InetAddress destination,
    int prefix,
    @Nullable InetAddress via,
    @Nullable String device,
    @Nullable InetAddress source,
    long table,
    long metric) {
  /** The table of most routes. */
  public static final long MAIN = 254;

  /** The kernel's table of this host's own addresses. */
  public static final long LOCAL = 255;

  private static final long MAX_NUMBER = 0xffff_ffffL;

  /**
   * Checks the families and numbers.
   *
   * @throws IllegalArgumentException if one is out of range, or the destination has bits outside of
   *     the prefix
   */
  public Route {
    Objects.requireNonNull(type, "type");
    Names.prefix(destination, prefix);
    requireInside(destination, prefix);
    if (device != null) {
      Names.device(device);
    }
    if (source != null && Names.isV6(source) != Names.isV6(destination)) {
      throw new IllegalArgumentException(
          "source: " + AddressText.of(source) + " (expected: of the destination's family)");
    }
    requireNumber("table", table, 1);
    requireNumber("metric", metric, 0);
  }

  /** What becomes of a packet; in the kernel's order (RTN_*), from 1. */
  public enum Type {
    /** It is sent on. */
    UNICAST,
    /** It is for this host. */
    LOCAL,
    /** It is for this host, and others on the link. */
    BROADCAST,
    /** It is for this host, as one of several. */
    ANYCAST,
    /** It is for several. */
    MULTICAST,
    /** It is dropped. */
    BLACKHOLE,
    /** It is refused: host unreachable. */
    UNREACHABLE,
    /** It is refused: prohibited. */
    PROHIBIT,
    /** The next table is looked at. */
    THROW
  }

  /**
   * Through a router.
   *
   * @param destination the network's first address
   * @param prefix its bits that are the network's
   * @param via the router
   * @return in the main table
   */
  public static Route via(InetAddress destination, int prefix, InetAddress via) {
    return new Route(Type.UNICAST, destination, prefix, via, null, null, MAIN, 0);
  }

  /**
   * On a device's link.
   *
   * @param destination the network's first address
   * @param prefix its bits that are the network's
   * @param device its name
   * @return in the main table
   */
  public static Route on(InetAddress destination, int prefix, String device) {
    return new Route(Type.UNICAST, destination, prefix, null, device, null, MAIN, 0);
  }

  private static void requireInside(InetAddress destination, int prefix) {
    byte[] bytes = destination.getAddress();
    for (int bit = prefix; bit < 8 * bytes.length; bit++) {
      if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) {
        throw new IllegalArgumentException(
            "destination: %s/%d (expected: no bits after the first %d)"
                .formatted(AddressText.of(destination), prefix, prefix));
      }
    }
  }

  private static void requireNumber(String name, long value, long least) {
    if (value < least || value > MAX_NUMBER) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + ".." + MAX_NUMBER + ")");
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (type != Type.UNICAST) {
      text.append(type.name().toLowerCase(Locale.ROOT)).append(' ');
    }
    text.append(AddressText.of(destination)).append('/').append(prefix);
    if (via != null) {
      text.append(" via ").append(AddressText.of(via));
    }
    if (device != null) {
      text.append(" on ").append(device);
    }
    text.append(metric == 0 ? "" : " metric " + metric);
    return text.append(table == MAIN ? "" : " in table " + table).toString();
  }
}
