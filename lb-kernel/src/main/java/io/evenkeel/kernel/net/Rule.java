package io.evenkeel.kernel.net;

import org.jspecify.annotations.Nullable;

/**
 * Which packets go by which table of routes (ip-rule(8), linux/fib_rules.h). Immutable.
 *
 * @param isV6 whether it is of IPv6
 * @param priority the lowest is asked first, 0..4294967295; the main table's is 32766
 * @param from where the packets are from; null: from anywhere
 * @param to where they go; null: to anywhere
 * @param device name of that they came in by, of those that this host sends {@code lo}; null: any
 * @param mark their firewall mark where the mask has ones, 0..4294967295
 * @param mask 0..4294967295; 0: whatever mark they have
 * @param table its number, 1..4294967295
 */
public record Rule(
    boolean isV6,
    long priority,
    @Nullable Subnet from,
    @Nullable Subnet to,
    @Nullable String device,
    long mark,
    long mask,
    long table) {
  private static final long MAX_NUMBER = 0xffff_ffffL;

  /**
   * Checks the families and numbers.
   *
   * @throws IllegalArgumentException if one is out of range, or the mark has bits outside of the
   *     mask
   */
  public Rule {
    requireFamily("from", from, isV6);
    requireFamily("to", to, isV6);
    if (device != null) {
      Names.device(device);
    }
    requireNumber("priority", priority, 0);
    requireNumber("mark", mark, 0);
    requireNumber("mask", mask, 0);
    requireNumber("table", table, 1);
    if ((mark & ~mask) != 0) {
      throw new IllegalArgumentException(
          "mark: 0x%x (expected: no bits outside of the mask 0x%x)".formatted(mark, mask));
    }
  }

  /**
   * Of packets by where they are from.
   *
   * @param from where
   * @param table by which they go
   * @param priority of the rule
   * @return the rule
   */
  public static Rule from(Subnet from, long table, long priority) {
    return new Rule(Names.isV6(from.address()), priority, from, null, null, 0, 0, table);
  }

  /**
   * Of packets by where they go.
   *
   * @param to where
   * @param table by which they go
   * @param priority of the rule
   * @return the rule
   */
  public static Rule to(Subnet to, long table, long priority) {
    return new Rule(Names.isV6(to.address()), priority, null, to, null, 0, 0, table);
  }

  private static void requireFamily(String name, @Nullable Subnet subnet, boolean isV6) {
    if (subnet != null && Names.isV6(subnet.address()) != isV6) {
      throw new IllegalArgumentException(
          "%s: %s (expected: of IPv%d)".formatted(name, subnet, isV6 ? 6 : 4));
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
    StringBuilder text = new StringBuilder(isV6 ? "IPv6 " : "IPv4 ").append(priority).append(':');
    text.append(" from ").append(from == null ? "all" : from);
    text.append(to == null ? "" : " to " + to);
    text.append(mask == 0 ? "" : " mark 0x%x/0x%x".formatted(mark, mask));
    text.append(device == null ? "" : " in by " + device);
    return text.append(" table ").append(table).toString();
  }
}
