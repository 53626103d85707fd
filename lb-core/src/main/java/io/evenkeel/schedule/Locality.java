package io.evenkeel.schedule;

import io.evenkeel.model.Endpoint;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Reasoning.Located;
import io.evenkeel.schedule.Reasoning.Located.Verdict;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which servers have which destination address: the table of lblc and lblcr, with the kernel's
 * rules for what is forgotten (net/netfilter/ipvs/ip_vs_lblc.c, ip_vs_lblcr.c). Outlives the
 * selectors that share it.
 *
 * <p>Thread-safe. A look-up takes no lock and allocates nothing; who changes an entry or makes one
 * holds the lock. The kernel looks each minute after what is too old; here the first who comes
 * after the minute does, before he looks anything up, so that he finds what he would have found
 * there.
 *
 * <p>In one thing it is not the kernel's: ip_vs_lblc.c counts an entry anew when it gets another
 * server, so that a table of few entries is full some day, and forgets what was idle for six
 * minutes.
 */
final class Locality {
  /** How long an entry, or a set of several servers, is kept if nothing happens to it: a day. */
  static final long EXPIRY_NANOS = 24L * 60 * 60 * 1_000_000_000;

  /** Beyond so many entries those that were idle for some minutes are taken out. */
  static final int FULL = 16 * 1024;

  private static final long TICK_NANOS = 60L * 1_000_000_000;
  private static final long IDLE_NANOS = 6 * TICK_NANOS;
  private static final int TICKS_TO_EXPIRY_CHECK = 30;
  private static final int BITS = 10;
  private static final int BUCKETS = 1 << BITS;
  private static final Destination[] NOBODY = {};

  private final AtomicReferenceArray<@Nullable Entry> buckets = new AtomicReferenceArray<>(BUCKETS);

  /** Written with the lock held. */
  private final AtomicInteger entries = new AtomicInteger();

  /** When to look for old entries; 0: nobody has come yet. Written by who will do it. */
  private final AtomicLong nextTick = new AtomicLong();

  /** Buckets up to this one were looked at last. Guarded by the lock, as is {@link #ticks}. */
  private int rover;

  private int ticks = 1;

  /** The servers of one address. */
  static final class Entry {
    private final long high;
    private final long low;

    /** Written with the lock held, read by all. */
    private volatile @Nullable Entry next;

    /** The newest first. Written with the lock held, read by all; its content never changes. */
    private volatile Destination[] servers = NOBODY;

    /** When the servers changed. Written with the lock held, read by all. */
    private volatile long changedNanos;

    /** Written and read by all. */
    private volatile long usedNanos;

    private Entry(long high, long low) {
      this.high = high;
      this.low = low;
    }

    Destination[] servers() {
      return servers;
    }

    long changedNanos() {
      return changedNanos;
    }
  }

  /**
   * The entry of the address that a flow asks for, which is used by that.
   *
   * @return null if there is none
   */
  @Nullable Entry use(Flow flow, long nowNanos) {
    long due = nextTick.get();
    if (due == 0 || nowNanos - due >= 0) {
      tick(due, nowNanos);
    }
    Entry entry = find(flow.destinationHigh(), flow.destinationLow());
    if (entry != null && entry.usedNanos != nowNanos) {
      entry.usedNanos = nowNanos;
    }
    return entry;
  }

  /** What is said of an address: who has it after a choice, and who had it before. */
  Located located(Flow flow, Destination[] before, Verdict verdict, @Nullable Reasoning compared) {
    return new Located(
        Texts.destination(flow), endpoints(before), endpoints(servers(flow)), verdict, compared);
  }

  /** Who has the address that a flow asks for. */
  Destination[] servers(Flow flow) {
    Entry entry = find(flow.destinationHigh(), flow.destinationLow());
    return entry == null ? NOBODY : entry.servers;
  }

  private static List<Endpoint> endpoints(Destination[] servers) {
    return Stream.of(servers).map(Destination::endpoint).toList();
  }

  private @Nullable Entry find(long high, long low) {
    Entry entry = buckets.get(bucket(high, low));
    while (entry != null && (entry.low != low || entry.high != high)) {
      entry = entry.next;
    }
    return entry;
  }

