package io.evenkeel.pool;

/**
 * What an assignment holds beside its destination, such as the persistence template that sent it
 * there.
 */
@FunctionalInterface
public interface Claim {

  /**
   * The connection is over; called exactly once for each assignment, by whoever releases it, on the
   * hot path. Must not block, and must allocate nothing.
   */
  void released();
}
