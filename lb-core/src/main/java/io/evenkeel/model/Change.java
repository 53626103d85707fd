package io.evenkeel.model;

import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One step of the way from one {@link Configuration} to another. Immutable.
 *
 * @param kind what is done
 * @param service to which service
 * @param server to which of its real servers; null if to the service itself
 * @param text the step in words, such as {@code tcp 127.0.0.1:80: edit server 127.0.0.1:81 weight
 *     3}
 */
public record Change(Kind kind, ServiceKey service, @Nullable Endpoint server, String text) {

  /** Checks that nothing but the server is null. */
  public Change {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(text, "text");
  }

  /** What a {@link Change} does. */
  public enum Kind {
    /** A service is new. */
    ADD_SERVICE("add service"),
    /**
     * A service gets other addresses, another scheduler, sorry server, persistence, slow start or
     * isolation, or schedules datagrams otherwise.
     */
    EDIT_SERVICE("edit service"),
    /** A service goes; its open connections run on. */
    REMOVE_SERVICE("remove service"),
    /** A real server is new. */
    ADD_SERVER("add server"),
    /** A real server gets another weight, other thresholds or checks, or another state. */
    EDIT_SERVER("edit server"),
    /** A real server goes; its open connections run on. */
    REMOVE_SERVER("remove server");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  static Change ofService(Kind kind, VirtualService service) {
    RealServer sorry = service.sorryServer();
    PersistenceSpec persistence = service.persistence();
    SlowStart slowStart = service.slowStart();
    String detail =
        kind == Kind.REMOVE_SERVICE
            ? ""
            : addressesOf(service)
                + " scheduler "
                + service.scheduler()
                + (sorry == null ? "" : " sorry server " + sorry.endpoint() + checksOf(sorry))
                + (persistence == null ? "" : " persistent " + persistence)
                + (slowStart == null ? "" : " slow start " + slowStart)
                + (service.onePacket() ? " one packet" : "")
                + (service.isolation().equals(Isolation.DEFAULT) ? "" : " " + service.isolation());
    return new Change(kind, service.key(), null, service.key() + ": " + kind.words + detail);
  }

  private static String checksOf(RealServer server) {
    return server.checks().stream()
        .map(check -> " check " + check)
        .collect(Collectors.joining(","));
  }

  private static String addressesOf(VirtualService service) {
    return service.key() instanceof VirtualAddress
        ? ""
        : service.addresses().stream()
            .map(VirtualAddress::toString)
            .collect(Collectors.joining(", ", " ", ""));
  }

  static Change ofServer(Kind kind, ServiceKey service, RealServer server) {
    String detail =
        kind == Kind.REMOVE_SERVER
            ? ""
            : " weight "
                + server.weight()
                + (server.upperThreshold() == 0
                    ? ""
                    : " thresholds " + server.upperThreshold() + "/" + server.lowerThreshold())
                + (server.checks().isEmpty() ? " no check" : checksOf(server))
                + (server.onFailure() == null ? "" : " on failure " + server.onFailure())
                + (server.admin() == AdminState.READY ? "" : " " + server.admin())
                + (server.forwarding().equals(Forwarding.masquerading())
                    ? ""
                    : " " + server.forwarding());
    return new Change(
        kind,
        service,
        server.endpoint(),
        service + ": " + kind.words + " " + server.endpoint() + detail);
  }

  @Override
  public String toString() {
    return text;
  }
}
