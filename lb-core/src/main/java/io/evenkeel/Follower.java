package io.evenkeel;

import io.evenkeel.health.Rotation;
import io.evenkeel.health.ServerHealth;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.RealServer;
import io.evenkeel.pool.Destination;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A destination, and the monitors whose verdicts it follows. Written on the control thread; {@link
 * #health} may be read by any.
 */
final class Follower {
  /** How many of the last events are remembered. */
  static final int HISTORY = 32;

  private final Destination destination;
  private final RealServer server;
  private final List<ServerMonitor> monitors;
  private final Deque<Event> history;
  private boolean ejected;

  /** What was said of it last. */
  private volatile ServerHealth health;

  /** Follows what is new, and taken to be up. */
  Follower(Destination destination, RealServer server, List<ServerMonitor> monitors) {
    this(destination, server, monitors, new ArrayDeque<>(), ServerState.UP, false);
  }

  /** Goes on with what is configured in another way. */
  Follower(
      Destination destination, RealServer server, List<ServerMonitor> monitors, Follower before) {
    this(destination, server, monitors, before.history, before.health.state(), before.ejected);
  }

  private Follower(
      Destination destination,
      RealServer server,
      List<ServerMonitor> monitors,
      Deque<Event> history,
      ServerState state,
      boolean ejected) {
    this.destination = destination;
    this.server = server;
    this.monitors = monitors;
    this.history = history;
    this.ejected = ejected;
    ServerHealth now = current();
    // What the configuration brings about is told as its change.
    this.health = new ServerHealth(state, now.reason(), now.weight(), now.admin(), now.ejected());
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

  void eject(boolean value) {
    ejected = value;
  }

  ServerHealth health() {
    return health;
  }

  /** What is held of it now, said or not. */
  ServerHealth current() {
    return ServerHealth.of(server, monitors.stream().map(ServerMonitor::health).toList(), ejected);
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
        reason(),
        destination.active(),
        destination.inactive(),
        destination.connections(),
        destination.bytesFromClient(),
        destination.bytesToClient());
  }

  /** The first passed check gives a reason to what was held before, which is no transition. */
  private String reason() {
    return current().reason();
  }

  long passed() {
    return monitors.stream().mapToLong(ServerMonitor::passed).sum();
  }

  long failed() {
    return monitors.stream().mapToLong(ServerMonitor::failed).sum();
  }
}
