package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Reasoning.Located.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * net/netfilter/ipvs/ip_vs_lblc.c: an address stays with its server until that is gone, quiesced or
 * has too much. A server over its upper threshold keeps its addresses, as in the kernel; one that
 * is suspended loses them, as does there one that is taken out of the list.
 */
final class LocalityLeast implements Selector {
  private final Destinations destinations;
  private final LocalityLoad load;
  private final Locality table;

  LocalityLeast(Destinations destinations, @Nullable Selector previous) {
    this.destinations = destinations;
    this.load = new LocalityLoad(destinations);
    this.table = previous instanceof LocalityLeast p ? p.table : new Locality();
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
    Destination server = entry == null ? null : entry.servers()[0];
    if (server != null && mayKeep(server)) {
      return server;
    }
    Destination least = load.least(flow, nowNanos);
    if (least != null && least != server) {
      table.replace(flow, least, nowNanos);
    }
    return least;
  }

  @Override
  public Selection explain(Flow flow, long nowNanos) {
    // Forgets what is too old, as the choice would.
    table.use(flow, nowNanos);
    Destination[] before = table.servers(flow);
    Verdict verdict = before.length == 0 ? Verdict.NEW : load.verdict(load.indexOf(before[0]));
    Reasoning compared = verdict == Verdict.KEPT ? null : load.reasoning(flow, nowNanos);
    Destination chosen = select(flow, nowNanos);
    return new Selection(chosen, table.located(flow, before, verdict, compared));
  }

  private boolean mayKeep(Destination server) {
    int index = load.indexOf(server);
    return index >= 0 && destinations.isServing(index) && !load.isOverloaded(index);
  }
}
