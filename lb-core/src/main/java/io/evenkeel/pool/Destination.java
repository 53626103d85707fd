// Over 500 lines: one cell, whose fields change together, and most of it is Javadoc.
package io.evenkeel.pool;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live cell of one real server in one virtual service: its connections and counters. It
 * outlives every snapshot it stands in, and its own removal for as long as connections are open.
 *
 * <p>Thread-safe. Connections are counted as IPVS does (include/net/ip_vs.h): a new one is
 * inactive, it is active while established, and inactive again while it closes. A data plane writes
 * the counters; schedulers, meters and the director read them.
 */
public final class Destination {
  private static final VarHandle LOAD;
  private static final VarHandle FLAGS;
  private static final VarHandle WARM_UP;
  private static final VarHandle ROW;
  private static final int SUSPENDED = 1;
  private static final int OVERLOADED = 2;
  private static final int EJECTED = 4;
  private static final int ON_TRIAL = 8;
  private static final int INHIBITED = 16;
  private static final long ONE_ACTIVE = 1L << 32;
  private static final long ONE_INACTIVE = 1L;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      LOAD = lookup.findVarHandle(Destination.class, "load", long.class);
      FLAGS = lookup.findVarHandle(Destination.class, "flags", int.class);
      WARM_UP = lookup.findVarHandle(Destination.class, "warmUp", WarmUp.class);
      ROW = lookup.findVarHandle(Destination.class, "row", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ServiceKey service;
  private final Endpoint endpoint;
  private final InetSocketAddress address;
  private final Consumer<Destination> onSuspend;

  /** Active connections in the upper half, inactive in the lower; written by assignments. */
  private volatile long load;

  /**
   * {@link #SUSPENDED}: set by whoever sees a connection fail, cleared by the director. {@link
   * #OVERLOADED}: set and cleared by assignments, cleared by the director. {@link #EJECTED}: set
   * and cleared by the director. {@link #ON_TRIAL}: the trial is full; set and cleared by
   * assignments, cleared by the director.
   */
  private volatile int flags;

  /**
   * Failures since the last success: counted by releases, and read by each. Two that come at the
   * same time are in a row in either order.
   */
  private volatile int row;

  /** The longest row since the director looked; written by releases that fail. */
  private final AtomicInteger longestRow = new AtomicInteger();

  /** Whether the director is to look and has not yet; set by releases, cleared by the director. */
  private final AtomicBoolean noticed = new AtomicBoolean();

  /** Null: nobody wants to know of failures. Written by the director, read by releases. */
  private volatile @Nullable Consumer<Destination> onFailure;

  /** Null: it is not on trial. Written by the director, read by assignments. */
  private volatile @Nullable Trial trial;

  /** Whether it gets no more than its trial allows; written by the director. */
  private volatile boolean bound = true;

  /** Written by the director. */
  private volatile Thresholds thresholds = Thresholds.NONE;

  /** {@link #weight}; written by the director, read by dispatchers. */
  private volatile int weight = -1;

  /** Written by the director, when a list with this destination begins to be chosen from. */
  private volatile @Nullable Watch watch;

  /** Null: it is warm. Set by the director and the application, cleared by them and schedulers. */
  private volatile @Nullable WarmUp warmUp;

  private final LongAdder connections = new LongAdder();
  private final LongAdder[] outcomes = new LongAdder[Outcome.count()];
  private final LongAdder doubleReleases = new LongAdder();
  private final LongAdder bytesFromClient = new LongAdder();
  private final LongAdder bytesToClient = new LongAdder();
  private final LongAdder templates = new LongAdder();
  private final LongAdder connects = new LongAdder();
  private final LongAdder connectNanos = new LongAdder();

  /**
   * A cell without connections.
   *
   * @param service of which service
   * @param endpoint the real server as configured
   * @param address the same, resolved
   * @param onSuspend told, on the thread that saw it, that a connection failed and this cell went
   *     from available to suspended; must not block
   */
  public Destination(
      ServiceKey service,
      Endpoint endpoint,
      InetSocketAddress address,
      Consumer<Destination> onSuspend) {
    this.service = service;
    this.endpoint = endpoint;
    this.address = address;
    this.onSuspend = onSuspend;
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = new LongAdder();
    }
  }