  private static int bucket(long high, long low) {
    return KernelHash.multiplied(KernelHash.fold(high, low), BITS);
  }

  /** Lets a server be the only one of an address. Allocates. */
  synchronized void replace(Flow flow, Destination server, long nowNanos) {
    Entry entry = findOrMake(flow, server, nowNanos);
    if (entry.servers.length != 1 || entry.servers[0] != server) {
      entry.servers = new Destination[] {server};
      entry.changedNanos = nowNanos;
    }
  }

  /** Adds a server to those of an address, if it is not among them. Allocates. */
  synchronized void add(Flow flow, Destination server, long nowNanos) {
    Entry entry = findOrMake(flow, server, nowNanos);
    Destination[] before = entry.servers;
    for (Destination known : before) {
      if (known == server) {
        return;
      }
    }
    Destination[] after = new Destination[before.length + 1];
    after[0] = server;
    System.arraycopy(before, 0, after, 1, before.length);
    entry.servers = after;
    entry.changedNanos = nowNanos;
  }

  /** Takes a server out of those of an address, unless it is the only one. Allocates. */
  synchronized void remove(Entry entry, Destination server, long nowNanos) {
    Destination[] before = entry.servers;
    int at = 0;
    while (at < before.length && before[at] != server) {
      at++;
    }
    if (at < before.length && before.length > 1) {
      Destination[] after = new Destination[before.length - 1];
      System.arraycopy(before, 0, after, 0, at);
      System.arraycopy(before, at + 1, after, at, after.length - at);
      entry.servers = after;
      entry.changedNanos = nowNanos;
    }
  }

  private Entry findOrMake(Flow flow, Destination first, long nowNanos) {
    Entry found = find(flow.destinationHigh(), flow.destinationLow());
    if (found != null) {
      return found;
    }
    Entry made = new Entry(flow.destinationHigh(), flow.destinationLow());
    // Before it can be found: who finds an entry finds a server.
    made.servers = new Destination[] {first};
    made.changedNanos = nowNanos;
    made.usedNanos = nowNanos;
    int bucket = bucket(made.high, made.low);
    made.next = buckets.get(bucket);
    buckets.set(bucket, made);
    entries.incrementAndGet();
    return made;
  }

  int size() {
    return entries.get();
  }

  /** Names every server of every entry. */
  synchronized void forEachServer(Consumer<Destination> action) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      for (Entry entry = buckets.get(bucket); entry != null; entry = entry.next) {
        for (Destination server : entry.servers) {
          action.accept(server);
        }
      }
    }
  }

  /** What the kernel's timer has done until now: at most one thread does it. */
  private synchronized void tick(long due, long nowNanos) {
    if (nextTick.get() != due) {
      return;
    }
    long next = due == 0 ? nowNanos + TICK_NANOS : due;
    while (nowNanos - next >= 0) {
      if (ticks == TICKS_TO_EXPIRY_CHECK) {
        ticks = 1;
        sweep(next, EXPIRY_NANOS, Integer.MAX_VALUE);
      } else if (entries.get() <= FULL) {
        ticks++;
      } else {
        int goal = (int) Math.min((entries.get() - FULL) * 4L / 3, FULL / 2);
        sweep(next, IDLE_NANOS, goal);
      }
      next += TICK_NANOS;
    }
    nextTick.set(next == 0 ? 1 : next);
  }

  /** Takes out what was idle that long, bucket by bucket, until the goal is reached. */
  private void sweep(long nowNanos, long idleNanos, int goal) {
    int left = goal;
    for (int i = 0; i < BUCKETS && left > 0; i++) {
      rover = (rover + 1) % BUCKETS;
      Entry before = null;
      for (Entry entry = buckets.get(rover); entry != null; entry = entry.next) {
        if (nowNanos - entry.usedNanos < idleNanos) {
          before = entry;
          continue;
        }
        if (before == null) {
          buckets.set(rover, entry.next);
        } else {
          before.next = entry.next;
        }
        entries.decrementAndGet();
        left--;
      }
    }
  }
}
