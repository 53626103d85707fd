package io.evenkeel.vrrp.protocol;

import java.net.InetAddress;
import java.util.List;

/**
 * What a master says (RFC 9568, 5.2). Immutable.
 *
 * @param version of the protocol
 * @param vrid the virtual router's number, 1..255
 * @param priority 1..254; 255: it owns the addresses; 0: it is master no longer
 * @param intervalNanos between two of these: of version 2 whole seconds, 1..255 s; of version 3
 *     hundredths of a second, 10 ms..40.95 s
 * @param addresses the virtual addresses, all of one family; of IPv6 the first is link-local
 */
public record Advertisement(
    Version version, int vrid, int priority, long intervalNanos, List<InetAddress> addresses) {
  /** Who says this is master no longer. */
  public static final int RESIGNED = 0;

  /** Who says this owns the virtual addresses. */
  public static final int OWNER = 255;

  /** Copies the list. */
  public Advertisement {
    addresses = List.copyOf(addresses);
  }
}
