package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.lab.Contender.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Plays cases, several at once, each on a segment of its own, and compares. */
final class InteropLab {
  /** Of keepalived beside keepalived. */
  private static final int BASELINE_RUNS = 5;

  /** Of ours, before a time that is too long, or another owner, is believed. */
  static final int OUR_RUNS = 6;

  /** A run in which this long nobody asked, just when the answer changed, says nothing. */
  private static final Duration BLIND = Sampler.PERIOD.multipliedBy(2);

  private static final int TRIES = 4;

  private final Path sampler;
  private final int segments;
  private final Random random;
  private final Map<Job, List<Outcome>> outcomes = new ConcurrentHashMap<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger voided = new AtomicInteger();
  private final AtomicLong latestNanos = new AtomicLong();

  InteropLab(Path directory, int segments, long seed) throws IOException {
    this.sampler = Sampler.compile(directory);
    this.segments = segments;
    this.random = new Random(seed);
  }

  /**
   * What came of one run.
   *
   * @param last who had the address in the end, or {@link #FAILED}
   * @param none how long nobody had it
   * @param two how long both had
   * @param path who had it, one after the other
   */
  record Outcome(String last, Duration none, Duration two, String path) {
    /** Instead of an owner: what the scenario waits for has not come. */
    static final String FAILED = "failed";
  }

  /** What is played: a case with ours, or one with keepalived on both sides. */
  private record Job(Case what, boolean baseline) {}

  /** Plays all cases, and as often as it takes those that they are compared with. */
  List<Verdict> compare(List<Case> cases) throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (Case baseline : cases.stream().map(Case::baseline).distinct().toList()) {
      jobs.addAll(Collections.nCopies(BASELINE_RUNS, new Job(baseline, true)));
    }
    for (Case one : cases) {
      jobs.add(new Job(one, false));
    }
    play(jobs);
    for (int i = 1; i < OUR_RUNS; i++) {
      List<Job> again =
          cases.stream()
              .filter(one -> !verdict(one).isGood())
              .map(one -> new Job(one, false))
              .toList();
      play(again);
    }
    return cases.stream().map(this::verdict).toList();
  }

  private Verdict verdict(Case one) {
    return new Verdict(
        one,
        List.copyOf(outcomes.get(new Job(one.baseline(), true))),
        List.copyOf(outcomes.get(new Job(one, false))));
  }

  /** How many runs there were, and how many more that say nothing. */
  String runs() {
    return "%s runs, and %s in which it was not asked in time; the latest sample by %d ms"
        .formatted(runs, voided, latestNanos.get() / 1_000_000);
  }

  /** Those that take long first, and else at random, so that what is compared is played mixed. */
  private void play(List<Job> jobs) throws IOException {
    List<Job> mixed = new ArrayList<>(jobs);
    Collections.shuffle(mixed, random);
    mixed.sort(Comparator.comparingInt(job -> -job.what.protocol().intervalMillis));
    ConcurrentLinkedQueue<Job> queue = new ConcurrentLinkedQueue<>(mixed);
    ExecutorService threads = Executors.newFixedThreadPool(segments);
    List<Future<?>> ends = new ArrayList<>();
    for (int i = 0; i < Math.min(segments, jobs.size()); i++) {
      ends.add(
          threads.submit(
              () -> {
                work(queue);
                return null;
              }));
    }
    threads.shutdown();
    try {
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a segment of the lab is broken", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      queue.clear();
      threads.shutdownNow();
    }
  }

  private void work(ConcurrentLinkedQueue<Job> queue) throws IOException {
    try (Segment segment = new Segment()) {
      for (Job job = queue.poll(); job != null; job = queue.poll()) {
        Outcome outcome = play(segment, job);
        runs.incrementAndGet();
        outcomes
            .computeIfAbsent(job, key -> Collections.synchronizedList(new ArrayList<>()))
            .add(outcome);
      }
    }
  }

  private Outcome play(Segment segment, Job job) throws IOException {
    for (int i = 1; ; i++) {
      segment.clear();
      Map<Host, Contender> contenders = new EnumMap<>(Host.class);
      for (Host host : List.of(Host.LOW, Host.HIGH)) {
        Kind kind = !job.baseline && host == job.what.ours() ? Kind.OURS : Kind.KEEPALIVED;
        contenders.put(host, kind.on(segment, host));
      }
      try {
        Trace trace = trace(segment, job.what, contenders);
        latestNanos.accumulateAndGet(trace.latestNanos(), Math::max);
        if (trace.blind().compareTo(BLIND) <= 0 || i == TRIES) {
          return new Outcome(trace.last(), trace.none(), trace.two(), trace.path());
        }
        voided.incrementAndGet();
      } catch (IOException e) {
        StringBuilder story = new StringBuilder("failed: " + e.getMessage());
        contenders.forEach(
            (host, contender) ->
                story.append("%n%s, %s: %s".formatted(host, contender.phase(), contender.log())));
        System.out.println(job + ": " + story);
        // Of ours each failure counts, as it may be one of the product.
        if (!job.baseline || i == TRIES) {
          return new Outcome(Outcome.FAILED, Duration.ZERO, Duration.ZERO, story.toString());
        }
      } finally {
        for (Contender contender : contenders.values()) {
          contender.close();
        }
      }
    }
  }

  private Trace trace(Segment segment, Case what, Map<Host, Contender> contenders)
      throws IOException {
    for (Contender contender : contenders.values()) {
      contender.prepare();
    }
    Settings low = what.settings(Host.LOW);
    try (Sampler third = Sampler.start(sampler, segment, low.sampled())) {
      what.scenario().play(new Play(segment, third, contenders, low, what.settings(Host.HIGH)));
      return third.finish();
    }
  }
}
