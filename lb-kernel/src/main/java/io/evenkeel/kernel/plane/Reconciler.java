package io.evenkeel.kernel.plane;

import io.evenkeel.ConnectionStatus;
import io.evenkeel.EffectiveService;
import io.evenkeel.PlaneContext.Reporter;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsConnections;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsSysctl;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the part of the kernel's table that is ours what is wanted, from whatever it is. Used by
 * one thread.
 */
final class Reconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IpvsPlane.class);

  private final IpvsPlane options;
  private final Kernel kernel;
  private final StateFile stateFile;
  private final Counts counts;
  private final Reporter reporter;
  private final Runnable onMended;

  /** What the state file says. */
  private Set<IpvsKey> own;

  /** As the table was left; null: not known. */
  private @Nullable Map<IpvsKey, Listing> left;

  /** What is told when it is so: after the kernel has taken the changes. */
  private final Set<IpvsKey> takenOver = new LinkedHashSet<>();

  private final List<Drift> drifts = new ArrayList<>();
  private boolean hasRead;

  /**
   * Opens nothing.
   *
   * @throws IOException if the state file cannot be read
   */
  Reconciler(IpvsPlane options, Kernel kernel, Counts counts, Reporter reporter, Runnable onMended)
      throws IOException {
    this.options = options;
    this.kernel = kernel;
    this.counts = counts;
    this.reporter = reporter;
    this.onMended = onMended;
    this.stateFile = new StateFile(options.stateFile());
    this.own = stateFile.read();
  }

  /**
   * Does it. What is done is done when it fails; the next call goes on from there.
   *
   * @param services what is wanted
   * @param cut whose connections were to be closed
   * @param elsewhere what somebody else carries
   * @throws IOException if the kernel refuses something, or does not answer
   */
  void reconcile(Collection<EffectiveService> services, Set<Destination> cut, Elsewhere elsewhere)
      throws IOException {
    final Map<IpvsKey, Wanted> wanted = Mapping.of(services, cut::contains);
    final boolean expiresQuiescent = setSwitches(services);
    Set<IpvsKey> keys = new LinkedHashSet<>(own);
    keys.addAll(wanted.keySet());
    Map<IpvsKey, Observed> is = read(keys);
    lookForOthers(is);
    // Until it is known what became of the changes.
    left = null;

    Map<IpvsKey, Listing> table = new LinkedHashMap<>();
    wanted.forEach((key, service) -> table.put(key, service.listing()));
    if (options.whenRemoved() == IpvsPlane.WhenRemoved.RUN_ON) {
      Set<Destination> gone = new HashSet<>(cut);
      gone.addAll(elsewhere.servers());
      Leaving leaving =
          new Leaving(expiresQuiescent, (key, place) -> gone.contains(counts.cell(key, place)));
      table.putAll(leaving.table(is, wanted));
      table.keySet().removeAll(elsewhere.keys());
    }
    List<IpvsChange> changes = TableDiff.changes(Leaving.listings(is), table);
    if (!changes.isEmpty()) {
      Set<IpvsKey> touched = new LinkedHashSet<>(table.keySet());
      touched.addAll(is.keySet());
      // Before it is in the kernel: what nobody knows of would stay there.
      remember(touched);
      kernel.apply(changes);
      is = read(touched);
    }
    tellOfOthers(wanted);
    remember(table.keySet());
    left = table;
    counts.take(is, wanted, System.nanoTime());
  }

  private boolean setSwitches(Collection<EffectiveService> services) throws IOException {
    if (options.expireNodest()) {
      kernel.set(IpvsSysctl.EXPIRE_NODEST_CONN, 1);
    }
    boolean expires = false;
    for (EffectiveService service : services) {
      Boolean wanted = Limits.expiresQuiescent(service.service()).orElse(null);
      if (wanted != null) {
        kernel.set(IpvsSysctl.EXPIRE_QUIESCENT_TEMPLATE, wanted ? 1 : 0);
        expires |= wanted;
      }
    }
    return expires;
  }

  private Map<IpvsKey, Observed> read(Set<IpvsKey> keys) throws IOException {
    Map<IpvsKey, Observed> found = new LinkedHashMap<>();
    for (ServiceStatus status : kernel.services()) {
      IpvsKey key = status.service().key();
      if (keys.contains(key)) {
        found.put(key, new Observed(status.service(), status.stats(), kernel.destinations(key)));
      }
    }
    return found;
  }

  private void remember(Set<IpvsKey> keys) throws IOException {
    if (!own.equals(keys)) {
      stateFile.write(keys);
      own = new LinkedHashSet<>(keys);
    }
  }

  private void lookForOthers(Map<IpvsKey, Observed> is) {
    is.keySet().stream().filter(key -> !own.contains(key)).forEach(takenOver::add);
    if (!hasRead) {
      hasRead = true;
      is.keySet().stream()
          .filter(own::contains)
          .forEach(key -> LOG.info("{}: goes on in the kernel as it was left", key));
    }
    if (left != null) {
      drifts.addAll(Drift.between(left, Leaving.listings(is)));
    }
  }

  private void tellOfOthers(Map<IpvsKey, Wanted> wanted) {
    takenOver.forEach(key -> report(key, wanted, "was there already, and is taken over"));
    takenOver.clear();
    for (Drift drift : drifts) {
      onMended.run();
      report(drift.key(), wanted, "was changed by somebody else, " + drift.text() + "; mended");
    }
    drifts.clear();
  }

  private void report(IpvsKey key, Map<IpvsKey, Wanted> wanted, String text) {
    Wanted service = wanted.get(key);
    ServiceKey name = service == null ? null : service.name();
    reporter.report(name, (name == null ? key : name) + ": " + text);
  }

  /**
   * Gives all of our own weight 0, so that no new clients follow.
   *
   * @return how many established connections there are
   */
  long quiesce() throws IOException {
    Map<IpvsKey, Observed> is = read(own);
    Map<IpvsKey, Listing> quiet = new LinkedHashMap<>();
    is.forEach(
        (key, service) -> {
          List<IpvsDestination> destinations =
              service.listing().destinations().stream()
                  .map(d -> Leaving.canBeEdited(key, d) ? d.withWeight(0) : d)
                  .toList();
          quiet.put(key, new Listing(service.service(), destinations));
        });
    List<IpvsChange> changes = TableDiff.changes(Leaving.listings(is), quiet);
    if (!changes.isEmpty()) {
      kernel.apply(changes);
    }
    return is.values().stream()
        .flatMap(service -> service.destinations().stream())
        .mapToLong(DestinationStatus::active)
        .sum();
  }

  /** Takes all of our own away. */
  void remove() throws IOException {
    List<IpvsChange> changes = TableDiff.changes(Leaving.listings(read(own)), Map.of());
    if (!changes.isEmpty()) {
      kernel.apply(changes);
    }
    remember(new HashSet<>());
  }

  /** Those of some services. */
  List<ConnectionStatus> connections(Collection<EffectiveService> services) throws IOException {
    try (IpvsConnections table = kernel.connections()) {
      return new Connections(services, counts.cells()).read(table);
    }
  }

  @Override
  public void close() {
    kernel.close();
  }
}
