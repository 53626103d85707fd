package io.evenkeel.vrrp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.vrrp.protocol.Cause;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Rejection;
import io.evenkeel.vrrp.protocol.Sight;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RouterMetersTest {
  private static final long MILLI = 1_000_000;

  private final Counters counters = new Counters();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RouterMeters meters = new RouterMeters("web", counters);

  private double counter(String name, String... tags) {
    return registry.get(name).tag("router", "web").tags(tags).functionCounter().count();
  }

  private double gauge(String name, String... tags) {
    return registry.get(name).tag("router", "web").tags(tags).gauge().value();
  }

  @Test
  void bindTo_counts_areShown() {
    meters.bindTo(registry);
    counters.sent();
    counters.sendFailed();
    counters.sendFailed();
    counters.mixedForms(3);
    counters.mixedForms(4);
    counters.received(true, true);
    counters.received(false, true);
    counters.received(false, false);
    counters.rejected(Rejection.TTL);
    counters.rejected(Rejection.CHECKSUM);
    counters.rejected(Rejection.CHECKSUM);
    counters.saw(Sight.TWO_OWNERS);
    counters.changed(Phase.BACKUP, Cause.STARTED);
    counters.changed(Phase.MASTER, Cause.MASTER_DOWN);
    counters.priority(120);

    assertEquals(1, counter("evenkeel.vrrp.adverts", "direction", "out"));
    assertEquals(3, counter("evenkeel.vrrp.adverts", "direction", "in"));
    assertEquals(2, counter("evenkeel.vrrp.mismatches", "of", "addresses"));
    assertEquals(1, counter("evenkeel.vrrp.mismatches", "of", "interval"));
    assertEquals(4, counter("evenkeel.vrrp.mismatches", "of", "checksum"));
    assertEquals(2, counter("evenkeel.vrrp.send.failed"));
    assertEquals(1, counter("evenkeel.vrrp.rejected", "reason", "ttl"));
    assertEquals(2, counter("evenkeel.vrrp.rejected", "reason", "checksum"));
    assertEquals(0, counter("evenkeel.vrrp.rejected", "reason", "replay"));
    assertEquals(1, counter("evenkeel.vrrp.sights", "kind", "two_owners"));
    assertEquals(1, counter("evenkeel.vrrp.transitions", "cause", "master_down"));
    assertEquals(1, gauge("evenkeel.vrrp.state", "state", "master"));
    assertEquals(0, gauge("evenkeel.vrrp.state", "state", "backup"));
    assertEquals(120, gauge("evenkeel.vrrp.priority"));
  }

  @Test
  void late_edges_areCountedOver() {
    meters.bindTo(registry);
    for (long nanos : new long[] {-5, 0, MILLI, MILLI + 1, 10 * MILLI + 1, 3000 * MILLI}) {
      counters.late(nanos);
    }

    assertEquals(3, counter("evenkeel.vrrp.late", "over", "1ms"));
    assertEquals(2, counter("evenkeel.vrrp.late", "over", "10ms"));
    assertEquals(1, counter("evenkeel.vrrp.late", "over", "100ms"));
    assertEquals(1, counter("evenkeel.vrrp.late", "over", "1000ms"));
    assertEquals(6, registry.get("evenkeel.vrrp.lateness").functionTimer().count());
    assertEquals(
        3012.000002,
        registry.get("evenkeel.vrrp.lateness").functionTimer().totalTime(TimeUnit.MILLISECONDS),
        1e-9);
    assertEquals(
        3000, registry.get("evenkeel.vrrp.lateness.max").timeGauge().value(TimeUnit.MILLISECONDS));
  }

  @Test
  void close_bound_takesItsOwnAway() {
    meters.bindTo(registry);
    RouterMeters other = new RouterMeters("mail", new Counters());
    other.bindTo(registry);
    meters.close();
    meters.close();

    assertEquals(
        Set.of("mail"),
        registry.getMeters().stream()
            .map(meter -> meter.getId().getTag("router"))
            .collect(Collectors.toSet()));
    new RouterMeters("unbound", counters).close();
  }

  @Test
  void meters_all_areInTheDocument() throws IOException {
    meters.bindTo(registry);
    List<String> lines = Files.readAllLines(Path.of("../docs/meters.md"));
    Set<String> documented =
        lines.stream()
            .filter(line -> line.startsWith("| `evenkeel.vrrp."))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(
        registry.getMeters().stream()
            .map(Meter::getId)
            .map(Meter.Id::getName)
            .collect(Collectors.toCollection(TreeSet::new)),
        documented);
  }
}
