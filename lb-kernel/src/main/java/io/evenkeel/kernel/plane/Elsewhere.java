package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.pool.Destination;
import java.util.Set;

/**
 * What somebody else carries, connections that are open included: it goes from the kernel's table
 * at once. Immutable.
 *
 * @param keys of services
 * @param servers those of services that stay
 */
record Elsewhere(Set<IpvsKey> keys, Set<Destination> servers) {
  static final Elsewhere NOTHING = new Elsewhere(Set.of(), Set.of());

  Elsewhere {
    keys = Set.copyOf(keys);
    servers = Set.copyOf(servers);
  }
}
