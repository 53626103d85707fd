package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Reasoning.Located.Verdict;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * net/netfilter/ipvs/ip_vs_lblcr.c: an address has a set of servers, the least loaded of which gets
 * the connection. If that has too much, the set grows by whom wlc takes; if nothing was changed for
 * a day, it loses the most loaded one.
 */
final class LocalitySets implements Selector {
  private final Destinations destinations;
  private final LocalityLoad load;
  private final Locality table;

  /**
   * Servers that are in sets, but not in the list any more, and what they weighed last: they count
   * when the most loaded one is looked for.
   */
  private final Map<Destination, Integer> gone = new HashMap<>();

  LocalitySets(Destinations destinations, @Nullable Selector previous) {
    this.destinations = destinations;
    this.load = new LocalityLoad(destinations);
    if (previous instanceof LocalitySets p) {
      this.table = p.table;
      gone.putAll(p.gone);
      for (int i = 0; i < p.destinations.size(); i++) {
        gone.put(p.destinations.get(i), p.destinations.weight(i));
      }
      for (int i = 0; i < destinations.size(); i++) {
        gone.remove(destinations.get(i));
      }
      if (!gone.isEmpty()) {
        Set<Destination> inSets = new HashSet<>();
        table.forEachServer(inSets::add);
        gone.keySet().retainAll(inSets);
      }
    } else {
      this.table = new Locality();
    }
  }

  @Override
  public void begin() {
    load.begin();
  }

  @Override
  public void end() {
    load.end();
  }

  @Override
  public @Nullable Destination select(Flow flow, long nowNanos) {
    Locality.Entry entry = table.use(flow, nowNanos);
    if (entry != null) {
      Destination[] servers = entry.servers();
      int least = leastOf(servers);
      if (servers.length > 1 && nowNanos - entry.changedNanos() > Locality.EXPIRY_NANOS) {
        Destination most = mostOf(servers);
        if (most != null) {
          table.remove(entry, most, nowNanos);
        }
      }
      if (least >= 0 && !load.isOverloaded(least)) {
        return destinations.get(least);
      }
    }
    Destination chosen = load.least(flow, nowNanos);
    if (chosen != null && (entry == null || !contains(entry.servers(), chosen))) {
      table.add(flow, chosen, nowNanos);
    }
    return chosen;
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    // Forgets what is too old, as the choice would.
    table.use(flow, nowNanos);
    Destination[] before = table.servers(flow);
    int least = leastOf(before);
    Verdict verdict = least < 0 ? Verdict.EXCLUDED : load.verdict(least);
    Reasoning compared =
        verdict == Verdict.KEPT
            ? Comparisons.leastOverhead(
                destinations, Stream.of(before).mapToInt(load::indexOf).filter(this::isEligible))
            : load.reasoning(flow, nowNanos);
    Destination chosen = select(flow, nowNanos);
    return new Selection(
        chosen, table.located(flow, before, before.length == 0 ? Verdict.NEW : verdict, compared));
  }

  private boolean isEligible(int index) {
    return index >= 0 && destinations.isEligible(index);
  }

  private static boolean contains(Destination[] servers, Destination one) {
    for (Destination server : servers) {
      if (server == one) {
        return true;
      }
    }
    return false;
  }

  /** The index of the eligible one with the least load for its weight, the first of equals. */
  private int leastOf(Destination[] servers) {
    int least = -1;
    long leastOverhead = 0;
    for (Destination server : servers) {
      int index = load.indexOf(server);
      if (isEligible(index)) {
        long overhead = server.overhead();
        if (least < 0
            || overhead * destinations.weight(least) < leastOverhead * destinations.weight(index)) {
          least = index;
          leastOverhead = overhead;
        }
      }
    }
    return least;
  }

  /** The one with the most load for its weight, whatever its state, the first of equals. */
  private @Nullable Destination mostOf(Destination[] servers) {
    Destination most = null;
    long mostOverhead = 0;
    long mostWeight = 0;
    for (Destination server : servers) {
      long weight = weight(server);
      if (weight > 0) {
        long overhead = server.overhead();
        if (most == null || overhead * mostWeight > mostOverhead * weight) {
          most = server;
          mostOverhead = overhead;
          mostWeight = weight;
        }
      }
    }
    return most;
  }

  private int weight(Destination server) {
    int index = load.indexOf(server);
    if (index >= 0) {
      return destinations.weight(index);
    }
    Integer last = gone.get(server);
    return last == null ? 0 : last;
  }
}
