package io.evenkeel.benchmark;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What one calling thread owns and uses again and again: a few clients come often, most seldom. */
@State(Scope.Thread)
public class Caller {
  /** ::ffff:10.0.0.0. */
  private static final long CLIENTS = (0xffffL << 32) | (10L << 24);

  /** Addresses end in 1 to this less 1. */
  static final int DIFFERENT_CLIENTS = 100_000;

  private static final int CLIENT_BITS = 24;
  private static final int CALLS = 1 << 16;

  final Flow flow = new Flow();
  final Assignment assignment = new Assignment();

  /** Who calls, one after the other: client k with a frequency of 1/k (Zipf). */
  private final int[] clients = new int[CALLS];

  private int calls;

  /** A caller of its own, the same for each. */
  public Caller() {
    SplittableRandom random = new SplittableRandom(Pool.SEED);
    for (int i = 0; i < CALLS; i++) {
      // The inverse of the distribution function of 1/k, which is a logarithm.
      clients[i] = (int) Math.pow(DIFFERENT_CLIENTS, random.nextDouble());
    }
  }

  /** The next client's number, from 1 on and less than DIFFERENT_CLIENTS. */
  int nextNumber() {
    return (int) next().clientLow() & ((1 << CLIENT_BITS) - 1);
  }

  /** The flow, from the next client. */
  Flow next() {
    calls++;
    return flow.client(0, CLIENTS | clients[calls & (CALLS - 1)], calls & 0xffff);
  }
}
