package io.evenkeel.kernel.net;

import java.nio.file.Path;

/**
 * What of the kernel's behaviour a director or a real server changes, each for a device, for {@link
 * #ALL} devices and as the {@link #DEFAULT} of devices to come (Documentation/networking/ip-sysctl
 * in the kernel's sources).
 */
public enum Sysctl {
  /**
   * Whether packets of IPv4 that are for others are sent on: a director of LVS-NAT. On {@link #ALL}
   * it is {@code ip_forward} and sets each device's.
   */
  IPV4_FORWARDING("ipv4", "forwarding", 1),
  /**
   * Whether packets of IPv6 that are for others are sent on. On {@link #ALL} it sets each device's;
   * a router forgets the default routes that other routers told it (accept_ra).
   */
  IPV6_FORWARDING("ipv6", "forwarding", 1),
  /**
   * Whether senders are told of a nearer router: not by a director of LVS-DR, whose clients would
   * be told of a real server. Counts if it is set for the device or for all.
   */
  SEND_REDIRECTS("ipv4", "send_redirects", 1),
  /**
   * Which ARP requests are answered: 0 those for any address of this host, 1 those for an address
   * of the device that hears it, 2 of these only from its network, 8 none: a real server of LVS-DR
   * has 1 or 2, as it is not to answer for the virtual address. The larger of the device's and of
   * all counts.
   */
  ARP_IGNORE("ipv4", "arp_ignore", 8),
  /**
   * Which of its addresses an ARP request of this host tells of: 0 any, 1 rather one of the
   * target's network, 2 the best for the target, never just the packet's: a real server of LVS-DR
   * has 2, as it is not to tell of the virtual address. The larger of the device's and of all
   * counts.
   */
  ARP_ANNOUNCE("ipv4", "arp_announce", 2),
  /**
   * Whether packets are dropped by their source: 0 no, 1 if the way back is through another device,
   * 2 if there is none. A real server of LVS-TUN has 0 or 2 on the tunnel: answers leave by another
   * device. The larger of the device's and of all counts.
   */
  RP_FILTER("ipv4", "rp_filter", 2),
  /**
   * Whether packets from an address of this host are taken from outside. Counts if it is set for
   * the device or for all.
   */
  ACCEPT_LOCAL("ipv4", "accept_local", 1),
  /**
   * Whether an ARP request is answered only by the device by which the answer's packets would
   * leave. Counts if it is set for the device or for all.
   */
  ARP_FILTER("ipv4", "arp_filter", 1),
  /**
   * Whether the next address of a network becomes its first when the first is taken away, instead
   * of all going with it. Counts if it is set for the device or for all.
   */
  PROMOTE_SECONDARIES("ipv4", "promote_secondaries", 1),
  /**
   * Whether there is no IPv6. On {@link #ALL} it sets each device's. The addresses that go with it
   * do not come back by themselves.
   */
  DISABLE_IPV6("ipv6", "disable_ipv6", 1),
  /**
   * How a device gets its link-local address: 0 from its Ethernet address, 1 not at all, 2 from a
   * secret, 3 from a random one. On {@link #ALL} it sets each device's.
   */
  ADDRESS_GENERATION("ipv6", "addr_gen_mode", 3),
  /**
   * Whether routers are heard: 0 no, 1 unless it forwards, 2 always. What they say makes addresses
   * and routes.
   */
  ACCEPT_RA("ipv6", "accept_ra", 2);

  /** All devices. */
  public static final String ALL = "all";

  /** Devices that are not there yet. */
  public static final String DEFAULT = "default";

  private final String family;
  private final String leaf;
  private final int max;

  Sysctl(String family, String leaf, int max) {
    this.family = family;
    this.leaf = leaf;
    this.max = max;
  }

  /** Whether on all devices it is not one of two that count, but sets each. */
  boolean setsEach() {
    return this == IPV4_FORWARDING
        || this == IPV6_FORWARDING
        || this == DISABLE_IPV6
        || this == ADDRESS_GENERATION;
  }

  /**
   * Its name, as sysctl(8) takes it.
   *
   * @param device {@link #ALL}, {@link #DEFAULT} or a name
   * @return such as {@code net.ipv4.conf.eth0.arp_ignore}
   */
  public String name(String device) {
    if (this == IPV4_FORWARDING && device.equals(ALL)) {
      return "net.ipv4.ip_forward";
    }
    // In names slashes stand for the dots of paths.
    return "net." + family + ".conf." + Names.device(device).replace('.', '/') + "." + leaf;
  }

  /** Below /proc/sys. */
  Path path(String device) {
    return folder().resolve(Names.device(device)).resolve(leaf);
  }

  /** In it one for each device. */
  Path folder() {
    return Path.of("net", family, "conf");
  }

  int require(int value) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(leaf + ": " + value + " (expected: 0.." + max + ")");
    }
    return value;
  }
}
