package io.evenkeel.vrrp.protocol;

import java.util.Arrays;

/**
 * What will happen, the earliest first: a heap over arrays. Times are ns of the simulated world.
 */
final class SimulatedTime {

  /** What a node or the world does then. */
  interface Happening {
    void happen(long atNanos);
  }

  private long[] times = new long[64];
  private Happening[] happenings = new Happening[64];
  private int size;
  private long nowNanos;

  long nowNanos() {
    return nowNanos;
  }

  void at(long atNanos, Happening happening) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      happenings = Arrays.copyOf(happenings, size * 2);
    }
    int i = size++;
    while (i > 0 && times[(i - 1) / 2] > atNanos) {
      times[i] = times[(i - 1) / 2];
      happenings[i] = happenings[(i - 1) / 2];
      i = (i - 1) / 2;
    }
    times[i] = atNanos;
    happenings[i] = happening;
  }

  /** Lets happen what is next; there is always something. */
  void next() {
    Happening first = happenings[0];
    nowNanos = times[0];
    sink(--size);
    first.happen(nowNanos);
  }

  private void sink(int last) {
    long time = times[last];
    Happening happening = happenings[last];
    int i = 0;
    for (int child = 1; child < last; child = 2 * i + 1) {
      if (child + 1 < last && times[child + 1] < times[child]) {
        child++;
      }
      if (times[child] >= time) {
        break;
      }
      times[i] = times[child];
      happenings[i] = happenings[child];
      i = child;
    }
    times[i] = time;
    happenings[i] = happening;
  }
}
