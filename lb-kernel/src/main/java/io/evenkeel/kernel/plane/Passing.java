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
 * <p>The virtual address itself is the one destination with a weight, the greatest that there is:
 * ovf takes it as the most connections that it may have. Not persistent, as templates lead to
 * servers of weight 0. sh and mh fall back, as servers of weight 0 have places in their tables. rr
 * in place of dh, which knows no weights; no other scheduler, as the kernel refuses clients while
 * it changes one for another.
 */
final class Passing {
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
    weights.put(local, RealServer.MAX_WEIGHT);
    Rotation before = service.rotation();
    List<Rotation.Place> places = new ArrayList<>(before.places());
    places.add(new Rotation.Place(RealServer.MAX_WEIGHT, RealServer.MAX_WEIGHT, true, null));
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
    int colon = wanted.indexOf(':');
    String name = colon < 0 ? wanted : wanted.substring(0, colon);
    String fallback = name + "-fallback";
    return KernelScheduler.isHash(name) && !wanted.contains(fallback)
        ? wanted + (colon < 0 ? ':' : ',') + fallback
        : wanted;
  }

  /** The virtual address of a service as a destination. */
  static Destination local(EffectiveService service) {
    VirtualAddress address = service.service().addresses().get(0);
    InetSocketAddress resolved = Objects.requireNonNull(service.addresses().get(address));
    return new Destination(service.service().key(), address.endpoint(), resolved, cell -> {});
  }
}
