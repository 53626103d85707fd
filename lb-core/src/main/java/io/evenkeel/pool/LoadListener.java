package io.evenkeel.pool;

/** Told when something about a destination changes that a choice may depend on. */
@FunctionalInterface
public interface LoadListener {

  /**
   * A connection was opened, established, is closing or was released, or the destination was
   * suspended, ejected or overloaded or is not any more, or its warm-up changed. Called after the
   * change, by whoever made it: by several threads at a time, on the hot path. Must not block, and
   * must allocate nothing.
   *
   * @param index where the destination stands in the list that is listened to
   */
  void loadChanged(int index);

  /**
   * The server's answer was awaited. Called as {@link #loadChanged} is.
   *
   * @param index where the destination stands in the list that is listened to
   * @param nanos how long
   * @param nowNanos monotonic time
   */
  default void latencyMeasured(int index, long nanos, long nowNanos) {}
}
