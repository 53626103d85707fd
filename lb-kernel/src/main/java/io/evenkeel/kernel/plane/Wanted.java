package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.plane.Listing.Place;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import java.util.Map;
import java.util.Set;

/**
 * What shall be of one service in the kernel's table. Immutable, but for the live cells in it.
 *
 * @param name of the service, to the director
 * @param listing what shall be there
 * @param cells of its destinations
 * @param dropped who is down, or whose connections shall be closed: gone at once if it is not in
 *     the listing
 */
record Wanted(
    ServiceKey name, Listing listing, Map<Place, Destination> cells, Set<Place> dropped) {}
