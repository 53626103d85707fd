package io.evenkeel.kernel.doctor;

import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a host is to be. Immutable.
 *
 * @param uses what for, one or more
 * @param realServer a real server, and not the director
 * @param ipv6 for IPv6, too
 * @param vip the virtual address that a real server is to hold; null: any
 */
public record Plan(Set<Use> uses, boolean realServer, boolean ipv6, @Nullable InetAddress vip) {

  /**
   * Checks the uses.
   *
   * @throws IllegalArgumentException if there are none
   */
  public Plan {
    if (uses.isEmpty()) {
      throw new IllegalArgumentException("uses: none (expected: one or more)");
    }
    uses = Set.copyOf(EnumSet.copyOf(uses));
  }
}
