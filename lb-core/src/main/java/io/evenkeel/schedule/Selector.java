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
   * Chooses as {@link #select} does, with the same effect on the choices after it, and says how.
   * Off the hot path: allocates, and may look at every destination. Exact while nobody else chooses
   * or opens or ends connections; else what is said may be older or newer than the choice by what
   * the others did meanwhile.
   *
   * @param flow who wants to reach what; not kept
   * @param nowNanos monotonic time
   * @return the choice, and by default no reasons
   */
  default Selection explain(Flow flow, long nowNanos) {
    return new Selection(select(flow, nowNanos), new Reasoning.InWords("it gives no reasons"));
  }

  /**
   * Called once, by the one writer of the service, before it is the first time asked by others: who
   * must be told of changes of load lets itself be told from here on. Who asks another selector
   * passes this on to it, and {@link #end}, else that one chooses by the loads that it saw first.
   * Must not throw.
   */
  default void begin() {}

  /**
   * Called once, by the same writer, after others were given the next selector: who was told of
   * changes of load lets itself be told no more. Those who asked for it just before may still
   * choose. Must not throw.
   */
  default void end() {}
}
