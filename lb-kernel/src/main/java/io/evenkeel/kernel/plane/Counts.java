package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsStats;
import io.evenkeel.kernel.plane.Listing.Place;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel has counted, brought to the director's cells and to meters. Used on the plane's
 * thread; meters are read by any.
 */
final class Counts {
  private static final String PACKETS = "evenkeel.ipvs.packets";
  private static final String TO_OR_FROM = "direction";

  /**
   * How long a server that is gone from the table is remembered: as long as the kernel's trash may
   * give it back with its counters (net/netfilter/ipvs/ip_vs_ctl.c), which is three minutes from
   * the end of its last connection on, whose packets are dropped: 15 minutes if it was established.
   */
  static final long MEMORY_NANOS = TimeUnit.MINUTES.toNanos(20);

  private final MeterRegistry registry;
  private final Map<IpvsKey, ServiceCount> services = new HashMap<>();

  Counts(MeterRegistry registry) {
    this.registry = registry;
  }

  /** The cell of a destination that is in the kernel's table, if it was ever one of ours. */
  @Nullable Destination cell(IpvsKey key, Place place) {
    ServiceCount service = services.get(key);
    ServerCount server = service == null ? null : service.servers.get(place);
    return server == null || !server.isListed ? null : server.cell;
  }

  /** Every cell whose destination is in the kernel's table. */
  Set<Destination> cells() {
    Set<Destination> cells = new HashSet<>();
    for (ServiceCount service : services.values()) {
      for (ServerCount server : service.servers.values()) {
        if (server.isListed) {
          cells.add(server.cell);
        }
      }
    }
    return cells;
  }

  /**
   * Takes over what was read.
   *
   * @param is all of our own
   * @param wanted whose it is
   * @param nowNanos when
   */
  void take(Map<IpvsKey, Observed> is, Map<IpvsKey, Wanted> wanted, long nowNanos) {
    is.forEach(
        (key, observed) -> {
          Wanted service = wanted.get(key);
          ServiceCount count = services.get(key);
          if (count == null && service != null) {
            count = new ServiceCount(service.name(), key);
            services.put(key, count);
          }
          if (count != null) {
            count.take(observed, service, nowNanos);
          }
        });
    services
        .entrySet()
        .removeIf(
            entry -> {
              boolean isGone = !is.containsKey(entry.getKey());
              if (isGone) {
                entry.getValue().end();
              }
              return isGone;
            });
  }

  /** How many servers are remembered, whether or not they are in the table. */
  int servers() {
    return services.values().stream().mapToInt(service -> service.servers.size()).sum();
  }

  /** Takes all meters away. */
  void end() {
    services.values().forEach(ServiceCount::end);
    services.clear();
  }

  /** It stands for a plane of this host, which has the true servers. */
  private static boolean isAt(IpvsKey key, Place place) {
    return key instanceof IpvsAddress address
        && place.equals(new Place(address.address(), address.port()));
  }

