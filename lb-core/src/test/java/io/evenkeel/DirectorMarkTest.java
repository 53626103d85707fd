package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.FirewallMark;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A service with several addresses, in a running director. */
class DirectorMarkTest extends DirectorKit {
  private static final FirewallMark MARK = ServiceKey.mark("web");
  private static final VirtualAddress HTTP = ServiceKey.tcp("192.0.2.1:80");
  private static final VirtualAddress HTTPS = ServiceKey.tcp("192.0.2.2:443");
  private static final VirtualAddress QUIC = ServiceKey.udp("192.0.2.2:443");

  private static VirtualService.Builder web() {
    return VirtualService.mark("web")
        .address(HTTP)
        .address(HTTPS)
        .address(QUIC)
        .scheduler("rr")
        .realServer("127.0.0.1:0")
        .realServer("127.0.0.2:0")
        .realServer("127.0.0.3:8443");
  }

  private static InetSocketAddress at(String endpoint) {
    Endpoint parsed = Endpoint.parse(endpoint);
    return new InetSocketAddress(parsed.host(), parsed.port());
  }

  /** Where a client's connection to an address goes. */
  private static InetSocketAddress next(Director director, String client, VirtualAddress asked) {
    Flow flow = new Flow(0).protocol(asked.protocol()).client(at(client));
    flow.destination(at(asked.endpoint().toString()));
    Assignment assignment = new Assignment();
    assertTrue(director.dispatcher(MARK).dispatch(flow, assignment));
    assignment.release(Outcome.SUCCESS);
    return assignment.destination().address(flow.destinationPort());
  }

  /** One table: the client's server is the same on every protocol, address and port. */
  @Test
  void dispatch_persistentClient_hasOneServerOnEveryAddress() {
    Director director = started(web().persistent(PersistenceSpec.perClient()).build());

    // Newest first: the third server is the first client's.
    for (VirtualAddress asked : List.of(HTTP, HTTPS, QUIC, HTTP)) {
      assertEquals(at("127.0.0.3:8443"), next(director, "10.0.0.1:1", asked));
    }
    assertEquals(at("127.0.0.2:443"), next(director, "10.0.0.2:1", HTTPS));
    assertEquals(at("127.0.0.2:443"), next(director, "10.0.0.2:2", QUIC));
    assertEquals(at("127.0.0.2:80"), next(director, "10.0.0.2:3", HTTP));
    List<TemplateStatus> templates = director.dispatcher(MARK).templates();
    assertEquals(
        Set.of("127.0.0.2:0", "127.0.0.3:8443"),
        new TreeSet<>(templates.stream().map(t -> t.server().toString()).toList()));
    assertEquals(MARK, templates.get(0).service());
  }

  /** One scheduler: rr goes on from one address to the next. */
  @Test
  void dispatch_notPersistent_oneRotationOnAllAddresses() {
    Director director = started(web().build());

    assertEquals(at("127.0.0.3:8443"), next(director, "10.0.0.1:1", HTTP));
    assertEquals(at("127.0.0.2:443"), next(director, "10.0.0.1:2", QUIC));
    assertEquals(at("127.0.0.1:443"), next(director, "10.0.0.1:3", HTTPS));
    assertEquals(at("127.0.0.3:8443"), next(director, "10.0.0.1:4", HTTPS));
  }

  @Test
  void apply_addressAdded_templatesAndConnectionsStay() throws Exception {
    Director director =
        started(
            VirtualService.mark("web")
                .address(HTTP)
                .scheduler("rr")
                .realServer("127.0.0.1:0")
                .realServer("127.0.0.2:0")
                .persistent(PersistenceSpec.perClient())
                .build());
    final InetSocketAddress first = next(director, "10.0.0.1:1", HTTP);
    final Dispatcher dispatcher = director.dispatcher(MARK);
    // The last that a start tells.
    heard.await(Event.Kind.READY);
    heard.forget();

    DryRun dryRun = director.edit().addresses(MARK, List.of(HTTP, HTTPS)).dryRun();
    Applied applied = director.edit().addresses(MARK, List.of(HTTP, HTTPS)).apply();

    String text =
        "mark web: edit service tcp 192.0.2.1:80, tcp 192.0.2.2:443 scheduler rr persistent "
            + PersistenceSpec.perClient();
    assertEquals(List.of(text), dryRun.changes().stream().map(Object::toString).toList());
    assertEquals(dryRun.changes(), applied.changes());
    heard.await(Event.Kind.CONFIGURED);
    assertEquals(List.of(text), heard.texts());
    assertEquals(first.getAddress(), next(director, "10.0.0.1:2", HTTPS).getAddress());
    assertEquals(dispatcher, director.dispatcher(MARK));
    assertEquals(List.of("mark web: [tcp 192.0.2.1:80, tcp 192.0.2.2:443]"), plane.addresses());
  }

  @Test
  void apply_addressOfAnotherService_isRefusedUntilItIsRemoved() {
    Director director = started(web().build());
    VirtualService alone = VirtualService.builder(HTTPS).build();

    assertEquals(
        List.of(
            "virtual service: tcp 192.0.2.2:443 (expected: an address that mark web does not have)"),
        director.edit().put(alone).dryRun().problems());
    assertThrows(InvalidConfigurationException.class, () -> director.edit().put(alone).apply());
    director.edit().addresses(MARK, List.of(HTTP)).put(alone).apply();

    assertEquals(2, director.configuration().services().size());
  }

  @Test
  void dispatch_shortForm_works() {
    Director director = started(web().build());

    assertTrue(director.dispatcher(MARK).dispatch(at("10.0.0.1:1")).isPresent());
  }

  @Test
  void statusAndMeters_mark_bearItsName() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Director director = closing(builder(web().build()).meterRegistry(registry).build()).start();

    assertEquals(MARK, director.status().get(0).service());
    assertEquals(
        3, registry.find("evenkeel.connections").tag("service", "mark web").meters().size());
    assertEquals(1, registry.find("evenkeel.refused").tag("service", "mark web").meters().size());
  }

  /** A check of a server of every port goes to the port that it names. */
  @Test
  void check_serverOfEveryPort_goesToThePortOfTheCheck() throws Exception {
    started(
        VirtualService.mark("web")
            .address(HTTP)
            .realServer("127.0.0.1:0")
            .check(spec().port(8080))
            .build());

    Await.until("a check", () -> check.target() != null);
    assertEquals(at("127.0.0.1:8080"), check.target().address());
  }
}
