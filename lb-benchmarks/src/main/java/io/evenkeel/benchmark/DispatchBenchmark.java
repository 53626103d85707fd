package io.evenkeel.benchmark;

import io.evenkeel.Dispatcher;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Selector;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/** The choice of a server alone, and a connection's whole claim on one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class DispatchBenchmark {

  /** The service. */
  @State(Scope.Benchmark)
  public static class Service {
    /** LVS name of the algorithm. */
    @Param({
      "rr",
      "wrr",
      "swrr",
      "random",
      "lc",
      "wlc",
      "sed",
      "nq",
      "ewma",
      "p2c",
      "twos",
      "fo",
      "ovf",
      "sh",
      "mh",
      "dh",
      "lblc",
      "lblcr",
      "ring",
      "rendezvous",
      "maglev"
    })
    public String scheduler;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    /** How many different weights they have, at most. */
    @Param({"8", "10000"})
    public int weights;

    private Dispatcher dispatcher;
    private Selector selector;
    private boolean goesByLatency;

    /**
     * Starts a director. It ends with the fork: a {@code TearDown} counts as part of the last
     * iteration, and closing the director would be the only thing there that allocates.
     */
    @Setup
    public void start() {
      Pool pool = Pool.start(scheduler, servers, weights);
      dispatcher = pool.dispatcher();
      selector = pool.selector();
      goesByLatency = scheduler.equals("ewma");
    }
  }

  /** Connections that a thread holds open, its part of 4 for each server. */
  @State(Scope.Thread)
  public static class Held {
    private Assignment[] assignments;
    private int random = 1;

    /** Opens them. */
    @Setup
    public void open(Service service, Caller caller, ThreadParams threads) {
      assignments = new Assignment[Math.max(4 * service.servers / threads.getThreadCount(), 1)];
      for (int i = 0; i < assignments.length; i++) {
        assignments[i] = new Assignment();
        service.dispatcher.dispatch(caller.next(), assignments[i]);
        assignments[i].established();
      }
    }

    private Assignment any() {
      // Xorshift (Marsaglia 2003): nothing that the thread shares.
      random ^= random << 13;
      random ^= random >>> 17;
      random ^= random << 5;
      return assignments[(int) (((random & 0xffff_ffffL) * assignments.length) >>> 32)];
    }
  }

  /**
   * The choice, while the servers have different loads.
   *
   * @param service among whom
   * @param caller for whom
   * @param held their loads, which do not change
   * @return the chosen
   */
  @Benchmark
  public @Nullable Destination select(Service service, Caller caller, Held held) {
    return service.selector.select(caller.next(), 0);
  }

  /**
   * Any of the open connections ends, and another one takes its place.
   *
   * @param service on a server of which
   * @param caller from whom
   * @param held the open ones
   * @return whether there was a server
   */
  @Benchmark
  public boolean dispatchAndRelease(Service service, Caller caller, Held held) {
    Assignment assignment = held.any();
    assignment.closing();
    assignment.release(Outcome.SUCCESS);
    boolean found = service.dispatcher.dispatch(caller.next(), assignment);
    assignment.established();
    if (service.goesByLatency) {
      assignment.answered(System.nanoTime());
    }
    return found;
  }
}