  /**
   * Of which service.
   *
   * @return its key
   */
  public ServiceKey service() {
    return service;
  }

  /**
   * The real server as configured.
   *
   * @return host and port
   */
  public Endpoint endpoint() {
    return endpoint;
  }

  /**
   * Where to connect to.
   *
   * @return resolved address; port 0: the port that the client asked for, see {@link #address(int)}
   */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Where to connect to for a client. As in IPVS a server without a port of its own gets the
   * connection at the port that the client asked for; that allocates.
   *
   * @param askedPort the port that the client asked for, 1..65535
   * @return resolved address
   */
  public InetSocketAddress address(int askedPort) {
    return address.getPort() != 0
        ? address
        : new InetSocketAddress(address.getAddress(), askedPort);
  }

  /**
   * Whether schedulers may pick it, its weight apart.
   *
   * @return true if it is neither suspended nor ejected nor overloaded
   */
  public boolean isAvailable() {
    return flags == 0;
  }

  /**
   * Whether a connection to it failed, and nothing has worked since.
   *
   * @return true from a failed connection on, until the director clears it
   */
  public boolean isSuspended() {
    return (flags & SUSPENDED) != 0;
  }

  /**
   * Whether it is out for how connections to it went, or is on trial and has as many as its trial
   * allows.
   *
   * @return true if it gets no new connections for that
   */
  public boolean isEjected() {
    return (flags & (EJECTED | ON_TRIAL)) != 0;
  }

  /**
   * Whether it may go on with clients that it has, whatever its upper threshold says.
   *
   * @return true if it is neither suspended nor ejected
   */
  public boolean isServing() {
    return (flags & ~(OVERLOADED | INHIBITED)) == 0;
  }

  /**
   * Whether it has as many connections as it may have (IP_VS_DEST_F_OVERLOAD in
   * include/net/ip_vs.h).
   *
   * @return true from the upper threshold on, until it is below the lower one
   */
  public boolean isOverloaded() {
    return (flags & OVERLOADED) != 0;
  }

  /**
   * Takes it from the schedulers at once, or gives it back.
   *
   * @param value true: no new connections
   */
  public void suspend(boolean value) {
    set(SUSPENDED, value);
  }

  /**
   * Whether new clients are kept away, and the lists do not know yet.
   *
   * @return true from {@link #inhibit} on
   */
  public boolean isInhibited() {
    return (flags & INHIBITED) != 0;
  }

  /**
   * Keeps new clients away at once, until the lists know that its weight is 0; those that
   * persistence ties to it stay.
   *
   * @param value true: no new clients
   */
  public void inhibit(boolean value) {
    set(INHIBITED, value);
  }

  /**
   * Takes it from the schedulers for how connections to it went, or gives it back; apart from
   * {@link #suspend}, so that neither undoes the other.
   *
   * @param value true: no new connections
   */
  public void eject(boolean value) {
    set(EJECTED, value);
  }

  /**
   * Says how many connections it may have on trial from now on. Those that are open do not count,
   * and what becomes of them says nothing of the trial. As with an upper threshold, callers that
   * choose at the same time may open one more each.
   *
   * @param limit what counts them; null: any number
   */
  public void trial(@Nullable Trial limit) {
    trial = limit;
    weighTrial();
  }

  /**
   * Whether what becomes of its connections decides if it stays.
   *
   * @return true from a {@linkplain #trial trial}'s beginning to its end
   */
  public boolean isOnTrial() {
    return trial != null;
  }

  /**
   * Says whether a {@linkplain #trial trial} bounds its connections, as it does unless something
   * else was said, or only counts them.
   *
   * @param value false: it may have any number
   */
  public void boundTrial(boolean value) {
    bound = value;
    weighTrial();
  }

