package io.evenkeel.proxy;

import io.evenkeel.DataPlane;
import io.evenkeel.EffectiveService;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the live cells of all real servers that a director ever had, so that their counters can be
 * read when its meters are gone. Carries nothing.
 */
final class Cells implements DataPlane {
  private final Set<Destination> all = ConcurrentHashMap.newKeySet();

  Set<Destination> all() {
    return all;
  }

  @Override
  public List<String> validate(Collection<VirtualService> services) {
    return List.of();
  }

  @Override
  public CompletionStage<Void> apply(Collection<EffectiveService> services) {
    for (EffectiveService service : services) {
      for (int i = 0; i < service.destinations().size(); i++) {
        all.add(service.destinations().get(i));
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Integer> close(Duration grace) {
    return CompletableFuture.completedFuture(0);
  }
}
