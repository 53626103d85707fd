package io.evenkeel;

import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A way to carry the traffic of virtual services. One director owns it and calls it from one thread
 * at a time.
 */
public interface DataPlane {

  /** Makes a data plane once a director knows what it runs on. */
  @FunctionalInterface
  interface Factory {

    /**
     * Makes the plane; opens nothing yet.
     *
     * @param context what it runs on, owned by the director
     * @return the plane, owned by the director
     */
    DataPlane create(PlaneContext context);
  }

  /**
   * What this plane cannot do. Asked by a dry run and before each {@link #apply}; changes nothing.
   *
   * @param services all that is wanted
   * @return a sentence for each problem; empty if there is none
   */
  List<String> validate(Collection<VirtualService> services);

  /**
   * Carries these services and no others from now on. Idempotent. Called after each change of the
   * configuration and of what is alive, with the whole each time; the plane finds out what is
   * different. Connections that are open run on. A call may come before the one before it has
   * completed; the last one counts.
   *
   * @param services all of them
   * @return completes when they are carried; exceptionally, with a sentence that can be shown to a
   *     user, if one cannot be, and then what was carried before still is
   */
  CompletionStage<Void> apply(Collection<EffectiveService> services);

  /**
   * Said once a real server or sorry server was removed from a service and is not chosen any more.
   * Its connections run on, unless the plane was told otherwise. One that is down is not removed.
   *
   * @param server whose connections no new ones follow
   */
  default void removed(Destination server) {}

  /**
   * Which connections it carries. Called by any thread; does not hold up the traffic.
   *
   * @return completes with those that are there all the while, in no order; others may be among
   *     them or not. Empty if the plane cannot tell
   */
  default CompletionStage<List<ConnectionStatus>> connections() {
    return CompletableFuture.completedFuture(List.of());
  }

  /**
   * Takes no new connections, lets open ones end, and closes those that are left at the deadline.
   *
   * @param grace how long to let them, 0 or more
   * @return completes with the number of connections that were cut off
   */
  CompletionStage<Integer> close(Duration grace);
}
