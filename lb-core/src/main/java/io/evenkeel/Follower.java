package io.evenkeel;

import io.evenkeel.health.Rotation;
import io.evenkeel.health.ServerHealth;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.RealServer;
import io.evenkeel.pool.Destination;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A destination, and the monitors whose verdicts it follows. Written on the control thread; {@link
 * #health} may be read by any.
 */
final class Follower {
  /** How many of the last events are remembered. */
  static final int HISTORY = 32;

  private final Destination destination;
  private final Deque<Event> history = new ArrayDeque<>();
  private RealServer server;
  private volatile List<ServerMonitor> monitors;
  private @Nullable String ejection;

  /** What was said of it last. */
  private volatile ServerHealth health;

  /** Follows what is new, and taken to be up. */
  Follower(Destination destination, RealServer server, List<ServerMonitor> monitors) {
    this.destination = destination;
    this.server = server;
    this.monitors = monitors;
    ServerHealth now = current();
    this.health =
        new ServerHealth(ServerState.UP, now.reason(), now.weight(), now.admin(), now.ejected());
  }

  /** Goes on with what is configured in another way, which is told as a change of its own. */
  void follow(RealServer next, List<ServerMonitor> others) {
    server = next;
    monitors = others;
    ServerHealth now = current();
    health =
        new ServerHealth(health.state(), now.reason(), now.weight(), now.admin(), now.ejected());
  }

  Destination destination() {
    return destination;
  }

  RealServer server() {
    return server;
  }

  List<ServerMonitor> monitors() {
    return monitors;
  }

  /** Why it is ejected from now on; null: it is not. */
  void eject(@Nullable String reason) {
    ejection = reason;
  }

  ServerHealth health() {
    return health;
  }

  /** What is held of it now, said or not. */
  ServerHealth current() {
    return ServerHealth.of(
        server, monitors.stream().map(ServerMonitor::health).toList(), ejection != null);
  }

  void health(ServerHealth said) {
    health = said;
  }

  Deque<Event> history() {
    return history;
  }

  void remember(Event event) {
    if (history.size() == HISTORY) {
      history.removeFirst();
    }
    history.addLast(event);
  }

  ServerStatus status(Rotation.Place place) {
    ServerHealth now = health;
    return new ServerStatus(
        destination.service(),
        destination.endpoint(),
        server.weight(),
        place.open() ? Math.max(place.weight(), 0) : 0,
        now.admin(),
        now.state(),
        current().reason(),
        ejection,
        destination.active(),
        destination.inactive(),
        destination.connections(),
        destination.bytesFromClient(),
        destination.bytesToClient());
  }

  long passed() {
    return monitors.stream().mapToLong(ServerMonitor::passed).sum();
  }

  long failed() {
    return monitors.stream().mapToLong(ServerMonitor::failed).sum();
  }
}
