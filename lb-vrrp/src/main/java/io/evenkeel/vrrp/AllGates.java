package io.evenkeel.vrrp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Several gates of which all must be passed. Called by one thread at a time. */
final class AllGates implements ExclusiveGate {
  private final List<ExclusiveGate> gates;

  /** Whether all were passed, and not given back since. */
  private boolean isHeld;

  /** By their places: a fence is not to shoot whenever a lease is renewed. */
  private final BitSet passedForever = new BitSet();

  AllGates(List<ExclusiveGate> gates) {
    if (gates.isEmpty()) {
      throw new IllegalArgumentException("gates: [] (expected: one or more)");
    }
    this.gates = List.copyOf(gates);
  }

  @Override
  public Duration pass() throws Exception {
    Duration shortest = FOREVER;
    for (int i = passedForever.nextClearBit(0);
        i < gates.size();
        i = passedForever.nextClearBit(i + 1)) {
      try {
        Duration holds = gates.get(i).pass();
        passedForever.set(i, holds.equals(FOREVER));
        // Each counts from its own call on, which is later than that of the first.
        shortest = holds.compareTo(shortest) < 0 ? holds : shortest;
      } catch (Exception | Error e) {
        if (!isHeld) {
          passedForever.clear();
          // It too: whether it was passed is not known.
          release(gates.subList(0, i + 1)).forEach(e::addSuppressed);
        }
        throw e;
      }
    }
    isHeld = true;
    return shortest;
  }

  @Override
  public void release() throws Exception {
    isHeld = false;
    passedForever.clear();
    List<Exception> failures = release(gates);
    if (!failures.isEmpty()) {
      Exception first = failures.get(0);
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }

  /** In reverse, all of them, whatever one of them does. */
  private static List<Exception> release(List<ExclusiveGate> passed) {
    List<Exception> failures = new ArrayList<>();
    for (int i = passed.size() - 1; i >= 0; i--) {
      try {
        passed.get(i).release();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    return failures;
  }

  @Override
  public String toString() {
    return gates.toString();
  }
}
