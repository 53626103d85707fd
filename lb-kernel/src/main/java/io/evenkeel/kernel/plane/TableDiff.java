package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.plane.Listing.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What makes one table of the kernel's IPVS another, with as few changes as can be. Pure.
 *
 * <p>Nothing is taken away that can be edited, since connections belong to what is there, and
 * everything can be but a key and a place (net/netfilter/ipvs/ip_vs_ctl.c: scheduler, flags and
 * persistence of a service; weight, thresholds and forwarding of a destination). So who stays keeps
 * its position in the list, as in {@link io.evenkeel.pool.Destinations}; a new one goes to the head
 * of it, and is therefore added after those that stand behind it.
 *
 * <p>What is added comes first and what goes comes last, so that a service that was there has a
 * server for each client all the while: a sorry server before those that it stands in for are gone,
 * and these before it goes again; and who has weight 0 is gone before a service gets a scheduler
 * that refuses clients there, and gets weight 0 after it has lost such a one.
 */
final class TableDiff {
  private final List<IpvsChange> added = new ArrayList<>();
  private final List<IpvsChange> editedServices = new ArrayList<>();
  private final List<IpvsChange> opened = new ArrayList<>();
  private final List<IpvsChange> quiesced = new ArrayList<>();
  private final List<IpvsChange> removed = new ArrayList<>();
  private final List<IpvsChange> editedServicesAtLast = new ArrayList<>();
  private final List<IpvsChange> removedServices = new ArrayList<>();

  private TableDiff() {}

  /**
   * Compares two tables.
   *
   * @param is what is there
   * @param wanted what shall be
   * @return in the order in which they are to be made; none if nothing differs
   */
  static List<IpvsChange> changes(Map<IpvsKey, Listing> is, Map<IpvsKey, Listing> wanted) {
    TableDiff diff = new TableDiff();
    wanted.forEach(
        (key, listing) -> {
          Listing before = is.get(key);
          if (before == null) {
            diff.added.add(new IpvsChange.AddService(listing.service()));
            before = new Listing(listing.service(), List.of());
          }
          diff.compare(key, before, listing);
        });
    for (IpvsKey key : is.keySet()) {
      if (!wanted.containsKey(key)) {
        diff.removedServices.add(new IpvsChange.DeleteService(key));
      }
    }
    List<IpvsChange> all = new ArrayList<>(diff.added);
    all.addAll(diff.opened);
    all.addAll(diff.editedServices);
    all.addAll(diff.quiesced);
    all.addAll(diff.removed);
    all.addAll(diff.editedServicesAtLast);
    all.addAll(diff.removedServices);
    return all;
  }

  private void compare(IpvsKey key, Listing is, Listing wanted) {
    IpvsService service = wanted.service();
    if (!is.service().equals(service)) {
      (KernelScheduler.refusesAtWeight0(service.scheduler(), service.flags())
              ? editedServicesAtLast
              : editedServices)
          .add(new IpvsChange.EditService(service));
    }
    Map<Place, IpvsDestination> left = is.places();
    for (int i = wanted.destinations().size() - 1; i >= 0; i--) {
      IpvsDestination destination = wanted.destinations().get(i);
      IpvsDestination before = left.remove(Place.of(destination));
      if (before == null) {
        added.add(new IpvsChange.AddDestination(key, destination));
      } else if (!before.equals(destination)) {
        (destination.weight() > 0 ? opened : quiesced)
            .add(new IpvsChange.EditDestination(key, destination));
      }
    }
    left.values().forEach(gone -> removed.add(new IpvsChange.DeleteDestination(key, gone)));
  }
}
