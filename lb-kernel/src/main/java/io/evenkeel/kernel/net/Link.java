package io.evenkeel.kernel.net;

import org.jspecify.annotations.Nullable;

/**
 * A network device (rtnetlink(7), struct ifinfomsg). Immutable.
 *
 * @param index its number, over 0
 * @param name its name
 * @param kind the kernel's name of what made it, such as {@code veth}, {@code macvlan} or {@code
 *     ipip}; empty: a device of hardware or the loopback device
 * @param mac its Ethernet address; null: it is not an Ethernet device
 * @param up whether the administrator wants it up (IFF_UP)
 * @param carrier whether there is somebody at the other end (IFF_LOWER_UP)
 * @param state what the driver says
 * @param mtu bytes of the largest packet
 * @param loopback whether it is the loopback device
 */
public record Link(
    int index,
    String name,
    String kind,
    @Nullable MacAddress mac,
    boolean up,
    boolean carrier,
    OperState state,
    int mtu,
    boolean loopback) {

  /**
   * Whether it can carry traffic.
   *
   * @return true if it is up, has a carrier, and the driver does not object
   */
  public boolean isRunning() {
    return up && carrier && (state == OperState.UP || state == OperState.UNKNOWN);
  }

  @Override
  public String toString() {
    return name + (isRunning() ? " (running)" : up ? " (up, " + state + ")" : " (down)");
  }
}
