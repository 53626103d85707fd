package io.evenkeel.schedule;

import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import org.jspecify.annotations.Nullable;

/** Chooses from one list of destinations. Thread-safe, and allocates nothing. */
@FunctionalInterface
public interface Selector {

  /**
   * Who gets a new connection.
   *
   * @param flow who wants to reach what; not kept
   * @param nowNanos monotonic time
   * @return the destination, or null if none is eligible
   */
  @Nullable Destination select(Flow flow, long nowNanos);

  /**
   * Called once, by the one writer of the service, before it is the first time asked by others: who
   * must be told of changes of load lets itself be told from here on.
   */
  default void begin() {}
}
