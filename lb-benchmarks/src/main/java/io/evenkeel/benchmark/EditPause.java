package io.evenkeel.benchmark;

import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How long a thread that dispatches is held up while another one adds and removes one server of ten
 * thousand. Prints, for each scheduler, the longest times between two dispatches with and without
 * edits: without them it is what the machine and the collector do.
 */
public final class EditPause {
  private static final int SERVERS = 10_000;
  private static final int WEIGHTS = 8;
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final Duration MEASURED = Duration.ofSeconds(5);

  private static final List<String> USUAL = List.of("rr", "wrr", "wlc", "ring", "mh", "maglev");

  private EditPause() {}

  /**
   * Measures.
   *
   * @param args names of schedulers; rr, wrr, wlc, ring, mh and maglev if there is none
   * @throws InterruptedException if it is interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    System.out.println("scheduler  edits      dispatches   99.99 %   99.999 %   longest (us)");
    for (String scheduler : args.length == 0 ? USUAL : List.of(args)) {
      try (Pool pool = Pool.start(scheduler, SERVERS, WEIGHTS)) {
        measure(pool, WARM_UP, true);
        print(scheduler, measure(pool, MEASURED, false));
        print(scheduler, measure(pool, MEASURED, true));
      }
    }
  }

  private record Run(int edits, Gaps gaps) {}

  private static Run measure(Pool pool, Duration time, boolean editing)
      throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    Gaps gaps = new Gaps();
    Thread dispatching = new Thread(() -> dispatch(pool, stop, gaps), "dispatching");
    dispatching.start();
    int edits = 0;
    for (long start = System.nanoTime(); System.nanoTime() - start < time.toNanos(); ) {
      if (editing) {
        edit(pool, edits++);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    stop.set(true);
    dispatching.join();
    return new Run(edits, gaps);
  }

  private static void edit(Pool pool, int number) {
    ServiceKey service = pool.dispatcher().service();
    RealServer extra = RealServer.of("127.1.0.1:8080");
    if (number % 2 == 0) {
      pool.director().edit().putServer(service, extra).apply();
    } else {
      pool.director().edit().removeServer(service, extra.endpoint()).apply();
    }
  }

  private static void dispatch(Pool pool, AtomicBoolean stop, Gaps gaps) {
    Flow flow = new Flow();
    Assignment assignment = new Assignment();
    long before = System.nanoTime();
    while (!stop.get()) {
      pool.dispatcher().dispatch(flow, assignment);
      assignment.established();
      assignment.release(Outcome.SUCCESS);
      long now = System.nanoTime();
      gaps.add(now - before);
      before = now;
    }
  }

  private static void print(String scheduler, Run run) {
    System.out.printf(
        "%-9s %6d %15d %9.1f %10.1f %9.1f%n",
        scheduler,
        run.edits,
        run.gaps.count,
        run.gaps.micros(0.9999),
        run.gaps.micros(0.99999),
        run.gaps.micros(1));
  }

  /** Times between two dispatches, in nanoseconds; keeps the longest, without allocating. */
  private static final class Gaps {
    private static final int KEPT = 20_000;
    private final long[] kept = new long[2 * KEPT];
    private int size;
    private long floor;
    long count;

    void add(long nanos) {
      count++;
      if (nanos > floor) {
        kept[size++] = nanos;
        if (size == kept.length) {
          Arrays.sort(kept);
          System.arraycopy(kept, KEPT, kept, 0, KEPT);
          size = KEPT;
          floor = kept[0];
        }
      }
    }

    /** The gap that so large a share of all do not exceed; only the longest are known. */
    double micros(double share) {
      int beyond = Math.min((int) (count * (1 - share)), size - 1);
      long[] sorted = Arrays.copyOf(kept, size);
      Arrays.sort(sorted);
      return sorted[size - 1 - beyond] / 1e3;
    }
  }
}
