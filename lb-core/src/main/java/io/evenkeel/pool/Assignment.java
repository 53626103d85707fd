package io.evenkeel.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One connection's claim on a destination: filled by a dispatcher, given back exactly once by
 * {@link #release}. Owned and reused by one caller; a connection object may extend it.
 *
 * <p>{@code established}, {@code closing} and {@code release} may be called by any thread; filling
 * it again must happen after the release. What is called out of turn has no effect, and a second
 * release is counted at the destination.
 */
public class Assignment {
  private static final VarHandle STATE;
  private static final int FREE = 0;
  private static final int INACTIVE = 1;
  private static final int ACTIVE = 2;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Assignment.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int state;

  /** Written by {@link #assign} before {@link #state}, so that who sees the state sees it too. */
  private @Nullable Destination destination;

  /** Written and read as {@link #destination} is. */
  private @Nullable Claim claim;

  /** Written and read as {@link #destination} is. */
  private @Nullable Trial trial;

  private long startNanos;

  /** An assignment that holds nothing yet. */
  public Assignment() {}

  /**
   * Claims a destination; called by a dispatcher.
   *
   * @param chosen which
   * @param nowNanos monotonic time of the choice
   * @throws IllegalStateException if it is in use
   */
  public final void assign(Destination chosen, long nowNanos) {
    assign(chosen, nowNanos, null);
  }

  /**
   * Claims a destination and what led to it; called by a dispatcher.
   *
   * @param chosen which
   * @param nowNanos monotonic time of the choice
   * @param held told when this is released; null: nothing
   * @throws IllegalStateException if it is in use
   */
  public final void assign(Destination chosen, long nowNanos, @Nullable Claim held) {
    if (state != FREE) {
      throw new IllegalStateException(
          "assignment: in use for " + destination + " (expected: released)");
    }
    destination = chosen;
    claim = held;
    startNanos = nowNanos;
    trial = chosen.opened();
    state = INACTIVE;
  }

  /**
   * Whom it claims, or claimed last.
   *
   * @return the destination
   * @throws IllegalStateException if nothing was ever assigned
   */
  public final Destination destination() {
    Destination chosen = destination;
    if (chosen == null) {
      throw new IllegalStateException("assignment: empty (expected: dispatched)");
    }
    return chosen;
  }

  /**
   * When the choice was made.
   *
   * @return monotonic nanoseconds, to be compared by subtraction
   */
  public final long startNanos() {
    return startNanos;
  }

  /**
   * Whether it holds a claim.
   *
   * @return true from the choice until the release
   */
  public final boolean isAssigned() {
    return state != FREE;
  }

  /** The connection is established: it counts as active from now on. */
  public final void established() {
    if (STATE.compareAndSet(this, INACTIVE, ACTIVE)) {
      destination().established();
    }
  }

  /** The connection is being closed: it counts as inactive from now on. */
  public final void closing() {
    if (STATE.compareAndSet(this, ACTIVE, INACTIVE)) {
      destination().closing();
    }
  }

  /**
   * The server has answered: what schedulers that go by latency learn is the time since the choice.
   * Whoever uses the assignment decides what an answer is: a connection, or a response.
   *
   * @param nowNanos monotonic time
   */
  public final void answered(long nowNanos) {
    if (state != FREE) {
      destination().answered(nowNanos - startNanos, nowNanos);
    }
  }

  /**
   * Gives the claim back. {@link Outcome#CONNECT_FAILED} also takes the destination from all
   * schedulers at once.
   *
   * @param outcome how it ended
   */
  public final void release(Outcome outcome) {
    int before = (int) STATE.getAndSet(this, FREE);
    Destination chosen = destination;
    if (chosen == null) {
      return;
    }
    if (before == FREE) {
      chosen.releasedTwice();
    } else {
      chosen.released(before == ACTIVE, outcome, trial);
      Claim held = claim;
      if (held != null) {
        held.released();
      }
    }
  }
}
