package io.evenkeel.kernel.plane;

import io.evenkeel.EffectiveService;
import io.evenkeel.health.Rotation;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A service whose new connections the kernel passes to a socket of this host. Pure.
 *
 * <p>The virtual address itself is the one destination with a weight, and that of sh's whole table,
 * where it stands first. Not persistent, as templates lead to servers of weight 0. mh falls back,
 * as servers of weight 0 keep their places in its table. rr in place of dh, which knows no weights;
 * no other scheduler, as the kernel refuses clients while it changes one for another.
 */
final class Passing {
  /** IP_VS_SH_TAB_SIZE (ip_vs_sh.c). */
  private static final int TABLE = 256;

  private Passing() {}

  /**
   * Makes it.
   *
   * @param local the virtual address as a destination
   */
  static EffectiveService of(EffectiveService service, Destination local) {
    VirtualService wanted = service.service();
    Map<Destination, Integer> weights = new LinkedHashMap<>();
    Destinations servers = service.destinations();
    for (int i = 0; i < servers.size(); i++) {
      weights.put(servers.get(i), 0);
    }
    weights.put(local, TABLE);
    Rotation before = service.rotation();
    List<Rotation.Place> places = new ArrayList<>(before.places());
    places.add(new Rotation.Place(TABLE, TABLE, true, null));
    VirtualService passing =
        new VirtualService(
                wanted.key(),
                wanted.addresses(),
                scheduler(wanted.scheduler()),
                wanted.realServers(),
                null,
                null,
                wanted.slowStart(),
                wanted.onePacket(),
                wanted.isolation())
            .with(RealServer.of(local.endpoint()));
    return new EffectiveService(
        passing,
        service.addresses(),
        servers.with(weights),
        new Rotation(before.quorum(), before.panic(), false, before.liveWeight(), places),
        null,
        service.dispatcher());
  }

  private static String scheduler(String wanted) {
    if (wanted.equals("dh")) {
      return "rr";
    }
    boolean isMaglev = wanted.equals("mh") || wanted.startsWith("mh:");
    return isMaglev && !wanted.contains("mh-fallback")
        ? wanted + (wanted.equals("mh") ? ":" : ",") + "mh-fallback"
        : wanted;
  }

  /** The virtual address of a service as a destination. */
  static Destination local(EffectiveService service) {
    VirtualAddress address = service.service().addresses().get(0);
    InetSocketAddress resolved = Objects.requireNonNull(service.addresses().get(address));
    return new Destination(service.service().key(), address.endpoint(), resolved, cell -> {});
  }
}
