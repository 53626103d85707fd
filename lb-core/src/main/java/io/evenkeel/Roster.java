package io.evenkeel;

import io.evenkeel.health.Rotation;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Exclusion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom a dispatcher may choose and whom not, to be shown when somebody asks. Immutable, but for the
 * live cells in it.
 *
 * @param service null: it is removed, or was never configured
 * @param servers all that are configured
 * @param destinations those of them that are not down, in list order
 * @param rotation who of them gets connections
 * @param removed who was removed, and had connections or templates left when the list was made
 */
record Roster(
    @Nullable VirtualService service,
    Map<Endpoint, Destination> servers,
    Destinations destinations,
    Rotation rotation,
    List<Destination> removed) {
  static final Roster NOBODY =
      new Roster(null, Map.of(), Destinations.empty(), Rotation.EMPTY, List.of());

  String scheduler() {
    return service == null ? "none" : service.scheduler();
  }

  boolean isOnePacket() {
    return service != null && service.onePacket();
  }

  /** How they all stand now: those to choose from, those that are down, those that are removed. */
  List<Explanation.Candidate> candidates() {
    Map<Endpoint, RealServer> configured = new HashMap<>();
    List<RealServer> realServers = service == null ? List.of() : service.realServers();
    realServers.forEach(server -> configured.put(server.endpoint(), server));
    List<Explanation.Candidate> all = new ArrayList<>();
    for (int i = 0; i < destinations.size(); i++) {
      Destination cell = destinations.get(i);
      RealServer server = configured.remove(cell.endpoint());
      int upper = server == null ? 0 : server.upperThreshold();
      all.add(candidate(cell, destinations.weight(i), upper, destinations.exclusion(i)));
    }
    for (int i = 0; i < realServers.size(); i++) {
      RealServer server = realServers.get(i);
      Destination cell = servers.get(server.endpoint());
      if (cell != null && configured.containsKey(server.endpoint())) {
        all.add(
            candidate(
                cell,
                server.weight(),
                server.upperThreshold(),
                exclusion(rotation.places().get(i).absence())));
      }
    }
    for (Destination cell : removed) {
      if (ServiceCell.isReferenced(cell)) {
        all.add(candidate(cell, 0, 0, Exclusion.REMOVED));
      }
    }
    return all;
  }

  private static Exclusion exclusion(Rotation.@Nullable Absence absence) {
    if (absence == null) {
      throw new IllegalStateException("in no list, and not absent");
    }
    return switch (absence) {
      case DOWN -> Exclusion.DOWN;
      case MAINTENANCE -> Exclusion.MAINTENANCE;
      case REPLACED -> Exclusion.REPLACED;
    };
  }

  private Explanation.Candidate candidate(
      Destination cell, int weight, int upperThreshold, @Nullable Exclusion exclusion) {
    return new Explanation.Candidate(
        cell.endpoint(),
        weight,
        cell.active(),
        cell.inactive(),
        upperThreshold,
        service != null && service.slowStart() != null && cell.warmUp() != null,
        exclusion);
  }
}
