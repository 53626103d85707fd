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
    /** A real server wants to work, be drained or be left out, or its operator wants that. */
    SERVER_ADMIN,
    /** A real server's weight is another one, as its checks say or by configuration. */
    SERVER_WEIGHT,
    /** A real server is out of line with the others of its service: it gets no new connections. */
    SERVER_EJECTED,
    /** An ejected real server gets new connections again. */
    SERVER_RETURNED,
    /** The live servers of a service weigh too little: it has lost its quorum. */
    SERVICE_DOWN,
    /** A service has its quorum again. */
    SERVICE_UP,
    /** So few servers of a service are live that connections go to all of them. */
    PANIC,
    /** Connections go to live servers alone again. */
    PANIC_OVER,
    /** Every server has had its first verdict. */
    READY,
    /** A drain ended: no connection is left, or its deadline passed. */
    DRAINED,
    /** A data plane found out something by itself: what it carries was changed by somebody else. */
    DATA_PLANE,
    /** The director stopped. */
    STOPPED
  }

  @Override
  public String toString() {
    return text;
  }
}
