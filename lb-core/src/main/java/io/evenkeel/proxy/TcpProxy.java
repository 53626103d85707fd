package io.evenkeel.proxy;

import io.evenkeel.DataPlane;
import io.evenkeel.PlaneContext;
import java.time.Duration;
import java.util.Objects;

/**
 * Carries TCP services: accepts each client, connects to a real server without waiting for the
 * client to speak, and passes bytes, half-closes and resets on in both directions. A connection
 * that fails is tried on other servers, before a byte was sent. Of a firewall mark it carries the
 * TCP addresses, and leaves the others to others. Immutable.
 */
public final class TcpProxy implements DataPlane.Factory {

  /** What becomes of a client for whom there is no room. */
  public enum WhenFull {
    /** It is closed at once, and counted. */
    CLOSE,
    /** It waits in the listener's backlog until there is room. */
    WAIT
  }

  /** What becomes of the open connections of a server that is removed. */
  public enum WhenRemoved {
    /** They run on. */
    RUN_ON,
    /**
     * They are ended at once, as with {@code expire_nodest_conn} in
     * Documentation/networking/ipvs-sysctl.rst; a client that still waits for its connection to the
     * server gets another one.
     */
    END
  }

  private final Builder options;

  private TcpProxy(Builder options) {
    this.options = options;
  }

  /**
   * With the defaults that {@link Builder} names.
   *
   * @return the proxy
   */
  public static TcpProxy create() {
    return builder().build();
  }

  /**
   * Begins a proxy.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public DataPlane create(PlaneContext context) {
    return new TcpDataPlane(this, context);
  }

  int maxConnections() {
    return options.maxConnections;
  }

  WhenFull whenFull() {
    return options.whenFull;
  }

  WhenRemoved whenRemoved() {
    return options.whenRemoved;
  }

  int backlog() {
    return options.backlog;
  }

  int connectAttempts() {
    return options.connectAttempts;
  }

  Duration connectTimeout() {
    return options.connectTimeout;
  }

  Duration idleTimeout() {
    return options.idleTimeout;
  }

  /** Collects the options of a {@link TcpProxy}. Not thread-safe. */
  public static final class Builder {
    private int maxConnections = 100_000;
    private WhenFull whenFull = WhenFull.CLOSE;
    private WhenRemoved whenRemoved = WhenRemoved.RUN_ON;
    private int backlog = 4096;
    private int connectAttempts = 4;
    private Duration connectTimeout = Duration.ofSeconds(3);
    private Duration idleTimeout = Duration.ofMinutes(15);

    private Builder() {}

    private Builder(Builder other) {
      maxConnections = other.maxConnections;
      whenFull = other.whenFull;
      whenRemoved = other.whenRemoved;
      backlog = other.backlog;
      connectAttempts = other.connectAttempts;
      connectTimeout = other.connectTimeout;
      idleTimeout = other.idleTimeout;
    }

    /**
     * How many clients each address of a virtual service has at a time, and what becomes of more.
     *
     * @param max 1 or more; 100 000 if not set
     * @param otherwise what becomes of more; {@link WhenFull#CLOSE} if not set
     * @return this
     * @throws IllegalArgumentException if {@code max} is out of range
     */
    public Builder maxConnections(int max, WhenFull otherwise) {
      maxConnections = atLeastOne("maxConnections", max);
      whenFull = Objects.requireNonNull(otherwise, "otherwise");
      return this;
    }

    /**
     * What becomes of open connections when their server, or its service, is removed. A server that
     * is down or has weight 0 is not removed.
     *
     * @param what {@link WhenRemoved#RUN_ON} if not set
     * @return this
     */
    public Builder whenRemoved(WhenRemoved what) {
      whenRemoved = Objects.requireNonNull(what, "what");
      return this;
    }

    /**
     * How many clients the kernel may keep waiting for each listener; it caps this at {@code
     * net.core.somaxconn}.
     *
     * @param length 1 or more; 4096 if not set
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder backlog(int length) {
      backlog = atLeastOne("backlog", length);
      return this;
    }

    /**
     * How many servers are tried for one client, for at most the connect timeout each. Not counted
     * is one that refused, which takes no time and takes it out of rotation: a client of a service
     * of which a third has just died may meet many of them. Neither is one that was given up
     * because it was removed ({@link WhenRemoved#END}).
     *
     * @param attempts 1 or more; 4 if not set
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder connectAttempts(int attempts) {
      connectAttempts = atLeastOne("connectAttempts", attempts);
      return this;
    }

    /**
     * How long one attempt to connect to a server may take, and how long a client may go on sending
     * to a server that is gone; up to an eighth longer in practice.
     *
     * @param timeout 1 ms..1 day; 3 s if not set
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = inRange("connectTimeout", timeout);
      return this;
    }

    /**
     * After how long without a byte in either direction a connection is closed; up to an eighth
     * longer in practice. That speaks against the server if the last byte was the client's, so that
     * an answer is due ({@link io.evenkeel.pool.Outcome#TIMED_OUT}), and else against nobody.
     *
     * @param timeout 1 ms..1 day; 15 min if not set, as IPVS has it for established connections
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder idleTimeout(Duration timeout) {
      idleTimeout = inRange("idleTimeout", timeout);
      return this;
    }

    /**
     * Makes the proxy.
     *
     * @return the proxy
     */
    public TcpProxy build() {
      return new TcpProxy(new Builder(this));
    }

    private static int atLeastOne(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
      }
      return value;
    }

    private static Duration inRange(String name, Duration value) {
      if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms..1 day)");
      }
      return value;
    }
  }
}
