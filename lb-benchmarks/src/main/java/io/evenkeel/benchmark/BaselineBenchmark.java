package io.evenkeel.benchmark;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
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

/** What {@link DispatchBenchmark} is compared with. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class BaselineBenchmark {
  /** 2^64 / φ, odd: spreads addresses over the ring (Fibonacci hashing). */
  private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

  /** What is chosen from without a scheduler. */
  @State(Scope.Benchmark)
  public static class Plain {
    /** How many. */
    @Param({"16", "128", "10000"})
    public int servers;

    private final AtomicInteger next = new AtomicInteger();
    private Destination[] destinations;

    /** Takes the cells of a pool. */
    @Setup
    public void start() {
      destinations = new Destination[servers];
      try (Pool pool = Pool.start("rr", servers, 1)) {
        for (int i = 0; i < servers; i++) {
          destinations[i] = pool.destinations().get(i);
        }
      }
    }
  }

  /** A ring of hashes, sorted. */
  @State(Scope.Benchmark)
  public static class PlainRing {
    private static final int POINTS = 100;

    /** Low bits of a point, which say whose it is. */
    private static final long INDEX = (1L << 14) - 1;

    private long[] points;

    /** Sorts it. */
    @Setup
    public void start(Plain plain) {
      points = new long[plain.servers * POINTS];
      SplittableRandom random = new SplittableRandom(Pool.SEED);
      for (int i = 0; i < points.length; i++) {
        points[i] = (random.nextLong() & ~INDEX) | i / POINTS;
      }
      Arrays.sort(points);
    }

    private int next(long hash) {
      int found = Arrays.binarySearch(points, hash);
      int point = found >= 0 ? found : -found - 1;
      return (int) (points[point < points.length ? point : 0] & INDEX);
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
   * A shared counter modulo the number of servers.
   *
   * @param plain among whom
   * @return the chosen
   */
  @Benchmark
  public Destination atomicInteger(Plain plain) {
    return plain.destinations[(plain.next.getAndIncrement() & Integer.MAX_VALUE) % plain.servers];
  }

  /**
   * By chance.
   *
   * @param plain among whom
   * @return the chosen
   */
  @Benchmark
  public Destination threadLocalRandom(Plain plain) {
    return plain.destinations[ThreadLocalRandom.current().nextInt(plain.servers)];
  }

  /**
   * By the client's address: the next point after its hash among 100 a server, by binary search.
   *
   * @param plain among whom
   * @param ring their points
   * @param caller for whom
   * @return the chosen
   */
  @Benchmark
  public Destination ring(Plain plain, PlainRing ring, Caller caller) {
    return plain.destinations[ring.next(caller.next().clientLow() * GOLDEN)];
  }

  /**
   * A claim without a choice, on a server of the thread's own: what the clock and the counters cost
   * when nobody else writes them.
   *
   * @param own on which server
   * @param caller whose
   */
  @Benchmark
  public void claim(Own own, Caller caller) {
    caller.assignment.assign(own.destination, System.nanoTime());
    caller.assignment.established();
    caller.assignment.closing();
    caller.assignment.release(Outcome.SUCCESS);
  }
}
