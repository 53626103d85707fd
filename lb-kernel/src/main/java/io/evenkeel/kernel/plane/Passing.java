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
 * <p>The virtual address itself is the one destination with a weight. rr, as some schedulers choose
 * one of weight 0 and then refuse; not persistent, as templates lead to those.
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
    weights.put(local, 1);
    Rotation before = service.rotation();
    List<Rotation.Place> places = new ArrayList<>(before.places());
    places.add(new Rotation.Place(1, 1, true, null));
    VirtualService passing =
        new VirtualService(
                wanted.key(),
                wanted.addresses(),
                "rr",
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

  /** The virtual address of a service as a destination. */
  static Destination local(EffectiveService service) {
    VirtualAddress address = service.service().addresses().get(0);
    InetSocketAddress resolved = Objects.requireNonNull(service.addresses().get(address));
    return new Destination(service.service().key(), address.endpoint(), resolved, cell -> {});
  }
}
