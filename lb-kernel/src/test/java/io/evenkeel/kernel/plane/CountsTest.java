package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsStats;
import io.evenkeel.kernel.plane.Listing.Place;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CountsTest {
  private static final IpvsKey WEB = Tables.tcp("10.0.0.1", 80);
  private static final ServiceKey NAME = ServiceKey.tcp("10.0.0.1:80");
  private static final IpvsDestination SERVER = Tables.server("10.0.0.2", 5);
  private static final Place PLACE = Place.of(SERVER);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Counts counts = new Counts(registry);
  private final Destination cell =
      new Destination(
          NAME,
          Endpoint.parse("10.0.0.2:8080"),
          new InetSocketAddress(SERVER.address(), 8080),
          destination -> {});

  private long nowNanos = -5;

  private static IpvsStats stats(long count) {
    return new IpvsStats(count, count * 2, count * 3, count * 4, count * 5, 9, 9, 9, 9, 9);
  }

  private void take(long service, DestinationStatus... servers) {
    IpvsService settings = IpvsService.of(WEB, "rr");
    counts.take(
        Map.of(WEB, new Observed(settings, stats(service), List.of(servers))),
        Map.of(
            WEB,
            new Wanted(
                NAME, new Listing(settings, List.of(SERVER)), Map.of(PLACE, cell), Set.of())),
        nowNanos);
  }

  private static DestinationStatus server(long active, long inactive, long templates, long count) {
    return new DestinationStatus(SERVER, active, inactive, templates, stats(count));
  }

  private double counter(String name, String direction) {
    return registry.get(name).tag("direction", direction).functionCounter().count();
  }

  @Test
  void take_first_bringsAllToTheCellAndTheMeters() {
    take(20, server(3, 4, 2, 10));

    assertEquals(3, cell.active());
    assertEquals(4, cell.inactive());
    assertEquals(2, cell.templates());
    assertEquals(10, cell.connections());
    assertEquals(40, cell.bytesFromClient());
    assertEquals(50, cell.bytesToClient());
    assertEquals(20, counter("evenkeel.ipvs.packets", "in"));
    assertEquals(30, counter("evenkeel.ipvs.packets", "out"));
    assertEquals(5, registry.get("evenkeel.ipvs.weight").gauge().value());
    assertEquals(20, registry.get("evenkeel.ipvs.service.connections").functionCounter().count());
    assertEquals(40, counter("evenkeel.ipvs.service.packets", "in"));
    assertEquals(60, counter("evenkeel.ipvs.service.packets", "out"));
    assertEquals(80, counter("evenkeel.ipvs.service.bytes", "in"));
    assertEquals(100, counter("evenkeel.ipvs.service.bytes", "out"));
  }

  @Test
  void take_again_bringsWhatIsNew() {
    take(20, server(3, 4, 2, 10));
    take(21, server(1, 0, 1, 11));

    assertEquals(1, cell.active());
    assertEquals(0, cell.inactive());
    assertEquals(1, cell.templates());
    assertEquals(11, cell.connections());
    assertEquals(22, counter("evenkeel.ipvs.packets", "in"));
    assertEquals(42, counter("evenkeel.ipvs.service.packets", "in"));
  }

  @Test
  void take_zeroed_neverGoesBack() {
    take(20, server(0, 0, 0, 10));
    take(1, server(0, 0, 0, 1));

    assertEquals(11, cell.connections());
    assertEquals(22, counter("evenkeel.ipvs.packets", "in"));
    assertEquals(42, counter("evenkeel.ipvs.service.packets", "in"));
  }

  @Test
  void take_outOfTheTable_isNotOpenAndHasNoMeters() {
    take(20, server(3, 4, 2, 10));
    take(20);

    assertEquals(0, cell.open());
    assertEquals(0, cell.templates());
    assertEquals(10, cell.connections());
    assertNull(registry.find("evenkeel.ipvs.packets").functionCounter());
    assertNull(counts.cell(WEB, PLACE));
    assertEquals(Set.of(), counts.cells());
  }

  @Test
  void take_outOfTheTrash_countsNothingTwice() {
    take(20, server(3, 4, 2, 10));
    take(20);
    take(21, server(3, 4, 2, 11));

    assertEquals(11, cell.connections());
    assertEquals(7, cell.open());
    assertEquals(cell, counts.cell(WEB, PLACE));
    assertEquals(22, counter("evenkeel.ipvs.packets", "in"));
  }

  @Test
  void take_withoutTheService_removesItsMeters() {
    take(20, server(3, 4, 2, 10));
    counts.take(Map.of(), Map.of(), nowNanos);

    assertEquals(List.of(), registry.getMeters());
    assertEquals(0, cell.open());
  }

  private void takeOther(IpvsDestination server) {
    Place place = Place.of(server);
    Destination other =
        new Destination(
            NAME,
            Endpoint.parse(server.address().getHostAddress() + ":" + server.port()),
            new InetSocketAddress(server.address(), server.port()),
            destination -> {});
    IpvsService settings = IpvsService.of(WEB, "rr");
    Listing listing = new Listing(settings, List.of(server));
    DestinationStatus status = new DestinationStatus(server, 0, 0, 0, stats(1));
    counts.take(
        Map.of(WEB, new Observed(settings, stats(1), List.of(status))),
        Map.of(WEB, new Wanted(NAME, listing, Map.of(place, other), Set.of())),
        nowNanos);
  }

  @Test
  void take_oneAfterTheOther_remembersThoseThatTheTrashMayHave() {
    for (int i = 0; i < 1000; i++) {
      takeOther(Tables.server("10.1." + i / 250 + "." + (1 + i % 250), 1));
      nowNanos += Counts.MEMORY_NANOS / 10;
    }

    assertEquals(10, counts.servers());
  }

  @Test
  void take_outOfTheTrash_isRememberedJustSoLong() {
    take(20, server(3, 4, 2, 10));
    nowNanos += Counts.MEMORY_NANOS - 1;
    takeOther(Tables.server("10.0.0.3", 1));
    assertEquals(2, counts.servers());
    take(21, server(3, 4, 2, 11));
    assertEquals(11, cell.connections(), "not counted twice");

    nowNanos += Counts.MEMORY_NANOS;
    takeOther(Tables.server("10.0.0.3", 1));
    assertEquals(1, counts.servers());
  }

  @Test
  void take_notListedButWanted_isRemembered() {
    take(20, server(3, 4, 2, 10));
    nowNanos += Counts.MEMORY_NANOS;
    take(20);

    assertEquals(1, counts.servers());
  }

  @Test
  void take_virtualAddressAsServer_hasNoMeters() {
    takeOther(IpvsDestination.of(Tables.address("10.0.0.1"), 80, ForwardingMethod.MASQUERADE, 1));
    assertNull(registry.find("evenkeel.ipvs.packets").functionCounter());
    assertNull(registry.find("evenkeel.ipvs.weight").gauge());

    takeOther(IpvsDestination.of(Tables.address("10.0.0.1"), 81, ForwardingMethod.MASQUERADE, 1));
    assertEquals(1, registry.get("evenkeel.ipvs.weight").gauge().value());
  }
}
