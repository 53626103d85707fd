package io.evenkeel.pool;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

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
  private static final VarHandle SUSPENDED;
  private static final long ONE_ACTIVE = 1L << 32;
  private static final long ONE_INACTIVE = 1L;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      LOAD = lookup.findVarHandle(Destination.class, "load", long.class);
      SUSPENDED = lookup.findVarHandle(Destination.class, "suspended", boolean.class);
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

  /** Set by whoever sees a connection fail, cleared by the director. */
  private volatile boolean suspended;

  private final LongAdder connections = new LongAdder();
  private final LongAdder[] outcomes = new LongAdder[Outcome.count()];
  private final LongAdder doubleReleases = new LongAdder();
  private final LongAdder bytesFromClient = new LongAdder();
  private final LongAdder bytesToClient = new LongAdder();
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
   * @return resolved address
   */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Whether schedulers may pick it, its weight apart.
   *
   * @return false from a failed connection on, until the director clears it
   */
  public boolean isAvailable() {
    return !suspended;
  }

  /**
   * Takes it from the schedulers at once, or gives it back.
   *
   * @param value true: no new connections
   */
  public void suspend(boolean value) {
    suspended = value;
  }

  /**
   * Established connections.
   *
   * @return 0 or more
   */
  public int active() {
    return (int) (load >>> 32);
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
    long now = load;
    return (now >>> 32) + (now & 0xffff_ffffL);
  }

  /**
   * What lc and wlc compare: 256 · active + inactive, read at one moment (ip_vs_dest_conn_overhead
   * in include/net/ip_vs.h).
   *
   * @return 0 or more
   */
  public long overhead() {
    long now = load;
    return ((now >>> 32) << 8) + (now & 0xffff_ffffL);
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

  void opened() {
    connections.increment();
    LOAD.getAndAdd(this, ONE_INACTIVE);
  }

  void established() {
    LOAD.getAndAdd(this, ONE_ACTIVE - ONE_INACTIVE);
  }

  void closing() {
    LOAD.getAndAdd(this, ONE_INACTIVE - ONE_ACTIVE);
  }

  void released(boolean wasActive, Outcome outcome) {
    LOAD.getAndAdd(this, wasActive ? -ONE_ACTIVE : -ONE_INACTIVE);
    outcomes[outcome.ordinal()].increment();
    if (outcome == Outcome.CONNECT_FAILED && SUSPENDED.compareAndSet(this, false, true)) {
      onSuspend.accept(this);
    }
  }

  void releasedTwice() {
    doubleReleases.increment();
  }

  @Override
  public String toString() {
    return service + " -> " + endpoint;
  }
}
