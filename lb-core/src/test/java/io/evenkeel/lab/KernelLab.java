package io.evenkeel.lab;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Every scheduler of ours beside the kernel's of the same name, choice by choice: to be run by
 * {@code dev/ipvs}. Prints a line for each, and ends with status 1 if a choice was not the same.
 *
 * <p>A connection that is closed stays with the kernel for ten seconds more, as an inactive one.
 * Connections are therefore closed in bursts, all schedulers' together, and nothing is chosen while
 * a burst is being forgotten: at each choice, the loads are known to be equal.
 */
final class KernelLab {
  /** All that Linux 6.1 has, and the flags that change a choice. */
  static final List<String> OF_THE_KERNEL =
      List.of(
          "rr",
          "wrr",
          "lc",
          "wlc",
          "sh",
          "sh:sh-port",
          "sh:sh-fallback",
          "sh:sh-port,sh-fallback",
          "dh",
          "sed",
          "nq",
          "lblc",
          "lblcr",
          "mh",
          "mh:mh-port",
          "mh:mh-fallback",
          "mh:mh-port,mh-fallback",
          "fo",
          "ovf");

  /** The same for IPv6: those that look at addresses, and one that does not. */
  static final List<String> OF_THE_KERNEL_IPV6 =
      List.of(
          "sh/ipv6",
          "sh:sh-port,sh-fallback/ipv6",
          "mh/ipv6",
          "mh:mh-port,mh-fallback/ipv6",
          "wlc/ipv6");

  /** How many flows each of these has, at most. */
  static final int IPV6_FLOWS = 600;

  private static final int STEPS_PER_BURST = 130;
  private static final int STEPS_PER_CYCLE = 4 * STEPS_PER_BURST;

  /**
   * From when on the kernel may forget the first of a burst: ten seconds after it, with a margin.
   */
  private static final long KEPT_NANOS = 9_500_000_000L;

  /** When it has forgotten the last one: its timers are up to 640 ms late. */
  private static final long FORGOTTEN_NANOS = 10_800_000_000L;

  private record Burst(long begin, long end) {}

  private final List<LabService> services = new ArrayList<>();
  private final Deque<Burst> bursts = new ArrayDeque<>();
  private final int flows;
  private final long start = System.nanoTime();

  private KernelLab(int flows) {
    this.flows = flows;
  }

  /** All names that may be given. */
  static List<String> names() {
    List<String> names = new ArrayList<>(OF_THE_KERNEL);
    names.addAll(OF_THE_KERNEL_IPV6);
    names.addAll(PersistenceLab.names());
    names.add(ThresholdLab.NAME);
    return names;
  }

  /** How many choices a name compares at least, where a scheduler has so many. */
  static int flows(String name, int ofScheduler) {
    if (name.equals(ThresholdLab.NAME)) {
      return ThresholdLab.FLOWS;
    }
    return OF_THE_KERNEL.contains(name)
        ? ofScheduler
        : Math.min(
            PersistenceLab.names().contains(name) ? PersistenceLab.FLOWS : IPV6_FLOWS, ofScheduler);
  }

  /** Arguments: how many flows each, seed, names (none: all). */
  public static void main(String[] args) throws Exception {
    int flows = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    Set<String> names = new LinkedHashSet<>(List.of(args).subList(2, args.length));
    if (names.isEmpty()) {
      names.addAll(names());
    }
    boolean failed;
    try (LabNetwork network = new LabNetwork()) {
      KernelLab lab = new KernelLab(flows);
      PersistenceLab persistence = new PersistenceLab(network.templates(), seed, names::contains);
      ThresholdLab thresholds = new ThresholdLab(network.templates(), names::contains);
      for (String name : names) {
        if (LabService.isName(name)) {
          lab.services.add(new LabService(network.schedulers(), lab.services.size(), name, seed));
        }
      }
      lab.progress("seed " + seed + ", " + lab.services.size() + " schedulers");
      // These wait most of the time.
      List<Future<?>> beside = new ArrayList<>();
      ExecutorService threads = Executors.newFixedThreadPool(2);
      beside.add(
          threads.submit(
              () -> {
                persistence.run();
                return null;
              }));
      beside.add(
          threads.submit(
              () -> {
                thresholds.run();
                return null;
              }));
      threads.shutdown();
      lab.run();
      lab.services.forEach(service -> System.out.println(service.result()));
      for (Future<?> one : beside) {
        one.get();
      }
      persistence.results().forEach(System.out::println);
      thresholds.results().forEach(System.out::println);
      failed =
          lab.services.stream().anyMatch(LabService::failed)
              || persistence.failed()
              || thresholds.failed();
    }
    System.exit(failed ? 1 : 0);
  }

  private void run() throws IOException, InterruptedException {
    for (int step = 1; services.stream().anyMatch(this::goesOn); step++) {
      for (LabService service : services) {
        forget(false);
        if (goesOn(service)) {
          service.step();
        }
      }
      if (step % STEPS_PER_CYCLE == STEPS_PER_BURST) {
        for (LabService service : services) {
          forget(false);
          service.crowd();
        }
      }
      if (step % STEPS_PER_BURST == 0) {
        closeSome();
        int done = services.stream().mapToInt(LabService::flows).sum();
        progress(done + " of " + services.stream().mapToInt(this::wanted).sum() + " flows");
      }
      // Before it must be, so that on all but slow machines a seed gives the same run again.
      if (step % STEPS_PER_CYCLE == 0) {
        forget(true);
      }
    }
  }

  private boolean goesOn(LabService service) {
    return service.flows() < wanted(service) && !service.failed();
  }

  private int wanted(LabService service) {
    return flows(service.name(), flows);
  }

  private void closeSome() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    services.forEach(LabService::closeSome);
    bursts.add(new Burst(begin, System.nanoTime()));
    compareLoads();
  }

  /** Waits until the kernel has forgotten all bursts, or those that it is about to forget. */
  private void forget(boolean all) throws IOException, InterruptedException {
    boolean forgotten = false;
    for (Burst first = bursts.peek();
        first != null && (all || System.nanoTime() - first.begin > KEPT_NANOS);
        first = bursts.peek()) {
      long left = first.end + FORGOTTEN_NANOS - System.nanoTime();
      Thread.sleep(Math.max(left, 0) / 1_000_000);
      bursts.remove();
      services.forEach(LabService::forgetOldest);
      forgotten = true;
    }
    if (forgotten) {
      compareLoads();
    }
  }

  private void compareLoads() throws IOException, InterruptedException {
    for (LabService service : services) {
      service.compareLoads();
    }
  }

  private void progress(String what) {
    System.err.printf("%4d s  %s%n", (System.nanoTime() - start) / 1_000_000_000, what);
  }
}
