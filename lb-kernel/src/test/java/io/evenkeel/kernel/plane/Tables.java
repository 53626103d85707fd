package io.evenkeel.kernel.plane;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.ForwardingMethod;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.SchedulerFlag;
import io.evenkeel.kernel.plane.Listing.Place;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** Tables of IPVS, and what the kernel makes of changes to them (ip_vs_ctl.c). */
final class Tables {
  private Tables() {}

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static IpvsKey tcp(String address, int port) {
    return new IpvsAddress(IpvsProtocol.TCP, address(address), port);
  }

  static IpvsDestination server(String address, int weight) {
    return IpvsDestination.of(address(address), 8080, ForwardingMethod.MASQUERADE, weight);
  }

  /** Up to six services, each with up to eight servers. */
  static Map<IpvsKey, Listing> random(Random random) {
    Map<IpvsKey, Listing> table = new LinkedHashMap<>();
    for (int i = 0; i < 6; i++) {
      if (random.nextInt(3) > 0) {
        IpvsKey key =
            i < 4 ? tcp("10.0.0." + (i + 1), 80) : new IpvsMark(i, AddressFamily.values()[i % 2]);
        table.put(key, new Listing(service(key, random), servers(random)));
      }
    }
    return table;
  }

  private static IpvsService service(IpvsKey key, Random random) {
    String scheduler = List.of("rr", "wlc", "sh").get(random.nextInt(3));
    return new IpvsService(
        key,
        scheduler,
        scheduler.equals("sh") ? Set.of(SchedulerFlag.values()[random.nextInt(2)]) : Set.of(),
        random.nextInt(3) == 0 ? new IpvsPersistence(60 + random.nextInt(2), 24, null) : null,
        false);
  }

  private static List<IpvsDestination> servers(Random random) {
    List<IpvsDestination> servers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      if (random.nextBoolean()) {
        int upper = random.nextInt(2) * 100;
        servers.add(
            new IpvsDestination(
                address("10.1.0." + (i + 1)),
                80,
                random.nextInt(4) == 0 ? ForwardingMethod.DIRECT : ForwardingMethod.MASQUERADE,
                null,
                random.nextInt(3),
                upper,
                upper / 2));
      }
    }
    Collections.shuffle(servers, random);
    return servers;
  }

  /** What the kernel would have after changes; fails where it would refuse one. */
  static Map<IpvsKey, Listing> applied(Map<IpvsKey, Listing> is, List<IpvsChange> changes) {
    Map<IpvsKey, Listing> table = new HashMap<>(is);
    for (IpvsChange change : changes) {
      if (change instanceof IpvsChange.AddService add) {
        refuseUnless(!table.containsKey(add.service().key()), change);
        table.put(add.service().key(), new Listing(add.service(), List.of()));
      } else if (change instanceof IpvsChange.DeleteService delete) {
        refuseUnless(table.remove(delete.key()) != null, change);
      } else if (change instanceof IpvsChange.EditService edit) {
        table.put(
            edit.service().key(),
            new Listing(edit.service(), listing(table, change).destinations()));
      } else {
        table.put(key(change), edited(listing(table, change), change));
      }
    }
    return table;
  }

  private static Listing edited(Listing listing, IpvsChange change) {
    List<IpvsDestination> servers = new ArrayList<>(listing.destinations());
    boolean isThere = listing.places().containsKey(place(change));
    if (change instanceof IpvsChange.AddDestination add) {
      refuseUnless(!isThere, change);
      servers.add(0, add.destination());
    } else {
      refuseUnless(isThere, change);
      int at = List.copyOf(listing.places().keySet()).indexOf(place(change));
      servers.remove(at);
      if (change instanceof IpvsChange.EditDestination edit) {
        servers.add(at, edit.destination());
      }
    }
    return new Listing(listing.service(), servers);
  }

  private static Listing listing(Map<IpvsKey, Listing> table, IpvsChange change) {
    return Objects.requireNonNull(table.get(key(change)), () -> "refused: " + change);
  }

  private static void refuseUnless(boolean isFine, IpvsChange change) {
    if (!isFine) {
      throw new AssertionError("refused: " + change);
    }
  }

  static IpvsKey key(IpvsChange change) {
    if (change instanceof IpvsChange.AddService add) {
      return add.service().key();
    } else if (change instanceof IpvsChange.EditService edit) {
      return edit.service().key();
    } else if (change instanceof IpvsChange.DeleteService delete) {
      return delete.key();
    } else if (change instanceof IpvsChange.AddDestination add) {
      return add.service();
    } else if (change instanceof IpvsChange.EditDestination edit) {
      return edit.service();
    } else if (change instanceof IpvsChange.DeleteDestination delete) {
      return delete.service();
    }
    throw new IllegalArgumentException(change.toString());
  }

  /** Of a destination's change only. */
  static Place place(IpvsChange change) {
    if (change instanceof IpvsChange.AddDestination add) {
      return Place.of(add.destination());
    } else if (change instanceof IpvsChange.EditDestination edit) {
      return Place.of(edit.destination());
    } else if (change instanceof IpvsChange.DeleteDestination delete) {
      return Place.of(delete.destination());
    }
    throw new IllegalArgumentException(change.toString());
  }

  /** Whether a change is of a service or a destination. */
  static String kind(IpvsChange change) {
    return change.getClass().getSimpleName().endsWith("Service") ? "service" : "destination";
  }

  /** Tables of which only the order of destinations may differ are equal. */
  static Map<IpvsKey, Object> withoutOrder(Map<IpvsKey, Listing> table) {
    Map<IpvsKey, Object> sets = new HashMap<>();
    table.forEach(
        (key, listing) ->
            sets.put(key, List.of(listing.service(), new HashSet<>(listing.destinations()))));
    return sets;
  }
}
