package io.evenkeel.benchmark;

import io.evenkeel.Dispatcher;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
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

/** A connection's whole claim on a server: chosen, established, closing, released. */
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
    @Param({"rr", "wrr", "lc", "wlc"})
    public String scheduler;

    /** How many. */
    @Param({"4", "128", "10000"})
    public int servers;

    private Dispatcher dispatcher;

    /**
     * Starts a director. It ends with the fork: a {@code TearDown} counts as part of the last
     * iteration, and closing the director would be the only thing there that allocates.
     */
    @Setup
    public void start() {
      dispatcher = Pool.start(scheduler, servers).dispatcher();
    }
  }

  /** A server that no other thread uses. */
  @State(Scope.Thread)
  public static class Own {
    private final Destination destination;

    /** A cell without connections. */
    public Own() {
      Endpoint endpoint = new Endpoint("127.0.0.1", 8080);
      destination =
          new Destination(
              ServiceKey.tcp("127.255.0.1:80"),
              endpoint,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port()),
              suspended -> {});
    }
  }

  /**
   * The claim.
   *
   * @param service on a server of which
   * @param caller whose
   * @return whether there was a server
   */
  @Benchmark
  public boolean dispatch(Service service, Caller caller) {
    boolean found = service.dispatcher.dispatch(caller.next(), caller.assignment);
    finish(caller.assignment);
    return found;
  }

  /**
   * The same without a choice, on a server of the thread's own: what the clock and the counters
   * cost when nobody else writes them.
   *
   * @param own on which server
   * @param caller whose
   */
  @Benchmark
  public void baselineNoChoice(Own own, Caller caller) {
    caller.assignment.assign(own.destination, System.nanoTime());
    finish(caller.assignment);
  }

  private static void finish(Assignment assignment) {
    assignment.established();
    assignment.closing();
    assignment.release(Outcome.SUCCESS);
  }
}
