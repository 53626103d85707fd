package io.evenkeel.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a check goes, if not to the server itself, and from where. Immutable.
 *
 * @param host another host than the server's; null: its own
 * @param port another port than the server's, 1..65535; 0: its own
 * @param bind the address of this host that it comes from; null: what the routes say
 */
public record CheckPlace(@Nullable String host, int port, @Nullable String bind) {
  /** At the server itself, from what the routes say. */
  public static final CheckPlace OWN = new CheckPlace(null, 0, null);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if {@code host} is neither an address nor a name, {@code port}
   *     is out of range, or {@code bind} is no address
   */
  public CheckPlace {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("check port: " + port + " (expected: 0..65535)");
    }
    if (host != null) {
      host = new Endpoint(host, 0).host();
    }
    if (bind != null) {
      Endpoint local = new Endpoint(bind, 0);
      if (!local.isAddress()) {
        throw new IllegalArgumentException(
            "check bind address: " + bind + " (expected: an address of this host)");
      }
      bind = local.host();
    }
  }

  /**
   * What is checked instead of a server.
   *
   * @param server which
   * @return where the check goes
   */
  public Endpoint of(Endpoint server) {
    return host == null && port == 0
        ? server
        : new Endpoint(host == null ? server.host() : host, port == 0 ? server.port() : port);
  }

  /**
   * Where the check comes from.
   *
   * @return the address with port 0; null: what the routes say
   */
  public @Nullable Endpoint from() {
    return bind == null ? null : new Endpoint(Objects.requireNonNull(bind), 0);
  }

  @Override
  public String toString() {
    return (host == null ? "" : " host " + host)
        + (port == 0 ? "" : " port " + port)
        + (bind == null ? "" : " from " + bind);
  }
}
