package io.evenkeel.kernel.net;

import io.evenkeel.kernel.net.LinkKind.Macvlan;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * A device with the Ethernet address of a virtual router (RFC 9568, 7.3), so that the hosts of the
 * link need to learn nothing when another becomes master. It is a macvlan on the link's own device,
 * set up as keepalived does with {@code use_vmac}, but for what is said to differ:
 *
 * <ul>
 *   <li>Mode vepa: it does not talk to other macvlans of this host. With keepalived's mode,
 *       private, the kernel gives multicast that another host sends from the same Ethernet address
 *       to this device alone, and the link's own device, on which routers listen, would not hear
 *       it.
 *   <li>No address of its own and none from routers, and of IPv4 no IPv6 at all.
 *   <li>Of each device ARP requests are answered for its own addresses alone (arp_ignore 1, of the
 *       link's own device with arp_filter 1), and, which keepalived leaves out, the link's own
 *       device asks with its own addresses alone (arp_announce 2): else hosts that a master asks
 *       learn its own Ethernet address for the virtual one.
 *   <li>The way back of packets may be through another device (rp_filter 0, or 2 where that of all
 *       devices would make it strict), and they may come from an address of this host
 *       (accept_local).
 * </ul>
 *
 * <p>Of IPv6 the link's own device needs a link-local address: with it this host asks for those it
 * answers to.
 *
 * <p>It is up at once, in a backup as well. While nobody joins a multicast group on it and it has
 * no IPv6 address, it sends nothing by itself, and switches do not learn its address from a backup:
 * do both on the link's own device, or as master. Of IPv6 the kernel reports the all-routers group
 * with it if it forwards. Thread-safe.
 */
public final class VirtualMac implements AutoCloseable {
  private static final int MAX_VRID = 255;
  private static final long PREFIX_V4 = 0x0000_5e00_0100L;
  private static final long PREFIX_V6 = 0x0000_5e00_0200L;
  private static final int NOT_GENERATED = 1;
  private static final int LOOSE = 2;
  private static final int BEST = 2;

  private final Network network;
  private final String device;

  private VirtualMac(Network network, String device) {
    this.network = network;
    this.device = device;
  }

  /**
   * The Ethernet address of a virtual router.
   *
   * @param isV6 whether of IPv6
   * @param vrid its number, 1..255
   * @return such as {@code 00:00:5e:00:01:33}
   * @throws IllegalArgumentException if the number is out of range
   */
  public static MacAddress address(boolean isV6, int vrid) {
    if (vrid < 1 || vrid > MAX_VRID) {
      throw new IllegalArgumentException("vrid: " + vrid + " (expected: 1.." + MAX_VRID + ")");
    }
    return new MacAddress((isV6 ? PREFIX_V6 : PREFIX_V4) | vrid);
  }

  /**
   * Makes the device. On the network's close it is gone at the latest, and the sysctls of the
   * link's own device are as they were. Needs CAP_NET_ADMIN and, for the sysctls, that /proc/sys is
   * writable.
   *
   * @param network where the link is
   * @param parent name of the link's own device
   * @param device name of the new one, such as {@code vrrp.51}; if it is there and the same, it is
   *     used
   * @param isV6 whether of IPv6
   * @param vrid the virtual router's number, 1..255
   * @return to be closed
   * @throws IOException if it cannot be made, or another of this name is there
   * @throws IllegalArgumentException if the number is out of range
   */
  public static VirtualMac create(
      Network network, String parent, String device, boolean isV6, int vrid) throws IOException {
    network.add(device, new Macvlan(parent, Macvlan.Mode.VEPA, address(isV6, vrid)));
    VirtualMac made = new VirtualMac(network, device);
    try {
      made.setUp(parent, isV6);
      return made;
    } catch (IOException | RuntimeException | Error e) {
      made.close();
      throw e;
    }
  }

  private void setUp(String parent, boolean isV6) throws IOException {
    // Before it is up: then addresses are made.
    if (isV6) {
      network.set(Sysctl.ADDRESS_GENERATION, device, NOT_GENERATED);
      network.set(Sysctl.ACCEPT_RA, device, 0);
    } else {
      setIfThere(Sysctl.ADDRESS_GENERATION, NOT_GENERATED);
      setIfThere(Sysctl.DISABLE_IPV6, 1);
      network.set(Sysctl.ACCEPT_LOCAL, device, 1);
      network.set(Sysctl.PROMOTE_SECONDARIES, device, 1);
      boolean isStrict = network.read(Sysctl.RP_FILTER, Sysctl.ALL) != 0;
      network.set(Sysctl.RP_FILTER, device, isStrict ? LOOSE : 0);
      network.set(Sysctl.ARP_IGNORE, parent, 1);
      network.set(Sysctl.ARP_FILTER, parent, 1);
      network.set(Sysctl.ARP_ANNOUNCE, parent, BEST);
    }
    network.set(Sysctl.ARP_IGNORE, device, 1);
    network.set(device, true);
  }

  private void setIfThere(Sysctl sysctl, int value) throws IOException {
    try {
      network.set(sysctl, device, value);
    } catch (IOException e) {
      // A kernel without IPv6.
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e;
      }
    }
  }

  /**
   * The device's name.
   *
   * @return as it was made with
   */
  public String device() {
    return device;
  }

  /**
   * Takes the device away, with all addresses and routes on it.
   *
   * @throws IOException if it cannot be taken away
   */
  @Override
  public void close() throws IOException {
    network.removeLink(device);
  }
}
