package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PlanesTest {

  @Test
  void offer_afterTheEnd_isNotHeard() {
    FakePlane plane = new FakePlane();
    AtomicInteger applied = new AtomicInteger();
    plane.onApply(
        services -> {
          applied.incrementAndGet();
          return CompletableFuture.completedFuture(null);
        });
    Planes planes = new Planes(List.of(plane));
    Destination gone =
        new Destination(
            ServiceKey.tcp("v:80"),
            Endpoint.parse("r:80"),
            InetSocketAddress.createUnresolved("r", 80),
            cell -> {});

    planes.offer(List.of());
    planes.cut(Set.of(gone));
    planes.close(Duration.ZERO);
    planes.offer(List.of());
    planes.cut(Set.of(gone));
    planes.removed(Set.of(gone));

    assertEquals(1, applied.get());
    assertEquals(List.of(Set.of(gone.endpoint())), plane.cut());
    assertEquals(List.of(), plane.removed());
  }
}
