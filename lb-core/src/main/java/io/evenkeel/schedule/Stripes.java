package io.evenkeel.schedule;

import io.evenkeel.pool.Flow;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntToLongFunction;

/**
 * One number for each stripe of callers, so far apart that callers on two processors do not wait
 * for each other's cache lines. A caller's stripe comes with its {@link Flow}.
 */
final class Stripes {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  /** 128 bytes: processors fetch cache lines of 64 bytes in pairs. */
  private static final int SPACING = 16;

  /** Written and read by all callers of a stripe. */
  private final long[] cells;

  private final int mask;

  /**
   * Stripes with a first number each.
   *
   * @param count a power of two
   */
  Stripes(int count, IntToLongFunction first) {
    mask = count - 1;
    cells = new long[(count + 1) * SPACING];
    for (int i = 0; i < count; i++) {
      cells[cell(i)] = first.applyAsLong(i);
    }
  }

  /** As many as there are processors, or a few more. */
  static int forAllProcessors() {
    int processors = Runtime.getRuntime().availableProcessors();
    return Integer.highestOneBit(2 * processors - 1);
  }

  int count() {
    return mask + 1;
  }

  long get(int stripe) {
    return (long) CELL.getVolatile(cells, cell(stripe));
  }

  long get(Flow flow) {
    return get(flow.stripe());
  }

  boolean compareAndSet(Flow flow, long before, long after) {
    return CELL.compareAndSet(cells, cell(flow.stripe()), before, after);
  }

  private int cell(int stripe) {
    return ((stripe & mask) + 1) * SPACING;
  }
}
