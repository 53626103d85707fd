package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Applied;
import io.evenkeel.ConnectionStatus;
import io.evenkeel.Director;
import io.evenkeel.Drained;
import io.evenkeel.Event;
import io.evenkeel.InvalidConfigurationException;
import io.evenkeel.ServerStatus;
import io.evenkeel.check.TcpCheck;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsSysctl;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A director whose services the kernel carries; run by {@code IpvsLabIT}. */
public class PlaneLab {
  private static final VirtualAddress WEB = ServiceKey.tcp(PlaneNetwork.ADDRESS + ":80");
  private static final IpvsKey KEY = Tables.tcp(PlaneNetwork.ADDRESS, 80);
  private static final CheckSpec CHECK =
      CheckSpec.of(TcpCheck.create())
          .every(Duration.ofMillis(200), Duration.ofMillis(100))
          .timeout(Duration.ofSeconds(5))
          .warmup(Duration.ofMillis(50))
          .counts(1, 3);

  @TempDir Path directory;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Ipvs ipvs;
  private PlaneNetwork network;

  @BeforeEach
  void open() throws Exception {
    ipvs = Ipvs.open();
    network = new PlaneNetwork();
  }

  @AfterEach
  void close() throws Exception {
    ipvs.apply(new IpvsChange.Flush());
    ipvs.close();
    network.close();
  }

  private Path state() {
    return directory.resolve("state");
  }

  private IpvsPlane.Builder plane() {
    return IpvsPlane.builder(state()).resync(Duration.ofMillis(200));
  }

  private Director director(IpvsPlane plane, VirtualService... services) throws Exception {
    Director.Builder builder =
        Director.builder()
            .threads(1)
            .meterRegistry(registry)
            .listener(events::add)
            .dataPlane(plane);
    List.of(services).forEach(builder::service);
    Director director = builder.build().start();
    director.ready().get(20, TimeUnit.SECONDS);
    return director;
  }

  private static VirtualService.Builder web(PlaneNetwork.Server... servers) {
    VirtualService.Builder builder = VirtualService.tcp(WEB.endpoint().toString()).scheduler("rr");
    for (PlaneNetwork.Server server : servers) {
      builder.realServer(server.endpoint);
    }
    return builder;
  }

