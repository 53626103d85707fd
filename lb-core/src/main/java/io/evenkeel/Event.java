package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a director. Immutable.
 *
 * @param kind what
 * @param at wall-clock time
 * @param service to which service; null: to the director
 * @param server to which of its real servers; null: to the service or the director
 * @param text the whole in words, as it is logged
 */
public record Event(
    Kind kind, Instant at, @Nullable ServiceKey service, @Nullable Endpoint server, String text) {

  /** What can happen. */
  public enum Kind {
    /** The director works. */
    STARTED,
    /** One step of a configuration change was made. */
    CONFIGURED,
    /** A real server gets new connections again. */
    SERVER_UP,
    /** A connection to a real server failed: it gets no new ones until it has proven itself. */
    SERVER_SUSPECT,
    /** A real server failed its check too often. */
    SERVER_DOWN,
    /** A service has no real server left that gets new connections. */
    SERVICE_DOWN,
    /** A service has such a server again. */
    SERVICE_UP,
    /** A drain ended: no connection is left, or its deadline passed. */
    DRAINED,
    /** The director stopped. */
    STOPPED
  }

  @Override
  public String toString() {
    return text;
  }
}