  /**
   * Says who wants to know of failures from now on. After a failure it is told at most once until
   * {@link #takeFailuresInARow} is called, on the thread that saw it; and so it is of each
   * connection that ends on {@linkplain #trial trial}.
   *
   * @param listener must not block; null: nobody
   */
  public void onFailure(@Nullable Consumer<Destination> listener) {
    onFailure = listener;
    noticed.set(false);
  }

  /**
   * The longest row of failures since this was called last, without a success between them, whether
   * or not it goes on. What counters say after this, they say of every failure whose notice is over
   * with it.
   *
   * @return 0: nothing failed since
   */
  public int takeFailuresInARow() {
    // Read and written at once, so that it comes after what was counted before it was set.
    noticed.getAndSet(false);
    return longestRow.getAndSet(0);
  }

  /** Begins the row of failures anew. */
  public void forgetFailures() {
    row = 0;
    longestRow.set(0);
  }

  /**
   * Says that it is in rotation from now on, and cold: it was added or has recovered. Only
   * schedulers with slow start care. What the application said of its warmth holds on.
   *
   * @param nowNanos monotonic time
   */
  public void warmUp(long nowNanos) {
    while (true) {
      WarmUp before = warmUp;
      double said = before == null ? Double.NaN : before.warmth();
      if (WARM_UP.compareAndSet(this, before, new WarmUp(nowNanos, said))) {
        break;
      }
    }
    changed();
  }

