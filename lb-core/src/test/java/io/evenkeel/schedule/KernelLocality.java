package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ip_vs_lblc.c and ip_vs_lblcr.c, written down a second time, slowly and literally, to compare
 * with. A suspended server is what there is one that was taken out of the list.
 */
final class KernelLocality {
  static final long SECOND = 1_000_000_000L;

  /** A server and its weight, which it keeps when it is removed. */
  static final class Server {
    final String name;
    final Destination cell;
    int weight;
    boolean listed = true;

    Server(String name, Destination cell, int weight) {
      this.name = name;
      this.cell = cell;
      this.weight = weight;
    }

    long overhead() {
      return 256L * cell.active() + cell.inactive();
    }

    boolean there() {
      return listed && !cell.isSuspended();
    }
  }

  private static final class Entry {
    final long address;
    final List<Server> set = new ArrayList<>();
    long lastUse;
    long lastChange;

    Entry(long address) {
      this.address = address;
    }
  }

  private final boolean sets;
  final List<Server> list = new ArrayList<>();
  private final List<List<Entry>> buckets = new ArrayList<>();
  private int entries;
  private int counter = 1;
  private int rover;
  private long start = -1;
  private long timersRun;
  int replaced;
  int grown;
  int shrunk;
  int expired;
  int evicted;

  KernelLocality(boolean sets) {
    this.sets = sets;
    for (int i = 0; i < 1024; i++) {
      buckets.add(new ArrayList<>());
    }
  }

  int entries() {
    return entries;
  }

  /** The timer fires each minute after the first choice. */
  private void timers(long now) {
    if (start < 0) {
      start = now;
    }
    while (start + (timersRun + 1) * 60 * SECOND <= now) {
      timersRun++;
      timer(start + timersRun * 60 * SECOND);
    }
  }

  private void timer(long now) {
    if (counter % 30 == 0) {
      for (List<Entry> bucket : buckets) {
        int before = bucket.size();
        bucket.removeIf(e -> now >= e.lastUse + 24 * 3600 * SECOND);
        entries -= before - bucket.size();
        expired += before - bucket.size();
      }
      counter = 1;
      return;
    }
    if (entries <= 16384) {
      counter++;
      return;
    }
    int goal = Math.min((entries - 16384) * 4 / 3, 16384 / 2);
    for (int i = 0; i < 1024; i++) {
      rover = (rover + 1) & 1023;
      Iterator<Entry> each = buckets.get(rover).iterator();
      while (each.hasNext()) {
        if (now >= each.next().lastUse + 6 * 60 * SECOND) {
          each.remove();
          entries--;
          goal--;
          evicted++;
        }
      }
      if (goal <= 0) {
        break;
      }
    }
  }

  String choose(long address, long now) {
    timers(now);
    int bucket = KernelSourceHash.hash32(BigInteger.valueOf(address & 0xffff_ffffL), 10);
    Entry entry = null;
    for (Entry e : buckets.get(bucket)) {
      entry = e.address == address ? e : entry;
    }
    Server kept = entry == null ? null : kept(entry, now);
    if (kept != null) {
      return kept.name;
    }
    Server server = weightedLeast(list);
    if (server == null) {
      return Farm.NOBODY;
    }
    if (entry == null) {
      entry = new Entry(address);
      entry.lastUse = now;
      buckets.get(bucket).add(entry);
      entries++;
    } else if (!sets && entry.set.get(0) != server) {
      entry.set.clear();
      replaced++;
    }
    if (!entry.set.contains(server)) {
      grown += entry.set.isEmpty() ? 0 : 1;
      entry.set.add(0, server);
      entry.lastChange = now;
    }
    return server.name;
  }

  private @Nullable Server kept(Entry entry, long now) {
    entry.lastUse = now;
    if (!sets) {
      Server server = entry.set.get(0);
      return server.there() && server.weight > 0 && !overloaded(server) ? server : null;
    }
    Server least = weightedLeast(entry.set);
    if (entry.set.size() > 1 && now > entry.lastChange + 24 * 3600 * SECOND) {
      Server most = null;
      for (Server s : entry.set) {
        if (s.weight > 0
            && (most == null || most.overhead() * s.weight < s.overhead() * most.weight)) {
          most = s;
        }
      }
      if (most != null) {
        entry.set.remove(most);
        entry.lastChange = now;
        shrunk++;
      }
    }
    return least != null && !overloaded(least) ? least : null;
  }

  private static @Nullable Server weightedLeast(List<Server> among) {
    Server least = null;
    for (Server s : among) {
      boolean eligible = s.there() && !s.cell.isOverloaded() && s.weight > 0;
      if (eligible
          && (least == null || least.overhead() * s.weight > s.overhead() * least.weight)) {
        least = s;
      }
    }
    return least;
  }

  private boolean overloaded(Server server) {
    return server.cell.active() > server.weight
        && list.stream().anyMatch(s -> s.there() && s.cell.active() * 2 < s.weight);
  }
}
