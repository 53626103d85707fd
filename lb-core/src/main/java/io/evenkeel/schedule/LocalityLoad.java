package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.LoadListener;
import io.evenkeel.schedule.LeastLoaded.Cost;
import io.evenkeel.schedule.Reasoning.Located.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * What lblc and lblcr ask about the servers of a list. Both give an address away as wlc would, and
 * take it from a server with more active connections than it weighs, if any server of the list has
 * less than half as many as it weighs. How many have is counted at each change, so that a choice
 * looks at nobody. Who is suspended does not count: in the kernel it would be out of the list.
 */
final class LocalityLoad implements LoadListener {
  private final Destinations destinations;
  private final LeastLoaded least;
  private final Map<Destination, Integer> indices = new HashMap<>();

  /** For each destination 1 if it has less than half; written and read by all. */
  private final AtomicIntegerArray idle;

  /** The sum of {@link #idle}. */
  private final AtomicInteger idleCount = new AtomicInteger();

  LocalityLoad(Destinations destinations) {
    this.destinations = destinations;
    this.least = new LeastLoaded(destinations, Cost.OVERHEAD);
    this.idle = new AtomicIntegerArray(destinations.size());
    for (int i = 0; i < destinations.size(); i++) {
      indices.put(destinations.get(i), i);
      count(i);
    }
  }

  void begin() {
    destinations.watch(this);
  }

  void end() {
    destinations.unwatch(this);
  }

  @Override
  public void loadChanged(int index) {
    count(index);
    least.loadChanged(index);
  }

  private void count(int index) {
    while (true) {
      Destination server = destinations.get(index);
      boolean hasRoom = server.active() * 2L < destinations.weight(index);
      int now = hasRoom && destinations.isServing(index) ? 1 : 0;
      int before = idle.get(index);
      if (now == before) {
        return;
      }
      if (idle.compareAndSet(index, before, now)) {
        // And looks again: another may have seen an older state, and not have written it yet.
        idleCount.addAndGet(now - before);
      }
    }
  }

  /** Where a server stands in the list, or -1. */
  int indexOf(Destination server) {
    Integer index = indices.get(server);
    return index == null ? -1 : index;
  }

  /** Whether a server must give an address away. Does not look at the upper threshold. */
  boolean isOverloaded(int index) {
    return destinations.get(index).active() > destinations.weight(index) && idleCount.get() > 0;
  }

  /** What becomes of an address whose server has that index, or -1. */
  Verdict verdict(int index) {
    if (index < 0) {
      return Verdict.GONE;
    }
    if (!destinations.isServing(index)) {
      return Verdict.EXCLUDED;
    }
    return isOverloaded(index) ? Verdict.BUSY : Verdict.KEPT;
  }

  /** Who would get an address that nobody has, and why. */
  Reasoning reasoning(Flow flow, long nowNanos) {
    return least.explain(flow, nowNanos).reasoning();
  }

  /** Who gets an address that nobody has. */
  @Nullable Destination least(Flow flow, long nowNanos) {
    return least.select(flow, nowNanos);
  }
}