  /**
   * Says how warm it is, from now on and instead of the time that it has been in rotation. Only
   * schedulers with slow start care.
   *
   * @param value 0: no connections while others are warm; 1: as warm as can be, until the next
   *     {@link #warmUp(long)}
   */
  public void warmth(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("warmth: " + value + " (expected: 0..1)");
    }
    while (true) {
      WarmUp before = warmUp;
      long since = before == null ? 0 : before.sinceNanos();
      if (WARM_UP.compareAndSet(this, before, value == 1 ? null : new WarmUp(since, value))) {
        break;
      }
    }
    changed();
  }

  /**
   * How far it is with warming up.
   *
   * @return null if it is warm
   */
  public @Nullable WarmUp warmUp() {
    return warmUp;
  }

  /**
   * Says that it is warm, unless something else was said meanwhile.
   *
   * @param seen what {@link #warmUp()} was
   */
  public void warmedUp(WarmUp seen) {
    if (WARM_UP.compareAndSet(this, seen, null)) {
      changed();
    }
  }

  /**
   * Sets how many connections it may have, active and inactive together. As in the kernel
   * (net/netfilter/ipvs/ip_vs_conn.c and ip_vs_ctl.c): with {@code upper} connections it is
   * overloaded, from the one that is opened last on; it is not any more once it has less than
   * {@code lower}, or, without a lower threshold, less than three quarters of {@code upper}. A
   * higher upper threshold than before, or none, also ends it.
   *
   * @param upper 1 or more; 0: no threshold
   * @param lower 0..upper; 0: none of its own
   */
  public void thresholds(int upper, int lower) {
    int before = thresholds.upper;
    thresholds = upper == 0 ? Thresholds.NONE : new Thresholds(upper, lower);
    if (upper == 0 || upper > before) {
      set(OVERLOADED, false);
    }
  }

  /**
   * What a persistence template that leads here is judged by: its weight, as its checks say; 0
   * where it is drained, or down and inhibited.
   *
   * @return 0..65535; -1: templates do not hold, as it is down, in maintenance, removed, replaced
   *     by a sorry server, or one
   */
  public int weight() {
    return weight;
  }

  /**
   * Says what it counts for from now on.
   *
   * @param value 0..65535, or -1: it is not one of the servers
   */
  public void weight(int value) {
    weight = value;
  }

  /**
   * Persistence templates that lead here ({@code persistconns} in include/net/ip_vs.h).
   *
   * @return 0 or more
   */
  public long templates() {
    return templates.sum();
  }

  /**
   * Counts persistence templates that lead here from now on, or do not any more.
   *
   * @param count how many more; negative: fewer
   */
  public void countTemplates(int count) {
    templates.add(count);
  }

  /**
   * Tells one more listener of each change from now on. One thread at a time says who watches.
   *
   * @param listener who is told
   * @param index what it is told
   */
  public void watch(LoadListener listener, int index) {
    watch = new Watch(listener, index, watch);
  }

  /**
   * Tells a listener nothing any more.
   *
   * @param listener who was told
   */
  public void unwatch(LoadListener listener) {
    watch = without(watch, listener);
  }

  private static @Nullable Watch without(@Nullable Watch all, LoadListener listener) {
    if (all == null) {
      return null;
    }
    Watch others = without(all.next, listener);
    return all.listener == listener ? others : new Watch(all.listener, all.index, others);
  }

  /**
   * Established connections.
   *
   * @return 0 or more
   */
  public int active() {
    return active(load);
  }

  /**
   * Connections that are being set up or closed.
   *
   * @return 0 or more
   */
  public int inactive() {
    return (int) load;
  }

  /**
   * Active and inactive connections, read at one moment.
   *
   * @return 0 or more
   */
  public long open() {
    return total(load);
  }

  /**
   * What lc and wlc compare: 256 · active + inactive, read at one moment (ip_vs_dest_conn_overhead
   * in include/net/ip_vs.h).
   *
   * @return 0 or more
   */
  public long overhead() {
    long now = load;
    return ((long) active(now) << 8) + (int) now;
  }

  /**
   * Connections ever assigned.
   *
   * @return a sum that only grows
   */
  public long connections() {
    return connections.sum();
  }

  /**
   * Connections ever released with an outcome.
   *
   * @param outcome which
   * @return a sum that only grows
   */
  public long released(Outcome outcome) {
    return outcomes[outcome.ordinal()].sum();
  }

  /**
   * Releases of what was released already: a defect of the caller.
   *
   * @return a sum that only grows
   */
  public long doubleReleases() {
    return doubleReleases.sum();
  }

  /**
   * Bytes that clients sent.
   *
   * @return a sum that only grows
   */
  public long bytesFromClient() {
    return bytesFromClient.sum();
  }

  /**
   * Bytes that the server sent.
   *
   * @return a sum that only grows
   */
  public long bytesToClient() {
    return bytesToClient.sum();
  }

  /**
   * Connections that came about.
   *
   * @return a sum that only grows
   */
  public long connects() {
    return connects.sum();
  }

  /**
   * Time that those took from the choice until they were established.
   *
   * @return nanoseconds, a sum that only grows
   */
  public long connectNanos() {
    return connectNanos.sum();
  }

  /**
   * Counts bytes on their way to the server.
   *
   * @param bytes 0 or more
   */
  public void countFromClient(long bytes) {
    bytesFromClient.add(bytes);
  }

  /**
   * Counts bytes on their way to the client.
   *
   * @param bytes 0 or more
   */
  public void countToClient(long bytes) {
    bytesToClient.add(bytes);
  }

  /**
   * Counts a connection that came about.
   *
   * @param nanos from the choice until it was established
   */
  public void countConnect(long nanos) {
    connects.increment();
    connectNanos.add(nanos);
  }

  void answered(long nanos, long nowNanos) {
    for (Watch told = watch; told != null; told = told.next) {
      told.listener.latencyMeasured(told.index, nanos, nowNanos);
    }
  }

  /**
   * Counts a connection that ends as soon as it has begun: a datagram that is scheduled by itself.
   * As in the kernel it is one more connection for a moment, which an upper threshold may see.
   */
  public void countDatagram() {
    released(false, Outcome.SUCCESS, opened());
  }

  /**
   * Says what was counted elsewhere since the last call, for a data plane that does not see each
   * connection. Any thread may call it.
   *
   * @param active how many more established connections there are; below 0: fewer
   * @param inactive how many more others are open; below 0: fewer
   * @param more connections that were assigned, 0 or more
   */
  public void counted(int active, int inactive, long more) {
    LOAD.getAndAdd(this, ((long) active << Integer.SIZE) + inactive);
    connections.add(more);
    weighThresholds();
    changed();
  }

  /** What it is to be released with. */
  @Nullable Trial opened() {
    connections.increment();
    add(ONE_INACTIVE);
    weighThresholds();
    Trial counting = trial;
    if (counting != null) {
      counting.opened();
      weighTrial();
    }
    changed();
    return counting;
  }

  void established() {
    add(ONE_ACTIVE - ONE_INACTIVE);
    changed();
  }

  void closing() {
    add(ONE_INACTIVE - ONE_ACTIVE);
    changed();
  }

  void released(boolean wasActive, Outcome outcome, @Nullable Trial counting) {
    add(wasActive ? -ONE_ACTIVE : -ONE_INACTIVE);
    outcomes[outcome.ordinal()].increment();
    if (isOverloaded()) {
      weighThresholds();
    }
    if (counting != null) {
      counting.released(outcome);
      weighTrial();
    }
    changed();
    if (outcome == Outcome.SUCCESS) {
      if (row != 0) {
        row = 0;
      }
    } else if (outcome.isFailure()) {
      failed(outcome);
    }
    if (counting != null) {
      notice();
    }
  }

  private void failed(Outcome outcome) {
    longestRow.accumulateAndGet((int) ROW.getAndAdd(this, 1) + 1, Math::max);
    if (outcome == Outcome.CONNECT_FAILED && set(SUSPENDED, true)) {
      onSuspend.accept(this);
    }
    notice();
  }

  private void notice() {
    Consumer<Destination> told = onFailure;
    if (told != null && !noticed.getAndSet(true)) {
      told.accept(this);
    }
  }

  /** As {@link #weighThresholds}. */
  private void weighTrial() {
    while (true) {
      boolean barred = (flags & ON_TRIAL) != 0;
      Trial counting = trial;
      if (barred == (counting != null && bound && counting.isFull())) {
        return;
      }
      set(ON_TRIAL, !barred);
    }
  }

  /** Sets or clears the flag, again until it is what thresholds and connections make it. */
  private void weighThresholds() {
    while (true) {
      boolean overloaded = isOverloaded();
      Thresholds limits = thresholds;
      if (limits.upper == 0 && !overloaded) {
        return;
      }
      long now = open();
      boolean wrong =
          overloaded ? limits.endOverload(now) : limits.upper != 0 && now >= limits.upper;
      if (!wrong) {
        return;
      }
      set(OVERLOADED, !overloaded);
    }
  }

  private void add(long connections) {
    LOAD.getAndAdd(this, connections);
  }

  /**
   * Active and inactive connections. Either may be -1 for a moment, when a connection is released
   * before it is counted as established or closing: the sum is right all the same.
   */
  private static long total(long load) {
    return active(load) + (long) (int) load;
  }

  private static int active(long load) {
    return (int) ((load - (int) load) >> 32);
  }

  /** Whether that changed it. */
  private boolean set(int flag, boolean value) {
    int before =
        value ? (int) FLAGS.getAndBitwiseOr(this, flag) : (int) FLAGS.getAndBitwiseAnd(this, ~flag);
    boolean news = ((before & flag) != 0) != value;
    if (news) {
      changed();
    }
    return news;
  }

  private void changed() {
    for (Watch told = watch; told != null; told = told.next) {
      told.listener.loadChanged(told.index);
    }
  }

  void releasedTwice() {
    doubleReleases.increment();
  }

  @Override
  public String toString() {
    return service + " -> " + endpoint;
  }

  private record Watch(LoadListener listener, int index, @Nullable Watch next) {}

  private record Thresholds(int upper, int lower) {
    static final Thresholds NONE = new Thresholds(0, 0);

    boolean endOverload(long connections) {
      return upper == 0 || (lower != 0 ? connections < lower : connections * 4 < upper * 3L);
    }
  }
}
