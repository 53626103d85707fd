package io.evenkeel.benchmark;

import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
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

/**
 * The other curve: the least loaded server found by looking at all of them, as the kernel does
 * (net/netfilter/ipvs/ip_vs_lc.c, ip_vs_wlc.c).
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Benchmark)
public class LinearBenchmark {
  /** How many. */
  @Param({"16", "128", "1024", "10000"})
  public int servers;

  /** How many different weights they have, at most. */
  @Param({"8", "10000"})
  public int weights;

  private Destinations destinations;

  /** With four connections for each server. */
  @Setup
  public void start() {
    Caller caller = new Caller();
    try (Pool pool = Pool.start("wlc", servers, weights)) {
      for (int i = 0; i < 4 * servers; i++) {
        Assignment assignment = new Assignment();
        pool.dispatcher().dispatch(caller.next(), assignment);
        assignment.established();
      }
      destinations = pool.destinations();
    }
  }

  /**
   * The smallest overhead, first of equals.
   *
   * @return the chosen
   */
  @Benchmark
  public @Nullable Destination lc() {
    return least(false);
  }

  /**
   * The smallest overhead for its weight, first of equals.
   *
   * @return the chosen
   */
  @Benchmark
  public @Nullable Destination wlc() {
    return least(true);
  }

  private @Nullable Destination least(boolean perWeight) {
    Destination least = null;
    long leastOverhead = 0;
    long leastWeight = 1;
    for (int i = 0; i < destinations.size(); i++) {
      if (destinations.isEligible(i)) {
        Destination cell = destinations.get(i);
        long overhead = cell.overhead();
        long weight = perWeight ? destinations.weight(i) : 1;
        if (least == null || overhead * leastWeight < leastOverhead * weight) {
          least = cell;
          leastOverhead = overhead;
          leastWeight = weight;
        }
      }
    }
    return least;
  }
}
