package io.evenkeel;

import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
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
   * Said once after each change that removed real servers or sorry servers, when none of them is
   * chosen any more. Their connections run on, unless the plane was told otherwise. One that is
   * down is not removed.
   *
   * @param servers all that were removed, one or more, unmodifiable; no new connections follow
   *     theirs
   */
  default void removed(Set<Destination> servers) {}

  /**
   * Closes the connections to real servers that are down, or whose drain is over; called where the
   * service says so. A connection that is still being made is dispatched once more.
   *
   * @param servers one or more, unmodifiable; no new clients go there, but those that persistence
   *     ties to one of weight 0 may come back
   */
  default void cut(Set<Destination> servers) {}

  /**
   * Which connections it carries. Does not hold up the traffic. It may tell in parts, which the
   * caller puts together on a thread of its own.
   *
   * @return complete with those that are there all the while, in no order; others may be among them
   *     or not. Empty if the plane cannot tell
   */
  default List<CompletionStage<List<ConnectionStatus>>> connections() {
    return List.of();
  }

  /**
   * Takes no new connections, lets open ones end, and closes those that are left at the deadline.
   *
   * @param grace how long to let them, 0 or more
   * @return completes with the number of connections that were cut off
   */
  CompletionStage<Integer> close(Duration grace);
}
