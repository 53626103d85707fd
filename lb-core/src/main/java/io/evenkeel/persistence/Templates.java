package io.evenkeel.persistence;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The templates of one service (ip_vs_sched_persist in net/netfilter/ipvs/ip_vs_core.c).
 *
 * <p>A {@link Template} itself knows to the nanosecond when it expires. The cache only bounds their
 * number and forgets the expired ones, some seconds late and never early. It cannot be told to keep
 * an entry that it holds for expired; such a template, held by connections beyond its time, waits
 * in {@link #parked} until it is looked up again or {@link #sweep} finds it expired.
 *
 * <p>Thread-safe. {@link #find} locks and allocates nothing when it finds a template.
 */
public final class Templates {
  /**
   * The cache's time goes by steps of its own clock work (TimerWheel in Caffeine): at any other
   * time the cache may hide an entry that it has not yet given back, and nobody could list a
   * template that is held.
   */
  private static final long STEP_NANOS = 1L << 30;

  /** How far the cache's time may lag: two sweeps, and a step. */
  static final long LAG_NANOS = 4 * STEP_NANOS;

  private static final ThreadLocal<ClientKey> PROBE =
      ThreadLocal.withInitial(() -> new ClientKey(0, 0));

  private final LongSupplier nanoTime;
  private final @Nullable Changes changes;
  private final Cache<ClientKey, Template> cache;

  /** Out of the cache by time, but not expired; written inside the cache's own locks. */
  private final ConcurrentMap<ClientKey, Template> parked = new ConcurrentHashMap<>();

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder evictions = new LongAdder();

  /** Written by the director, read by every caller. */
  private volatile Settings settings;

  /**
   * The cache's time: at most LAG_NANOS behind. Written by the sweep alone, so that no dispatching
   * thread ever forgets what has expired for all.
   */
  private volatile long cacheNanos;

  /**
   * An empty table.
   *
   * @param spec how clients stay with their server
   * @param nanoTime the time that is passed to the other methods, for when a connection is released
   * @param changes where to put what others are to be told of; null: they are not
   */
  public Templates(PersistenceSpec spec, LongSupplier nanoTime, @Nullable Changes changes) {
    this.nanoTime = nanoTime;
    this.changes = changes;
    this.settings = Settings.of(spec);
    this.cacheNanos = step(nanoTime.getAsLong());
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(spec.maxTemplates())
            .expireAfter(new CacheExpiry())
            .ticker(() -> cacheNanos)
            .executor(Runnable::run)
            .evictionListener(this::evicted)
            .build();
  }

  /**
   * Other settings from now on. Templates that are there keep their timeout, and serve the clients
   * whose address under the new prefix is theirs, as in the kernel.
   *
   * @param spec how clients stay with their server
   */
  public void configure(PersistenceSpec spec) {
    settings = Settings.of(spec);
    cache.policy().eviction().orElseThrow().setMaximum(spec.maxTemplates());
  }

  /**
   * The template of a client, if it has one that leads to a server which may be used. One that
   * leads to another is forgotten.
   *
   * @param flow who wants to reach what
   * @param nowNanos monotonic time
   * @return the template, held for a new connection until it is {@link Template#released}; or null
   */
  public @Nullable Template find(Flow flow, long nowNanos) {
    Settings current = settings;
    ClientKey probe = PROBE.get().set(flow.clientHigh(), flow.clientLow(), current);
    Template found = cache.getIfPresent(probe);
    if (found == null || !isUsable(found, current) || !found.hold(nowNanos)) {
      found = findSlowly(probe.copy(), current, nowNanos);
    }
    (found == null ? misses : hits).increment();
    if (found != null && changes != null) {
      changes.held(found, nowNanos);
    }
    return found;
  }

  /**
   * Ties a client to a server, unless another thread has just tied it to one.
   *
   * @param flow who wants to reach what
   * @param chosen by the scheduler
   * @param nowNanos monotonic time
   * @return the client's template, held for a new connection until it is {@link Template#released}
   */
  public Template tie(Flow flow, Destination chosen, long nowNanos) {
    Settings current = settings;
    ClientKey key = new ClientKey(0, 0).set(flow.clientHigh(), flow.clientLow(), current);
    Template fresh =
        template(key, chosen, current.timeoutNanos(), nowNanos + current.timeoutNanos());
    fresh.hold(nowNanos);
    Template tied =
        cache
            .asMap()
            .compute(
                key,
                (k, known) -> {
                  Template held = hold(k, known, current, nowNanos);
                  if (held != null) {
                    return held;
                  }
                  fresh.count();
                  return fresh;
                });
    if (changes != null) {
      if (tied == fresh) {
        changes.add(tied, nowNanos);
      } else {
        changes.held(tied, nowNanos);
      }
    }
    return tied;
  }

  /**
   * Whether a client may have a template of its own.
   *
   * @param client its address
   * @return false if it goes with others, and the first of their addresses is another
   */
  public boolean isClient(InetAddress client) {
    ClientKey key = ClientKey.of(client);
    return key.copy().set(key.high(), key.low(), settings).equals(key);
  }

  /**
   * Takes a template over that another table had. What is known here comes first if it leads to
   * another server that may be used, and connections hold it or it was used later or the server
   * that was told may not be used.
   *
   * @param client its address, one that {@link #isClient}
   * @param told where it went
   * @param timeoutNanos what a new connection restarted its timer with, over 0
   * @param leftNanos until it expires, over 0
   * @param nowNanos monotonic time
   * @return whether the client goes to that server now
   */
  public boolean accept(
      InetAddress client, Destination told, long timeoutNanos, long leftNanos, long nowNanos) {
    Settings current = settings;
    ClientKey key = ClientKey.of(client);
    Template fresh = template(key, told, timeoutNanos, nowNanos + leftNanos);
    Template kept =
        cache
            .asMap()
            .compute(
                key,
                (k, cached) -> {
                  Template known = cached == null ? parked.remove(k) : cached;
                  if (known != null) {
                    if (isBetter(known, fresh, current, nowNanos)) {
                      return known;
                    }
                    known.countNoMore();
                  }
                  fresh.count();
                  return fresh;
                });
    return Objects.requireNonNull(kept).destination() == told;
  }

  /** Within the cache's lock on the key. What is not better has ended, or may not be used. */
  private static boolean isBetter(Template known, Template told, Settings current, long nowNanos) {
    if (!isUsable(known, current)) {
      return false;
    }
    if (known.destination() == told.destination()) {
      return known.prolong(nowNanos, told.deadlineNanos());
    }
    long usedLaterNanos =
        (known.deadlineNanos() - known.timeoutNanos())
            - (told.deadlineNanos() - told.timeoutNanos());
    if (usedLaterNanos >= 0 || !isUsable(told, current)) {
      return !known.endIfExpired(nowNanos);
    }
    return !known.endIfFree();
  }

  private Template template(
      ClientKey key, Destination destination, long timeoutNanos, long deadlineNanos) {
    return changes == null
        ? new Template(destination, nanoTime, timeoutNanos, deadlineNanos)
        : new ToldTemplate(key, destination, nanoTime, timeoutNanos, deadlineNanos);
  }

  /**
   * Forgets what has expired. To be called about once a second.
   *
   * @param nowNanos monotonic time
   */
  public void sweep(long nowNanos) {
    long next = step(nowNanos);
    if (next - cacheNanos > 0) {
      cacheNanos = next;
    }
    cache.cleanUp();
    parked.forEach(
        (key, template) -> {
          if (template.endIfExpired(nowNanos)) {
            parked.remove(key, template);
            template.countNoMore();
          } else if (changes != null) {
            changes.outlived(template, nowNanos);
          }
        });
  }

  /** Forgets all. Connections that hold one are not disturbed. */
  public void clear() {
    parked.forEach(
        (key, template) -> {
          parked.remove(key, template);
          template.countNoMore();
        });
    for (ClientKey key : cache.asMap().keySet()) {
      cache
          .asMap()
          .computeIfPresent(
              key,
              (k, template) -> {
                template.countNoMore();
                return null;
              });
    }
    // What the cache does not show because it has expired is parked or counted no more by this.
    cache.cleanUp();
  }

  /** Takes a template at a time. */
  @FunctionalInterface
  public interface Visitor {

    /**
     * One template.
     *
     * @param client its address, or the first of its group
     * @param template what it has
     * @param leftNanos until it expires if nothing holds it any more, 0 or more
     */
    void visit(InetAddress client, Template template, long leftNanos);
  }

  /**
   * Shows every template that has not expired, without a copy of the table. Those that come or go
   * meanwhile may be missed; one whose time ends meanwhile while connections hold it may be shown
   * twice.
   *
   * @param nowNanos monotonic time
   * @param visitor called in no order
   */
  public void forEach(long nowNanos, Visitor visitor) {
    // Afterwards the cache shows all that are in it, and the others are parked.
    sweep(nowNanos);
    Map<ClientKey, Template> before = new HashMap<>(parked);
    before.forEach((key, template) -> show(key, template, nowNanos, visitor));
    cache
        .asMap()
        .forEach(
            (key, template) -> {
              if (before.get(key) != template) {
                show(key, template, nowNanos, visitor);
              }
            });
    cache.cleanUp();
    parked.forEach(
        (key, template) -> {
          if (before.get(key) != template) {
            show(key, template, nowNanos, visitor);
          }
        });
  }

  private static void show(ClientKey key, Template template, long nowNanos, Visitor visitor) {
    long left = template.timeLeftNanos(nowNanos);
    if (left > 0 || template.connections() > 0) {
      visitor.visit(key.address(), template, left);
    }
  }

  /**
   * Look-ups that found a template.
   *
   * @return a sum that only grows
   */
  public long hits() {
    return hits.sum();
  }

  /**
   * Look-ups that found none, or one that could not be used.
   *
   * @return a sum that only grows
   */
  public long misses() {
    return misses.sum();
  }

  /**
   * Templates that were forgotten because there were too many.
   *
   * @return a sum that only grows
   */
  public long evictions() {
    return evictions.sum();
  }

  /** Also finds what the cache takes for expired, and forgets what cannot be used. */
  private @Nullable Template findSlowly(ClientKey key, Settings current, long nowNanos) {
    return cache.asMap().compute(key, (k, known) -> hold(k, known, current, nowNanos));
  }

  /** Within the cache's lock on the key: the client's template, held, else forgotten. */
  private @Nullable Template hold(
      ClientKey key, @Nullable Template cached, Settings current, long nowNanos) {
    Template known = cached == null ? parked.remove(key) : cached;
    if (known == null) {
      return null;
    }
    if (isUsable(known, current) && known.hold(nowNanos)) {
      return known;
    }
    known.countNoMore();
    return null;
  }

  /** As ip_vs_check_template; an overloaded server keeps its clients. */
  private static boolean isUsable(Template template, Settings current) {
    Destination destination = template.destination();
    int weight = destination.weight();
    return weight >= 0 && (weight > 0 || !current.expireQuiescent()) && destination.isServing();
  }

  /** Called by the cache, within its lock on the key. */
  private void evicted(@Nullable ClientKey key, @Nullable Template template, RemovalCause cause) {
    if (key == null || template == null) {
      return;
    }
    if (cause == RemovalCause.EXPIRED) {
      if (template.endIfExpired(cacheNanos)) {
        template.countNoMore();
        return;
      }
      if (parked.size() < settings.maxTemplates()) {
        parked.put(key, template);
        return;
      }
    }
    template.countNoMore();
    evictions.increment();
  }

  private static long step(long nanos) {
    return nanos & -STEP_NANOS;
  }

  /** Never earlier than the template's own time. */
  private static final class CacheExpiry implements Expiry<ClientKey, Template> {
    @Override
    public long expireAfterCreate(ClientKey key, Template template, long cacheNanos) {
      return Math.max(template.deadlineNanos() - cacheNanos, 0) + LAG_NANOS;
    }

    @Override
    public long expireAfterUpdate(
        ClientKey key, Template template, long cacheNanos, long currentNanos) {
      return expireAfterCreate(key, template, cacheNanos);
    }

    /** Before the template is held, and by a time that may lag. Seldom writes. */
    @Override
    public long expireAfterRead(
        ClientKey key, Template template, long cacheNanos, long currentNanos) {
      long least = template.timeoutNanos() + LAG_NANOS;
      return currentNanos >= least ? currentNanos : least + LAG_NANOS;
    }
  }
}
