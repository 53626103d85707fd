package io.evenkeel.benchmark;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What one calling thread owns and uses again and again. */
@State(Scope.Thread)
public class Caller {
  /** ::ffff:10.0.0.0. */
  private static final long CLIENTS = (0xffffL << 32) | (10L << 24);

  final Flow flow = new Flow();
  final Assignment assignment = new Assignment();
  private int calls;

  /** The flow, from the next client. */
  Flow next() {
    calls++;
    return flow.client(0, CLIENTS | (calls & 0xff_ffff), calls & 0xffff);
  }
}
