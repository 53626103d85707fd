package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.FirewallMark;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import org.jspecify.annotations.Nullable;

/** Events in the words of keepalived 2.2.7: those of its notify FIFO, and of its mail. */
final class KeepalivedWords {
  private KeepalivedWords() {}

  /** As a line of its notify FIFO; null: it has none for it. */
  static @Nullable String fifo(Event event) {
    String state = state(event);
    ServiceKey service = event.service();
    if (state == null || service == null) {
      return null;
    }
    Endpoint server = event.server();
    return server == null
        ? "VS " + service(service) + " " + state
        : "RS " + server(server, service) + " " + service(service) + " " + state;
  }

  /** As the subject of its mail, without the director's name; null: it has none for it. */
  static @Nullable String subject(Event event) {
    String state = state(event);
    ServiceKey service = event.service();
    if (state == null || service == null) {
      return null;
    }
    Endpoint server = event.server();
    return server == null
        ? "Virtualserver " + service(service) + " - " + state
        : "Realserver "
            + server(server, service)
            + " of virtual server "
            + service(service)
            + " - "
            + state;
  }

  private static @Nullable String state(Event event) {
    return switch (event.kind()) {
      case SERVER_UP, SERVICE_UP -> "UP";
      case SERVER_DOWN, SERVICE_DOWN -> "DOWN";
      default -> null;
    };
  }

  private static String service(ServiceKey key) {
    return key instanceof VirtualAddress address
        ? endpoint(address.endpoint(), address.protocol().toString())
        : "FWM " + ((FirewallMark) key).name();
  }

  private static String server(Endpoint server, ServiceKey service) {
    return endpoint(server, service instanceof VirtualAddress a ? a.protocol().toString() : "none");
  }

  private static String endpoint(Endpoint endpoint, String protocol) {
    return "[" + endpoint.host() + "]:" + protocol + ":" + endpoint.port();
  }
}
