package io.evenkeel.benchmark;

import com.google.common.hash.Hashing;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * Guava: the index that {@code Hashing.consistentHash} gives for a client's address, which it takes
 * for a hash already. Not a balancer, but what one is made of in an afternoon: it knows no weights,
 * and only the last server can leave.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class GuavaBenchmark {

  /** The servers. */
  @State(Scope.Benchmark)
  public static class Service {
    /** What is called. */
    @Param("consistentHash")
    public String policy;

    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    /** Checks it. */
    @Setup
    public void start() {
      AtomicInteger client = new AtomicInteger();
      Spread.check(servers, 50, () -> choose(client.incrementAndGet()));
    }

    int choose(long client) {
      return Hashing.consistentHash(client, servers);
    }
  }

  /**
   * The choice.
   *
   * @param service among whom
   * @param caller for whom
   * @return the index of the chosen
   */
  @Benchmark
  public int select(Service service, Caller caller) {
    return service.choose(caller.next().clientLow());
  }
}
