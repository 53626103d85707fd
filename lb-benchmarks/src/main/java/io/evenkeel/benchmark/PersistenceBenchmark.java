package io.evenkeel.benchmark;

import io.evenkeel.Director;
import io.evenkeel.Dispatcher;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Outcome;
import io.evenkeel.transport.Transport;
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

/**
 * A connection's whole claim on a server: of a client that has one, and, beside it, without
 * persistence. Some 19 000 different clients, a few of which come often.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class PersistenceBenchmark {

  /** The service. */
  @State(Scope.Benchmark)
  public static class Service {
    /** Whether clients stay with their server, and whether others are told of it. */
    @Param({"none", "client", "told"})
    public String persistence;

    private Dispatcher dispatcher;

    /** Starts a director, that ends with the fork. Every client gets its server. */
    @Setup
    public void start() {
      VirtualService.Builder service = VirtualService.tcp("127.255.0.1:80").scheduler("rr");
      for (int i = 1; i <= 16; i++) {
        service.realServer("127.0.0." + i + ":8080");
      }
      if (!persistence.equals("none")) {
        service.persistent(PersistenceSpec.perClient());
      }
      VirtualService built = service.build();
      Director.Builder director =
          Director.builder().transport(Transport.NIO).threads(1).service(built);
      if (persistence.equals("told")) {
        director.templateListener(changes -> {});
      }
      dispatcher = director.build().start().dispatcher(built.key());
      Caller caller = new Caller();
      for (int i = 0; i < 1 << 16; i++) {
        dispatcher.dispatch(caller.next(), caller.assignment);
        caller.assignment.release(Outcome.SUCCESS);
      }
    }
  }

  /**
   * A connection that is over at once.
   *
   * @param service on a server of which
   * @param caller from whom
   * @return whether there was a server
   */
  @Benchmark
  public boolean dispatchAndRelease(Service service, Caller caller) {
    Assignment assignment = caller.assignment;
    boolean found = service.dispatcher.dispatch(caller.next(), assignment);
    assignment.release(Outcome.SUCCESS);
    return found;
  }
}
