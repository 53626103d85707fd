package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.plane.Listing.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Who stays in the kernel's table although nobody wants it any more: those whose connections are
 * open, with weight 0, until they are not. The kernel drops the packets of connections whose
 * destination is gone (net/netfilter/ipvs/ip_vs_core.c), so that they would hang. Pure.
 *
 * <p>Not those that are down, which have nothing to say; nor those to which new clients would be
 * sent, or because of whom some would be refused: of persistent services, whose templates hold with
 * weight 0, unless expire_quiescent_template is set; of dh, and sh and mh without fallback; and of
 * a port whose address has a new service for all ports.
 */
final class Leaving {
  private final boolean expiresQuiescent;
  private final BiPredicate<IpvsKey, Place> isGone;

  /**
   * Of one moment.
   *
   * @param expiresQuiescent whether expire_quiescent_template is set
   * @param isGone whose connections were to be closed, or are somebody else's from now on
   */
  Leaving(boolean expiresQuiescent, BiPredicate<IpvsKey, Place> isGone) {
    this.expiresQuiescent = expiresQuiescent;
    this.isGone = isGone;
  }

  /**
   * What shall be there, and who may leave slowly.
   *
   * @param is what is there of our own, and how much of it is used
   * @param wanted what shall be there in the end
   * @return what shall be there now
   */
  Map<IpvsKey, Listing> table(Map<IpvsKey, Observed> is, Map<IpvsKey, Wanted> wanted) {
    Map<IpvsKey, Listing> table = new LinkedHashMap<>();
    wanted.forEach((key, service) -> table.put(key, with(service, is.get(key))));
    is.forEach(
        (key, service) -> {
          if (!wanted.containsKey(key)
              && !isCovered(key, wanted.keySet())
              && letsRunOut(service.service(), true)) {
            List<IpvsDestination> busy = busy(service, Map.of(), Set.of());
            if (!busy.isEmpty()) {
              table.put(key, new Listing(service.service(), busy));
            }
          }
        });
    return table;
  }

  private Listing with(Wanted wanted, @Nullable Observed is) {
    Listing listing = wanted.listing();
    if (is == null || !letsRunOut(listing.service(), false)) {
      return listing;
    }
    List<IpvsDestination> busy = busy(is, listing.places(), wanted.dropped());
    if (busy.isEmpty()) {
      return listing;
    }
    List<IpvsDestination> all = new ArrayList<>(listing.destinations());
    all.addAll(busy);
    return new Listing(listing.service(), all);
  }

  /** The kernel looks for the exact port first, and would refuse the clients of who has all. */
  private static boolean isCovered(IpvsKey key, Set<IpvsKey> wanted) {
    return key instanceof IpvsAddress address
        && wanted.contains(new IpvsAddress(address.protocol(), address.address(), 0));
  }

  private boolean letsRunOut(IpvsService service, boolean asAWhole) {
    boolean holds = service.persistence() != null && !expiresQuiescent;
    return !holds
        && (asAWhole || !KernelScheduler.refusesAtWeight0(service.scheduler(), service.flags()));
  }

  private List<IpvsDestination> busy(
      Observed is, Map<Place, IpvsDestination> wanted, Set<Place> dropped) {
    List<IpvsDestination> busy = new ArrayList<>();
    for (DestinationStatus status : is.destinations()) {
      Place place = Place.of(status.destination());
      if (!wanted.containsKey(place)
          && !dropped.contains(place)
          && canBeEdited(is.service().key(), status.destination())
          && !isGone.test(is.service().key(), place)
          && status.active() + status.inactive() > 0) {
        busy.add(status.destination().withWeight(0));
      }
    }
    return busy;
  }

  /** What others have put there may be what nobody should: a port that is not mapped. */
  static boolean canBeEdited(IpvsKey key, IpvsDestination destination) {
    return switch (destination.method()) {
      case DIRECT, TUNNEL ->
          !(key instanceof IpvsAddress address) || address.port() == destination.port();
      case MASQUERADE, LOCAL, BYPASS -> true;
    };
  }

  /** As it is there, whatever is open. */
  static Map<IpvsKey, Listing> listings(Map<IpvsKey, Observed> is) {
    Map<IpvsKey, Listing> table = new HashMap<>();
    is.forEach((key, service) -> table.put(key, service.listing()));
    return table;
  }
}
