package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsService;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A virtual service of the kernel's table, with its destinations. Immutable.
 *
 * @param service its settings
 * @param destinations each address and port once, the newest first
 */
record Listing(IpvsService service, List<IpvsDestination> destinations) {

  /**
   * What the kernel tells the destinations of a service by.
   *
   * @param address of the server
   * @param port of the server
   */
  record Place(InetAddress address, int port) {
    static Place of(IpvsDestination destination) {
      return new Place(destination.address(), destination.port());
    }
  }

  Listing {
    destinations = List.copyOf(destinations);
  }

  /** The destinations by their place, the newest first. */
  Map<Place, IpvsDestination> places() {
    Map<Place, IpvsDestination> places = new LinkedHashMap<>();
    destinations.forEach(destination -> places.put(Place.of(destination), destination));
    return places;
  }
}
