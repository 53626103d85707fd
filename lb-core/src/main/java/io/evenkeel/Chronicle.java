package io.evenkeel;

import io.evenkeel.health.Rotation;
import io.evenkeel.health.ServerHealth;
import io.evenkeel.hook.EventQueue;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what happens, in order and once: to the log, and to listeners. */
final class Chronicle {
  private static final Logger LOG = LoggerFactory.getLogger(Director.class);

  private final EventQueue<EventListener, Event> events;
  private final List<Event> held = new ArrayList<>();
  private boolean holding;

  Chronicle(EventQueue<EventListener, Event> events) {
    this.events = events;
  }

  /** Keeps what is said from all who hear it, until it is in effect. */
  void hold() {
    holding = true;
  }

  /** Says what was kept. */
  void release() {
    holding = false;
    List<Event> kept = List.copyOf(held);
    held.clear();
    kept.forEach(this::say);
  }

  /** Says it, and gives back what was said. */
  Event tell(
      Event.Kind kind, @Nullable ServiceKey service, @Nullable Endpoint server, String text) {
    Event event = new Event(kind, Instant.now(), service, server, text);
    if (holding) {
      held.add(event);
    } else {
      say(event);
    }
    return event;
  }

  private void say(Event event) {
    switch (event.kind()) {
      case SERVER_DOWN, SERVER_SUSPECT, SERVER_EJECTED, SERVICE_DOWN, PANIC, DATA_PLANE ->
          LOG.warn("{}", event.text());
      default -> LOG.info("{}", event.text());
    }
    events.add(event);
  }

  /** Says what has become of a server since the last time. */
  void tell(Follower follower, ServerHealth now) {
    ServerHealth before = follower.health();
    follower.health(now);
    if (now.state() != before.state()) {
      Event.Kind kind =
          switch (now.state()) {
            case UP -> Event.Kind.SERVER_UP;
            case SUSPECT -> Event.Kind.SERVER_SUSPECT;
            case DOWN -> Event.Kind.SERVER_DOWN;
          };
      tell(follower, kind, now.state() + ": " + now.reason());
    }
    if (now.admin() != before.admin()) {
      tell(follower, Event.Kind.SERVER_ADMIN, now.admin().toString());
    }
    if (now.weight() != before.weight()) {
      tell(follower, Event.Kind.SERVER_WEIGHT, "weight " + now.weight());
    }
  }

  /** Says something of one server. */
  void tell(Follower follower, Event.Kind kind, String text) {
    ServiceKey service = follower.destination().service();
    Endpoint server = follower.destination().endpoint();
    follower.remember(tell(kind, service, server, service + ": server " + server + " " + text));
  }

  /** Says what has become of a service since the last time. */
  void tell(ServiceCell cell) {
    VirtualService service = cell.now().service();
    Rotation before = cell.told();
    Rotation now = cell.now().rotation();
    cell.told(now);
    ServiceKey key = service.key();
    if (now.quorum() && !before.quorum()) {
      tell(Event.Kind.SERVICE_UP, key, null, key + ": has a server again");
    }
    if (now.panic() && !before.panic()) {
      tell(
          Event.Kind.PANIC,
          key,
          null,
          key
              + ": fewer than "
              + service.isolation().panicPercent()
              + " % of the servers are live, connections go to all of them");
    }
    if (before.panic() && !now.panic()) {
      tell(Event.Kind.PANIC_OVER, key, null, key + ": connections go to live servers alone again");
    }
    if (!now.quorum() && (before.quorum() || now.sorry() != before.sorry())) {
      tell(Event.Kind.SERVICE_DOWN, key, null, key + ": " + without(service, now));
    }
  }

  private static String without(VirtualService service, Rotation now) {
    RealServer sorry = service.sorryServer();
    String what =
        now.liveWeight() == 0
            ? "no server left"
            : "no quorum, live weight "
                + now.liveWeight()
                + " (expected: "
                + service.isolation().quorum()
                + ")";
    if (now.sorry() && sorry != null) {
      return what + ", the sorry server " + sorry.endpoint() + " answers";
    }
    if (now.panic()) {
      return what + ", connections go to all servers";
    }
    return what
        + (now.liveWeight() > 0 ? ", connections go to what is left" : ", connections are closed");
  }
}
