package io.evenkeel.kernel.plane;

import io.evenkeel.DataPlane;
import io.evenkeel.PlaneContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Has the kernel's IPVS carry a director's services: TCP and UDP addresses, and firewall marks
 * whose names are the numbers that netfilter marks packets with (the addresses of such a service
 * say only whether its clients are IPv4 or IPv6). Needs what {@link
 * io.evenkeel.kernel.ipvs.Ipvs#isAvailable} says. Immutable.
 *
 * <p>A change reaches the kernel as the fewest edits that make it; nothing is taken away that can
 * be edited, so connections stay. Where a service's scheduler is another one, the kernel refuses
 * new clients for a moment, some milliseconds, between the old and the new (net/netfilter/ipvs/
 * ip_vs_ctl.c). A server that is down is taken from the kernel's table or gets weight 0, as its
 * service says. One that is removed, in maintenance or replaced by the sorry server gets weight 0
 * until its connections are closed, and then goes, as does a removed service; but it goes at once,
 * and the packets of its connections are dropped, if it is {@linkplain WhenRemoved#END told to}, or
 * if that would send new clients to it or refuse some: with persistence (unless {@code
 * expireQuiescent} is set), with the schedulers {@code dh}, and {@code sh} and {@code mh} without
 * {@code sh-fallback} or {@code mh-fallback}, and if the same address gets a service for all ports.
 *
 * <p>Its own rules are those of the director's services, and those whose keys are in its state
 * file: a director that starts takes over what is there of its services, whoever made it, and takes
 * away what its predecessor left; other rules of the kernel are left alone. What others change of
 * its own rules is reported ({@link io.evenkeel.Event.Kind#DATA_PLANE}) and mended.
 *
 * <p>Connections are what the kernel has counted, at the last {@linkplain Builder#resync reading}:
 * TCP connections that have been closed are inactive for up to two minutes, and a drain waits for
 * them. Where services are persistent, {@code net.ipv4.vs.expire_quiescent_template} is set as they
 * say ({@link io.evenkeel.model.PersistenceSpec#expireQuiescent}), for all services of the
 * namespace.
 */
public final class IpvsPlane implements DataPlane.Factory {

  /** What becomes of the open connections of a server or service that is removed. */
  public enum WhenRemoved {
    /** They run on, and the kernel keeps the server with weight 0 until they are closed. */
    RUN_ON,
    /**
     * The kernel drops their packets, or, with {@code expire_nodest_conn}, has the next packet of
     * each answered with a reset.
     */
    END
  }

  /** What becomes of the rules when the director stops. */
  public enum WhenStopped {
    /**
     * They go, as keepalived's do: at first they get weight 0, and when there are no established
     * connections any more, or the grace is over, they are taken away. UDP has none.
     */
    REMOVE,
    /** They stay, and the kernel goes on by itself until a director takes them over. */
    KEEP
  }

  private final Builder options;

  private IpvsPlane(Builder options) {
    this.options = options;
  }

  /**
   * Begins a plane.
   *
   * @param stateFile where the keys of its rules are written, for the next director; in a directory
   *     that is empty after a boot, as the kernel's table is, such as {@code /run/evenkeel}; no
   *     other director may use it. The file and its directory are made if they are missing
   * @return a builder with the defaults
   */
  public static Builder builder(Path stateFile) {
    return new Builder(stateFile);
  }

  @Override
  public DataPlane create(PlaneContext context) {
    return new IpvsDataPlane(this, context);
  }

  Path stateFile() {
    return options.stateFile;
  }

  @Nullable String namespace() {
    return options.namespace;
  }

  Duration resync() {
    return options.resync;
  }

  WhenRemoved whenRemoved() {
    return options.whenRemoved;
  }

  WhenStopped whenStopped() {
    return options.whenStopped;
  }

  boolean expireNodest() {
    return options.expireNodest;
  }

  /** Collects the options of an {@link IpvsPlane}. Not thread-safe. */
  public static final class Builder {
    private final Path stateFile;
    private @Nullable String namespace;
    private Duration resync = Duration.ofSeconds(5);
    private WhenRemoved whenRemoved = WhenRemoved.RUN_ON;
    private WhenStopped whenStopped = WhenStopped.REMOVE;
    private boolean expireNodest;

    private Builder(Path stateFile) {
      this.stateFile = Objects.requireNonNull(stateFile, "stateFile");
    }

    private Builder(Builder other) {
      stateFile = other.stateFile;
      namespace = other.namespace;
      resync = other.resync;
      whenRemoved = other.whenRemoved;
      whenStopped = other.whenStopped;
      expireNodest = other.expireNodest;
    }

    /**
     * In which network namespace. Needs CAP_SYS_ADMIN.
     *
     * @param name see {@link io.evenkeel.kernel.net.NetworkNamespace#enter}; null, if not set: the
     *     process's own
     * @return this
     */
    public Builder namespace(@Nullable String name) {
      namespace = name;
      return this;
    }

    /**
     * How often the table is read back: for its counters and connections, which drains wait for,
     * and for what others have changed.
     *
     * @param interval 10 ms..1 h; 5 s if not set
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder resync(Duration interval) {
      if (interval.compareTo(Duration.ofMillis(10)) < 0
          || interval.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException("resync: " + interval + " (expected: 10 ms..1 h)");
      }
      resync = interval;
      return this;
    }

    /**
     * What becomes of the open connections of servers and services that are removed.
     *
     * @param what {@link WhenRemoved#RUN_ON} if not set
     * @return this
     */
    public Builder whenRemoved(WhenRemoved what) {
      whenRemoved = Objects.requireNonNull(what, "what");
      return this;
    }

    /**
     * What becomes of the rules when the director stops.
     *
     * @param what {@link WhenStopped#REMOVE} if not set
     * @return this
     */
    public Builder whenStopped(WhenStopped what) {
      whenStopped = Objects.requireNonNull(what, "what");
      return this;
    }

    /**
     * Whether the plane switches {@code net.ipv4.vs.expire_nodest_conn} on, for all services of the
     * namespace (Documentation/networking/ipvs-sysctl.rst). It is the only way to close connections
     * that the kernel has: when their server is gone, the next packet of each is answered with a
     * reset. Without it a service with {@link io.evenkeel.model.Isolation#closeConnections} is
     * refused, and a drain that ends with connections left, which shall be closed, only stops their
     * packets.
     *
     * @param value false if not set: the switch is left as it is
     * @return this
     */
    public Builder expireNodest(boolean value) {
      expireNodest = value;
      return this;
    }

    /**
     * Makes the plane.
     *
     * @return the plane
     */
    public IpvsPlane build() {
      return new IpvsPlane(new Builder(this));
    }
  }
}
