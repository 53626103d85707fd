package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsStats;
import java.util.List;

/**
 * A virtual service as it was read from the kernel. Immutable.
 *
 * @param service its settings
 * @param stats what was counted of it
 * @param destinations with what was counted of them, the newest first
 */
record Observed(IpvsService service, IpvsStats stats, List<DestinationStatus> destinations) {
  Listing listing() {
    return new Listing(service, destinations.stream().map(DestinationStatus::destination).toList());
  }
}
