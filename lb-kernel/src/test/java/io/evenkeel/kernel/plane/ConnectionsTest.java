package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.evenkeel.EffectiveService;
import io.evenkeel.kernel.ipvs.IpvsConnection;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private final EffectiveService service =
      Recorder.of(
              VirtualService.tcp("10.0.0.1:80").scheduler("rr").realServer("10.0.0.2:8080").build())
          .services
          .get(0);

  private static IpvsConnection to(String server, int port) {
    return new IpvsConnection(
        6,
        Tables.address("10.0.0.9"),
        1234,
        Tables.address("10.0.0.1"),
        80,
        Tables.address(server),
        port,
        "ESTABLISHED",
        900,
        null,
        null);
  }

  /** It goes to a socket of this host, where another plane has it. */
  @Test
  void status_toTheVirtualAddress_isNone() {
    Destination local = Passing.local(service);
    EffectiveService passing = Passing.of(service, local);
    Connections connections =
        new Connections(List.of(passing), Set.of(local, service.destinations().get(0)));

    assertNull(connections.status(to("10.0.0.1", 80)));
    assertEquals(
        Endpoint.parse("10.0.0.2:8080"),
        Objects.requireNonNull(connections.status(to("10.0.0.2", 8080))).server());
  }
}
