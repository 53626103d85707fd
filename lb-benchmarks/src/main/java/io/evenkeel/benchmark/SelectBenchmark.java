package io.evenkeel.benchmark;

import io.evenkeel.pool.Destination;
import io.evenkeel.schedule.Selector;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

/** The choice alone, and two ways to choose without a scheduler to compare it with. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class SelectBenchmark {

  /** What is chosen from by a scheduler. */
  @State(Scope.Benchmark)
  public static class Scheduled {
    /** LVS name of the algorithm. */
    @Param({"rr", "wrr", "lc", "wlc"})
    public String scheduler;

    /** How many. */
    @Param({"4", "128", "10000"})
    public int servers;

    private Selector selector;

    /** Takes the selector of a pool. */
    @Setup
    public void start() {
      try (Pool pool = Pool.start(scheduler, servers)) {
        selector = pool.selector();
      }
    }
  }

  /** What is chosen from without a scheduler. */
  @State(Scope.Benchmark)
  public static class Plain {
    /** How many. */
    @Param({"4", "128", "10000"})
    public int servers;

    private final AtomicInteger next = new AtomicInteger();
    private Destination[] destinations;

    /** Takes the cells of a pool. */
    @Setup
    public void start() {
      destinations = new Destination[servers];
      try (Pool pool = Pool.start("rr", servers)) {
        for (int i = 0; i < servers; i++) {
          destinations[i] = pool.destinations().get(i);
        }
      }
    }
  }

  /**
   * The choice.
   *
   * @param scheduled by whom
   * @param caller for whom
   * @return the chosen
   */
  @Benchmark
  public @Nullable Destination select(Scheduled scheduled, Caller caller) {
    return scheduled.selector.select(caller.next(), 0);
  }

  /**
   * A shared counter modulo the number of servers.
   *
   * @param plain among whom
   * @return the chosen
   */
  @Benchmark
  public Destination baselineAtomicInteger(Plain plain) {
    return plain.destinations[(plain.next.getAndIncrement() & Integer.MAX_VALUE) % plain.servers];
  }

  /**
   * By chance.
   *
   * @param plain among whom
   * @return the chosen
   */
  @Benchmark
  public Destination baselineThreadLocalRandom(Plain plain) {
    return plain.destinations[ThreadLocalRandom.current().nextInt(plain.servers)];
  }
}