  private <T> Meter counter(
      String name, String description, Tags tags, T owner, ToDoubleFunction<T> value) {
    return FunctionCounter.builder(name, owner, value)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  /**
   * Sums that only grow, of counters that are set to zero at times. Written by the plane's thread,
   * read by meters.
   */
  private static final class Sums {
    private IpvsStats last = IpvsStats.ZERO;
    private volatile IpvsStats sums = IpvsStats.ZERO;

    /** Adds what has come since the last time, and gives it back. */
    IpvsStats take(IpvsStats now) {
      IpvsStats more =
          new IpvsStats(
              more(last.connections(), now.connections()),
              more(last.inPackets(), now.inPackets()),
              more(last.outPackets(), now.outPackets()),
              more(last.inBytes(), now.inBytes()),
              more(last.outBytes(), now.outBytes()),
              0,
              0,
              0,
              0,
              0);
      IpvsStats before = sums;
      sums =
          new IpvsStats(
              before.connections() + more.connections(),
              before.inPackets() + more.inPackets(),
              before.outPackets() + more.outPackets(),
              before.inBytes() + more.inBytes(),
              before.outBytes() + more.outBytes(),
              0,
              0,
              0,
              0,
              0);
      last = now;
      return more;
    }

    private static long more(long before, long now) {
      return now >= before ? now - before : now;
    }

    long connections() {
      return sums.connections();
    }

    long inPackets() {
      return sums.inPackets();
    }

    long outPackets() {
      return sums.outPackets();
    }

    long inBytes() {
      return sums.inBytes();
    }

    long outBytes() {
      return sums.outBytes();
    }
  }

  private final class ServiceCount {
    private final ServiceKey name;
    private final IpvsKey key;
    private final Sums sums = new Sums();
    private final List<Meter> meters = new ArrayList<>();

    /** A destination that comes back out of the kernel's trash has its counters again. */
    private final Map<Place, ServerCount> servers = new HashMap<>();

    ServiceCount(ServiceKey name, IpvsKey key) {
      this.name = name;
      this.key = key;
      Tags tags =
          Tags.of(
              "service",
              name.toString(),
              "family",
              key.family() == AddressFamily.IPV6 ? "ipv6" : "ipv4");
      String prefix = "evenkeel.ipvs.service.";
      meters.add(
          counter(prefix + "connections", "Connections scheduled", tags, sums, Sums::connections));
      String packets = "Packets carried";
      Tags in = tags.and(TO_OR_FROM, "in");
      Tags out = tags.and(TO_OR_FROM, "out");
      meters.add(counter(prefix + "packets", packets, in, sums, Sums::inPackets));
      meters.add(counter(prefix + "packets", packets, out, sums, Sums::outPackets));
      meters.add(counter(prefix + "bytes", "Bytes carried", in, sums, Sums::inBytes));
      meters.add(counter(prefix + "bytes", "Bytes carried", out, sums, Sums::outBytes));
    }

    void take(Observed observed, @Nullable Wanted wanted, long nowNanos) {
      sums.take(observed.stats());
      Set<Place> listed = new HashSet<>();
      for (DestinationStatus status : observed.destinations()) {
        Place place = Place.of(status.destination());
        ServerCount server = servers.get(place);
        Destination cell = wanted == null ? null : wanted.cells().get(place);
        if (server == null && cell != null) {
          server = new ServerCount(cell, !isAt(key, place));
          servers.put(place, server);
        }
        if (server != null) {
          listed.add(place);
          server.take(status, cell == null ? server.cell : cell, name);
          server.listedNanos = nowNanos;
        }
      }
      servers.forEach(
          (place, server) -> {
            if (!listed.contains(place)) {
              server.leave();
            }
          });
      servers
          .entrySet()
          .removeIf(
              entry ->
                  nowNanos - entry.getValue().listedNanos >= MEMORY_NANOS
                      && (wanted == null || !wanted.cells().containsKey(entry.getKey())));
    }

    void end() {
      meters.forEach(registry::remove);
      servers.values().forEach(ServerCount::leave);
    }
  }

  private final class ServerCount {
    private final Sums sums = new Sums();
    private final List<Meter> meters = new ArrayList<>();
    private final boolean isMetered;
    private Destination cell;
    private long templates;
    private int active;
    private int inactive;
    private volatile int weight;
    private boolean isListed;
    private long listedNanos;

    ServerCount(Destination cell, boolean isMetered) {
      this.cell = cell;
      this.isMetered = isMetered;
    }

    void take(DestinationStatus status, Destination now, ServiceKey service) {
      if (now != cell) {
        leave();
        cell = now;
      }
      IpvsStats more = sums.take(status.stats());
      count(number(status.active()), number(status.inactive()), more.connections());
      cell.countFromClient(more.inBytes());
      cell.countToClient(more.outBytes());
      cell.countTemplates((int) (status.persistent() - templates));
      templates = status.persistent();
      weight = status.destination().weight();
      if (!isListed) {
        isListed = true;
        if (isMetered) {
          addMeters(service);
        }
      }
    }

    private void addMeters(ServiceKey service) {
      Tags tags = Tags.of("service", service.toString(), "server", cell.endpoint().toString());
      String packets = "Packets carried";
      meters.add(counter(PACKETS, packets, tags.and(TO_OR_FROM, "in"), sums, Sums::inPackets));
      meters.add(counter(PACKETS, packets, tags.and(TO_OR_FROM, "out"), sums, Sums::outPackets));
      meters.add(
          Gauge.builder("evenkeel.ipvs.weight", this, server -> server.weight)
              .description("Weight in the kernel's table")
              .tags(tags)
              .register(registry));
    }

    /** It is not in the table any more; the kernel may still know its connections, but not say. */
    void leave() {
      if (isListed) {
        isListed = false;
        count(0, 0, 0);
        cell.countTemplates((int) -templates);
        templates = 0;
        meters.forEach(registry::remove);
        meters.clear();
      }
    }

    /** Others may count connections of the same server, that the kernel does not carry. */
    private void count(int nowActive, int nowInactive, long moreConnections) {
      cell.counted(nowActive - active, nowInactive - inactive, moreConnections);
      active = nowActive;
      inactive = nowInactive;
    }

    private static int number(long count) {
      return (int) Math.min(count, Integer.MAX_VALUE);
    }
  }
}