  /** The destinations in the kernel, the newest first: last number of the address, and weight. */
  private List<String> listed(IpvsKey key) throws IOException {
    return ipvs.destinations(key).stream()
        .map(status -> status.destination())
        .map(d -> (d.address().getAddress()[3] - 10) + "/" + d.weight())
        .toList();
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, "in vain: " + what);
      Thread.sleep(20);
    }
  }

  private boolean saw(Event.Kind kind) {
    return events.stream().anyMatch(event -> event.kind() == kind);
  }

  @Test
  void start_services_areInTheKernelUntilItStops() throws Exception {
    try (Director director =
        director(
            plane().build(),
            VirtualService.tcp("10.0.0.1:80")
                .scheduler("rr")
                .realServer(RealServer.of("10.0.0.12:8080").withWeight(2))
                .realServer("10.0.0.13:8080")
                .build())) {
      assertEquals(List.of("3/1", "2/2"), listed(Tables.tcp("10.0.0.1", 80)));
      assertEquals("evenkeel ipvs 1\ntcp 10.0.0.1:80\n", Files.readString(state()));
      assertEquals(1, director.configuration().services().size());
    }
    assertEquals(List.of(), ipvs.services());
    assertEquals("evenkeel ipvs 1\n", Files.readString(state()));
  }

  @Test
  void serverKilled_underLoad_isOutUntilItIsBackAndAllIsCounted() throws Exception {
    PlaneNetwork.Server a = network.server(1);
    PlaneNetwork.Server b = network.server(2);
    PlaneNetwork.Server c = network.server(3);
    int attempts;
    int failures;
    try (Director director = director(plane().build(), web(a, b, c).check(CHECK).build());
        PlaneNetwork.Load load = network.load(80)) {
      assertEquals(Set.of(1, 2, 3), new TreeSet<>(load.next(30)));
      assertEquals(0, load.failures.get());
      assertEquals(List.of("3/1", "2/1", "1/1"), listed(KEY));

      b.close();
      await("b is out of the table", () -> listed(KEY).equals(List.of("3/1", "1/1")));
      Event down =
          events.stream().filter(e -> e.kind() == Event.Kind.SERVER_DOWN).findFirst().orElseThrow();
      assertEquals(Endpoint.parse(b.endpoint), down.server());
      assertTrue(down.text().endsWith(" after 3 of 3"), down.text());
      load.next(1);
      failures = load.failures.get();
      assertEquals(Set.of(1, 3), new TreeSet<>(load.next(60)));
      assertEquals(failures, load.failures.get(), "no new connection went to it");

      PlaneNetwork.Server again = network.server(2);
      await("b is back", () -> listed(KEY).equals(List.of("2/1", "3/1", "1/1")));
      assertEquals(Set.of(1, 2, 3), new TreeSet<>(load.next(30)));
      assertTrue(again.accepted.get() > 0);

      load.stop();
      attempts = load.attempts.get();
      assertEquals(failures, load.failures.get());
      // The kernel's counters are up to two seconds old.
      await("the kernel counts", () -> counted() == attempts);
      await("all is counted", () -> metered() == attempts);
      await("for each server", () -> connections(director) == attempts);
    }
    System.out.println("    connections " + attempts + ", failed while b died " + failures);
    assertTrue(registry.getMeters().stream().noneMatch(m -> m.getId().getName().contains("ipvs")));
  }

  private long counted() throws IOException {
    return ipvs.service(KEY).orElseThrow().stats().connections();
  }

  private long metered() {
    return (long)
        registry
            .get("evenkeel.ipvs.service.connections")
            .tag("service", WEB.toString())
            .functionCounter()
            .count();
  }

  private static long connections(Director director) {
    return director.status().stream().mapToLong(ServerStatus::connections).sum();
  }

  @Test
  void drainAndRemoval_withConnections_runOnUntilTheyAreClosed() throws Exception {
    PlaneNetwork.Server a = network.server(1);
    PlaneNetwork.Server b = network.server(2);
    PlaneNetwork.Server c = network.server(3);
    VirtualService other =
        VirtualService.tcp(PlaneNetwork.ADDRESS + ":81").realServer(a.endpoint).build();
    try (Director director = director(plane().build(), web(a, b, c).build(), other)) {
      List<PlaneNetwork.Client> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(network.client(80));
      }
      PlaneNetwork.Client ofOther = network.client(81);

      Applied drain =
          director
              .edit()
              .drain(WEB, Endpoint.parse(a.endpoint), Duration.ofSeconds(60))
              .removeServer(WEB, Endpoint.parse(b.endpoint))
              .remove(other.key())
              .apply();
      assertEquals(2, active(director, a));
      assertEquals(List.of("3/1", "2/0", "1/0"), sorted(listed(KEY)));
      assertEquals(List.of("1/0"), listed(Tables.tcp(PlaneNetwork.ADDRESS, 81)));
      assertEquals(3, network.client(80).server);
      assertThrows(IOException.class, () -> network.client(81));
      for (PlaneNetwork.Client client : clients) {
        assertTrue(client.echoes(), "of " + client.server);
      }
      assertTrue(ofOther.echoes());

      closeOne(clients, 1);
      await("one is left", () -> active(director, a) == 1);
      assertFalse(drain.drained().isDone());
      closeOne(clients, 1);
      closeOne(clients, 2);
      closeOne(clients, 2);
      ofOther.close();
      assertEquals(
          List.of(new Drained(WEB, Endpoint.parse(a.endpoint), 0)),
          drain.drained().get(30, TimeUnit.SECONDS));
      await("b is gone", () -> listed(KEY).equals(List.of("3/1", "1/0")));
      await("the other service is gone", () -> ipvs.services().size() == 1);
      assertEquals("evenkeel ipvs 1\n" + WEB + "\n", Files.readString(state()));
    }
    assertFalse(saw(Event.Kind.DATA_PLANE), events.toString());
  }

  @Test
  void allPorts_insteadOfOneWithConnections_haveNewClientsAtOnce() throws Exception {
    PlaneNetwork.Server a = network.server(1);
    ServiceKey one = ServiceKey.tcp(PlaneNetwork.ADDRESS + ":8080");
    VirtualService first =
        VirtualService.tcp(PlaneNetwork.ADDRESS + ":8080").realServer(a.endpoint).build();
    VirtualService all =
        VirtualService.tcp(PlaneNetwork.ADDRESS + ":0")
            .persistent(Duration.ofSeconds(60))
            .realServer("10.2.0.11:0")
            .build();
    try (Director director = director(plane().build(), first)) {
      assertEquals(1, network.client(8080).server);

      director.edit().remove(one).put(all).apply();
      assertEquals(1, network.client(8080).server);
      assertEquals(List.of("1/1"), listed(Tables.tcp(PlaneNetwork.ADDRESS, 0)));
      assertEquals(1, ipvs.services().size());
    }
  }

  private static List<String> sorted(List<String> list) {
    return list.stream().sorted((x, y) -> y.compareTo(x)).toList();
  }

  private static void closeOne(List<PlaneNetwork.Client> clients, int server) throws IOException {
    for (PlaneNetwork.Client client : clients) {
      if (client.server == server) {
        clients.remove(client);
        client.close();
        return;
      }
    }
  }

  private static int active(Director director, PlaneNetwork.Server server) {
    return director.status().stream()
        .filter(status -> status.server().toString().equals(server.endpoint))
        .mapToInt(ServerStatus::active)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void quorumLost_sorryServer_standsInUntilItIsBack() throws Exception {
    PlaneNetwork.Server a = network.server(1);
    PlaneNetwork.Server b = network.server(2);
    PlaneNetwork.Server sorry = network.server(4);
    VirtualService service =
        web(a, b)
            .check(CHECK)
            .isolation(Isolation.DEFAULT.quorum(2, 0))
            .sorryServer(sorry.endpoint)
            .build();
    try (Director director = director(plane().build(), service);
        PlaneNetwork.Load load = network.load(80)) {
      assertEquals(Set.of(1, 2), new TreeSet<>(load.next(10)));

      b.close();
      await("sorry", () -> listed(KEY).equals(List.of("4/1")) || listed(KEY).contains("1/0"));
      assertEquals(Set.of(4), new TreeSet<>(load.next(20)));

      final int failures = load.failures.get();
      network.server(2);
      await("both are back", () -> listed(KEY).containsAll(List.of("1/1", "2/1")));
      load.next(2);
      assertEquals(Set.of(1, 2), new TreeSet<>(load.next(20)));
      assertEquals(failures, load.failures.get(), "nobody was refused");
      assertEquals(1, director.configuration().services().size());
    }
  }

  @Test
  void othersChange_ownRules_isMendedAndToldAndTheirsAreLeftAlone() throws Exception {
    IpvsKey foreign = Tables.tcp("10.9.0.1", 80);
    IpvsKey taken = Tables.tcp("10.0.0.2", 80);
    ipvs.apply(
        List.of(
            new IpvsChange.AddService(IpvsService.of(foreign, "wlc")),
            new IpvsChange.AddDestination(foreign, Tables.server("10.9.0.12", 3)),
            new IpvsChange.AddService(IpvsService.of(taken, "wlc")),
            new IpvsChange.AddDestination(taken, Tables.server("10.0.0.19", 3))));
    IpvsKey key = Tables.tcp("10.0.0.1", 80);
    VirtualService first =
        VirtualService.tcp("10.0.0.1:80")
            .scheduler("rr")
            .realServer("10.0.0.11:8080")
            .realServer("10.0.0.12:8080")
            .build();
    VirtualService second =
        VirtualService.tcp("10.0.0.2:80").scheduler("rr").realServer("10.0.0.13:8080").build();
    IpvsPlane keeping = plane().whenStopped(IpvsPlane.WhenStopped.KEEP).build();
    try (Director director = director(keeping, first, second)) {
      assertEquals(List.of("3/1"), listed(taken));
      assertTold(ServiceKey.tcp("10.0.0.2:80"), "was there already, and is taken over");

      ipvs.apply(
          List.of(
              new IpvsChange.DeleteService(taken),
              new IpvsChange.EditService(IpvsService.of(key, "lc")),
              new IpvsChange.DeleteDestination(key, Tables.server("10.0.0.11", 1)),
              new IpvsChange.EditDestination(key, Tables.server("10.0.0.12", 9)),
              new IpvsChange.AddDestination(key, Tables.server("10.0.0.14", 1))));
      await("mended", () -> sorted(listed(key)).equals(List.of("2/1", "1/1")));
      await("the service is back", () -> listed(taken).equals(List.of("3/1")));
      assertEquals("rr", ipvs.service(key).orElseThrow().service().scheduler());
      assertTold(
          ServiceKey.tcp("10.0.0.1:80"),
          "was changed by somebody else, it was lc (expected: rr), there was"
              + " 10.0.0.12:8080 MASQUERADE weight 9 (expected: 10.0.0.12:8080 MASQUERADE weight 1), gone was 10.0.0.11:8080 MASQUERADE weight 1, there was"
              + " 10.0.0.14:8080 MASQUERADE weight 1 (expected: no such server); mended");
      assertTold(
          ServiceKey.tcp("10.0.0.2:80"),
          "was changed by somebody else, the service was gone; mended");
      assertEquals(2, registry.get("evenkeel.ipvs.mended").counter().count());
      assertEquals(2, director.configuration().services().size());
    }
    assertEquals(List.of("2/3"), listed(foreign), "who stops leaves what is not its own");
    assertEquals(List.of("3/1"), listed(taken), "who keeps leaves all");

    try (Director director = director(plane().build(), first)) {
      assertEquals(List.of(), listed(taken), "what was dropped meanwhile is removed");
      assertEquals(1, director.configuration().services().size());
    }
    assertEquals(
        List.of(foreign),
        ipvs.services().stream().map(ServiceStatus::service).map(IpvsService::key).toList());
  }

  @Test
  void drainAndClose_atTheDeadline_resetsWhatIsLeft() throws Exception {
    PlaneNetwork.Server a = network.server(1);
    PlaneNetwork.Server b = network.server(2);
    IpvsPlane closing = plane().expireNodest(true).build();
    try (Director director = director(closing, web(a, b).build())) {
      PlaneNetwork.Client one = network.client(80);
      PlaneNetwork.Client two = network.client(80);
      PlaneNetwork.Client ofA = one.server == 1 ? one : two;
      PlaneNetwork.Client ofB = one.server == 1 ? two : one;
      List<ConnectionStatus> connections = director.connections();
      assertEquals(
          Set.of(a.endpoint, b.endpoint),
          connections.stream().map(c -> c.server().toString()).collect(Collectors.toSet()));
      assertEquals(2, connections.size());
      for (ConnectionStatus connection : connections) {
        assertEquals(WEB, connection.address());
        assertEquals(ConnectionStatus.State.ESTABLISHED, connection.state());
        assertEquals("10.1.0.2", connection.client().getAddress().getHostAddress());
      }

      Endpoint server = Endpoint.parse(a.endpoint);
      Applied drain = director.edit().drainAndClose(WEB, server, Duration.ofMillis(300)).apply();
      assertEquals(List.of(new Drained(WEB, server, 1)), drain.drained().get(20, TimeUnit.SECONDS));
      await("a is gone", () -> listed(KEY).equals(List.of("2/1")));
      assertTrue(ofA.isReset());
      assertTrue(ofB.echoes());

      director.edit().weight(WEB, server, 1).apply();
      assertEquals(List.of("1/1", "2/1"), listed(KEY));
    }
  }

  @Test
  void namespace_other_hasTheServicesAndTheSwitch() throws Exception {
    VirtualService service =
        VirtualService.tcp("10.0.0.1:80")
            .scheduler("wlc")
            .persistent(PersistenceSpec.perClient().expireQuiescent(true))
            .realServer("10.0.0.12:8080")
            .build();
    IpvsKey key = Tables.tcp("10.0.0.1", 80);
    try (Ipvs inside = Ipvs.open("clients");
        Director director = director(plane().namespace("clients").build(), service)) {
      assertEquals(List.of(), ipvs.services());
      assertEquals(1, inside.sysctls().get(IpvsSysctl.EXPIRE_QUIESCENT_TEMPLATE));
      assertEquals(0, ipvs.sysctls().get(IpvsSysctl.EXPIRE_QUIESCENT_TEMPLATE));

      // A module that the lab's kernel does not have.
      VirtualService twos =
          VirtualService.tcp("10.0.0.1:80").scheduler("twos").realServer("10.0.0.13:8080").build();
      InvalidConfigurationException refused =
          assertThrows(
              InvalidConfigurationException.class, () -> director.edit().put(twos).apply());
      assertTrue(String.valueOf(refused.getMessage()).contains("twos"), refused.getMessage());
      await(
          "what was there is there again",
          () ->
              inside.destinations(key).stream()
                  .map(status -> status.destination().toString())
                  .toList()
                  .equals(List.of("10.0.0.12:8080 MASQUERADE weight 1")));
      assertEquals(
          new IpvsService(key, "wlc", Set.of(), new IpvsPersistence(300, 32, null), false),
          inside.service(key).orElseThrow().service());
      assertEquals("wlc", director.configuration().services().iterator().next().scheduler());
    }
  }

  private List<Event> told() {
    return events.stream().filter(event -> event.kind() == Event.Kind.DATA_PLANE).toList();
  }

  private void assertTold(ServiceKey service, String text) throws Exception {
    await(
        text,
        () ->
            told().stream()
                .anyMatch(
                    event ->
                        service.equals(event.service())
                            && event.text().equals(service + ": " + text)));
  }
}
