package io.evenkeel.vrrp.lab;

import io.evenkeel.vrrp.lab.Contender.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Plays cases, several at once, each on a segment of its own. */
final class InteropLab {
  /** A run of which a sample was late by more than one says nothing, if something changed then. */
  private static final Duration BLIND = Sampler.PERIOD.multipliedBy(2);

  private static final int TRIES = 3;

  private final Path sampler;
  private final int segments;
  private final AtomicInteger voided = new AtomicInteger();

  InteropLab(Path directory, int segments) throws IOException {
    this.sampler = Sampler.compile(directory);
    this.segments = segments;
  }

  /**
   * What came of one run.
   *
   * @param last who had the address in the end, or what went wrong
   */
  record Outcome(String last, Duration none, Duration two, String path) {}

  /** One run of a case; ours is a keepalived too in the baseline. */
  record Job(Case what, boolean baseline) {}

  /** Plays all. */
  Map<Job, List<Outcome>> play(List<Job> jobs, long seed) throws IOException {
    List<Job> shuffled = new ArrayList<>(jobs);
    Collections.shuffle(shuffled, new Random(seed));
    ConcurrentLinkedQueue<Job> queue = new ConcurrentLinkedQueue<>(shuffled);
    Map<Job, List<Outcome>> outcomes = new ConcurrentHashMap<>();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < segments; i++) {
      Thread thread =
          new Thread(
              () -> {
                try (Segment segment = new Segment()) {
                  for (Job job = queue.poll(); job != null; job = queue.poll()) {
                    Outcome outcome = play(segment, job);
                    outcomes
                        .computeIfAbsent(
                            job, key -> Collections.synchronizedList(new ArrayList<>()))
                        .add(outcome);
                  }
                } catch (IOException | RuntimeException e) {
                  failures.add(e);
                }
              },
              "lab-segment-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        queue.clear();
        threads.forEach(Thread::interrupt);
        Thread.currentThread().interrupt();
      }
    }
    if (!failures.isEmpty()) {
      throw new IOException("a segment is broken", failures.get(0));
    }
    return outcomes;
  }

  /** How many runs had to be made again since samples were late. */
  int voided() {
    return voided.get();
  }

  private Outcome play(Segment segment, Job job) throws IOException {
    for (int i = 1; ; i++) {
      Map<Host, Contender> contenders = new EnumMap<>(Host.class);
      for (Host host : List.of(Host.LOW, Host.HIGH)) {
        Kind kind = !job.baseline && host == job.what.ours() ? Kind.OURS : Kind.KEEPALIVED;
        contenders.put(host, kind.on(segment, host));
      }
      Settings low = job.what.settings(Host.LOW);
      Trace trace;
      String failure = "";
      segment.clear();
      try (Sampler third = new Sampler(sampler, segment, low.sampled())) {
        try {
          for (Contender contender : contenders.values()) {
            contender.prepare();
          }
          job.what
              .scenario()
              .play(new Play(segment, third, contenders, low, job.what.settings(Host.HIGH)));
        } catch (IOException e) {
          failure = e.getMessage();
        }
        trace = third.finish();
      } finally {
        for (Contender contender : contenders.values()) {
          contender.close();
        }
      }
      if (trace.blind().compareTo(BLIND) > 0 && i < TRIES) {
        voided.incrementAndGet();
        continue;
      }
      return new Outcome(
          failure.isEmpty() ? trace.last() : failure, trace.none(), trace.two(), trace.path());
    }
  }
}
