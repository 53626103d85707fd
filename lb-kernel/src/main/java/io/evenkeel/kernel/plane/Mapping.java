package io.evenkeel.kernel.plane;

import io.evenkeel.EffectiveService;
import io.evenkeel.health.Rotation;
import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsTunnel;
import io.evenkeel.kernel.plane.Listing.Place;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.FirewallMark;
import io.evenkeel.model.Forwarding;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Services of a director as the kernel's table has them; {@link Limits} have none of them. Pure.
 */
final class Mapping {
  /** Of a sorry server, as keepalived has it; its own is not used. */
  private static final int SORRY_WEIGHT = 1;

  private Mapping() {}

  /**
   * The table that some services want.
   *
   * @param services what is wanted and alive
   * @param isCut whose connections were to be closed: not in the table until they have a weight
   * @return by key, in the order of the services
   */
  static Map<IpvsKey, Wanted> of(
      Collection<EffectiveService> services, Predicate<Destination> isCut) {
    Map<IpvsKey, Wanted> wanted = new LinkedHashMap<>();
    for (EffectiveService service : services) {
      Set<AddressFamily> families = families(service.service());
      for (AddressFamily family : families) {
        IpvsKey key = key(service.service(), family);
        wanted.put(key, wanted(service, key, families, isCut));
      }
    }
    return wanted;
  }

  /** The keys that a service would have, whether or not the kernel can carry it. */
  static Set<IpvsKey> keys(VirtualService service) {
    boolean hasKeys =
        service.key() instanceof FirewallMark mark
            ? Limits.number(mark).isPresent()
            : service.addresses().stream().allMatch(address -> address.endpoint().isAddress());
    Set<IpvsKey> keys = new HashSet<>();
    if (hasKeys) {
      families(service).forEach(family -> keys.add(key(service, family)));
    }
    return keys;
  }

  private static Set<AddressFamily> families(VirtualService service) {
    Set<AddressFamily> families = EnumSet.noneOf(AddressFamily.class);
    for (VirtualAddress address : service.addresses()) {
      families.add(family(address.endpoint()));
    }
    return families;
  }

  private static AddressFamily family(Endpoint endpoint) {
    return Limits.isIpv6(endpoint) ? AddressFamily.IPV6 : AddressFamily.IPV4;
  }

  private static IpvsKey key(VirtualService service, AddressFamily family) {
    if (service.key() instanceof FirewallMark mark) {
      return new IpvsMark(Limits.number(mark).orElseThrow(), family);
    }
    VirtualAddress address = (VirtualAddress) service.key();
    return new IpvsAddress(
        address.protocol() == Protocol.TCP ? IpvsProtocol.TCP : IpvsProtocol.UDP,
        address(address.endpoint()),
        address.endpoint().port());
  }

  private static Wanted wanted(
      EffectiveService effective,
      IpvsKey key,
      Set<AddressFamily> families,
      Predicate<Destination> isCut) {
    VirtualService service = effective.service();
    Map<Endpoint, Rotation.Place> places = new HashMap<>();
    Set<Place> dropped = new HashSet<>();
    List<RealServer> servers = service.realServers();
    for (int i = 0; i < servers.size(); i++) {
      Rotation.Place place = effective.rotation().places().get(i);
      Endpoint endpoint = servers.get(i).endpoint();
      places.put(endpoint, place);
      if (place.absence() == Rotation.Absence.DOWN) {
        dropped.add(place(endpoint));
      }
    }
    Map<Place, Destination> cells = new LinkedHashMap<>();
    List<IpvsDestination> listed = new ArrayList<>();
    Destination sorry = effective.sorryServer();
    RealServer sorryServer = service.sorryServer();
    if (effective.rotation().sorry() && sorry != null && sorryServer != null) {
      // It comes last, so it is the newest.
      add(sorry, sorryServer, SORRY_WEIGHT, key, families, cells, listed);
    }
    for (int i = 0; i < effective.destinations().size(); i++) {
      Destination cell = effective.destinations().get(i);
      RealServer server = service.realServer(cell.endpoint()).orElseThrow();
      boolean isOpen = Objects.requireNonNull(places.get(cell.endpoint())).open();
      int weight = isOpen ? effective.destinations().weight(i) : 0;
      if (weight == 0 && isCut.test(cell)) {
        dropped.add(place(cell.endpoint()));
      } else {
        add(cell, server, weight, key, families, cells, listed);
      }
    }
    KernelScheduler scheduler = KernelScheduler.of(service.scheduler()).orElseThrow();
    IpvsService made =
        new IpvsService(
            key,
            scheduler.name(),
            scheduler.flags(),
            persistence(service.persistence(), key.family()),
            service.onePacket());
    return new Wanted(service.key(), new Listing(made, listed), cells, dropped);
  }

  private static void add(
      Destination cell,
      RealServer server,
      int weight,
      IpvsKey key,
      Set<AddressFamily> families,
      Map<Place, Destination> cells,
      List<IpvsDestination> listed) {
    AddressFamily family = family(server.endpoint());
    boolean isElsewhere = family != key.family() && families.contains(family);
    if (isElsewhere) {
      return;
    }
    Place place = place(server.endpoint());
    Forwarding forwarding = server.forwarding();
    cells.put(place, cell);
    listed.add(
        new IpvsDestination(
            place.address(),
            place.port(),
            method(forwarding),
            tunnel(forwarding),
            weight,
            server.upperThreshold(),
            server.lowerThreshold()));
  }

  private static ForwardingMethod method(Forwarding forwarding) {
    return switch (forwarding.method()) {
      case MASQUERADING -> ForwardingMethod.MASQUERADE;
      case DIRECT -> ForwardingMethod.DIRECT;
      case IPIP, GUE, GRE -> ForwardingMethod.TUNNEL;
    };
  }

  private static @Nullable IpvsTunnel tunnel(Forwarding forwarding) {
    IpvsTunnel.Checksum checksum =
        switch (forwarding.checksum()) {
          case NONE -> IpvsTunnel.Checksum.NONE;
          case PRESENT -> IpvsTunnel.Checksum.PRESENT;
          case REMOTE -> IpvsTunnel.Checksum.REMOTE;
        };
    return switch (forwarding.method()) {
      case MASQUERADING, DIRECT -> null;
      case IPIP -> IpvsTunnel.IPIP;
      case GUE -> new IpvsTunnel(IpvsTunnel.Type.GUE, forwarding.port(), checksum);
      case GRE -> new IpvsTunnel(IpvsTunnel.Type.GRE, 0, checksum);
    };
  }

  private static @Nullable IpvsPersistence persistence(
      @Nullable PersistenceSpec spec, AddressFamily family) {
    return spec == null
        ? null
        : new IpvsPersistence(
            spec.timeout().toSeconds(),
            family == AddressFamily.IPV6 ? spec.ipv6Prefix() : spec.ipv4Prefix(),
            null);
  }

  private static Place place(Endpoint endpoint) {
    return new Place(address(endpoint), endpoint.port());
  }

  private static InetAddress address(Endpoint endpoint) {
    // A literal address: nothing is looked up.
    return new InetSocketAddress(endpoint.host(), 0).getAddress();
  }
}
