package io.evenkeel.pool;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the connections that a destination gets on trial, to find out whether it is fit again: at
 * most so many at a time while others are there to have the rest, and how they ended. Thread-safe:
 * assignments write it, the director reads it.
 */
public final class Trial {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger passed = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  /**
   * A trial without connections.
   *
   * @param most how many may be open at a time while it is bound, 1 or more
   */
  public Trial(int most) {
    this.most = most;
  }

  /**
   * How many are open.
   *
   * @return 0 or more
   */
  public int open() {
    return open.get();
  }

  /**
   * How many ended well since this was called last.
   *
   * @return 0 or more
   */
  public int takePassed() {
    return passed.getAndSet(0);
  }

  /**
   * How many ended with a {@linkplain Outcome#isFailure failure} since this was called last.
   *
   * @return 0 or more
   */
  public int takeFailed() {
    return failed.getAndSet(0);
  }

  boolean isFull() {
    return open.get() >= most;
  }

  void opened() {
    open.getAndIncrement();
  }

  void released(Outcome outcome) {
    if (outcome == Outcome.SUCCESS) {
      passed.getAndIncrement();
    } else if (outcome.isFailure()) {
      failed.getAndIncrement();
    }
    open.getAndDecrement();
  }
}
