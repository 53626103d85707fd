package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Flow;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** lblc and lblcr against the kernel's rules, choice by choice, as time goes by. */
class LocalityComparisonTest {

  private static final class Run {
    final SplittableRandom random;
    final Farm ours;
    final KernelLocality kernel;
    final Map<String, KernelLocality.Server> everyone = new HashMap<>();
    final Deque<String> lately = new ArrayDeque<>();
    final Flow flow = new Flow();
    long now = 5 * KernelLocality.SECOND;

    Run(long seed, boolean sets) {
      this.random = new SplittableRandom(seed);
      this.ours =
          new Farm(
              sets ? Schedulers.localityWithReplication() : Schedulers.localityLeastConnection());
      this.kernel = new KernelLocality(sets);
    }

    void step(String context) {
      int die = random.nextInt(100);
      if (die < 3 || kernel.list.isEmpty()) {
        add();
      } else if (die < 5) {
        remove(any());
      } else if (die < 9) {
        weigh(any());
      } else if (die < 15) {
        KernelLocality.Server server = any();
        boolean suspended = random.nextInt(3) == 0;
        note("suspend " + server.name + " " + suspended);
        ours.suspend(server.name, suspended);
      } else if (die < 18) {
        KernelLocality.Server server = any();
        int upper = random.nextInt(8);
        note("upper threshold " + server.name + " " + upper);
        server.cell.thresholds(upper, 0);
      } else if (die < 40) {
        load(any());
      } else if (die < 50) {
        // From a second to more than a day.
        now += KernelLocality.SECOND << random.nextInt(18);
      } else {
        choose(random.nextInt(30), context);
      }
    }

    void choose(int address, String context) {
      ours.at(now).flow(flow.destination(0, Farm.ipv4(address), 80));
      String expected = kernel.choose(address, now);
      note("pick " + address + " " + expected);
      assertEquals(expected, ours.pick(), () -> context + ", after " + lately);
    }

    void add() {
      if (kernel.list.size() < 6) {
        // Sometimes one that was there before, whose cell lived on.
        String name = "s" + random.nextInt(9);
        if (kernel.list.stream().noneMatch(s -> s.name.equals(name))) {
          KernelLocality.Server server =
              everyone.computeIfAbsent(name, n -> new KernelLocality.Server(n, ours.cell(n), 0));
          server.weight = random.nextInt(6);
          server.listed = true;
          note("add " + name + " " + server.weight);
          kernel.list.add(0, server);
          ours.add(name, server.weight);
        }
      }
    }

    private void remove(KernelLocality.Server server) {
      note("remove " + server.name);
      server.listed = false;
      kernel.list.remove(server);
      ours.remove(server.name);
    }

    private void weigh(KernelLocality.Server server) {
      server.weight = random.nextInt(6);
      note("weight " + server.name + " " + server.weight);
      ours.weight(server.name, server.weight);
    }

    private void load(KernelLocality.Server server) {
      ours.load(server.name, random.nextInt(3), random.nextInt(2));
      for (int end = random.nextInt(5); end > 0; end--) {
        ours.endOne(server.name);
      }
      note("load " + server.name + " " + server.cell.active() + " " + server.cell.inactive());
    }

    private KernelLocality.Server any() {
      return kernel.list.get(random.nextInt(kernel.list.size()));
    }

    private void note(String step) {
      lately.add(step);
      if (lately.size() > 60) {
        lately.remove();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "3, false", "1, true", "2, true", "3, true"})
  void select_randomChanges_choosesAsTheKernel(long seed, boolean sets) {
    Run run = new Run(seed, sets);
    for (int step = 0; step < 30_000; step++) {
      run.step((sets ? "lblcr" : "lblc") + ", seed " + seed + ", step " + step);
    }
    // Otherwise the comparison would say little.
    KernelLocality kernel = run.kernel;
    assertTrue(kernel.expired > 100, "expired: " + kernel.expired);
    if (sets) {
      assertTrue(kernel.grown > 1000, "grown: " + kernel.grown);
      assertTrue(kernel.shrunk > 100, "shrunk: " + kernel.shrunk);
    } else {
      assertTrue(kernel.replaced > 1000, "replaced: " + kernel.replaced);
    }
  }

  /** More addresses than the table shall have, some of them used again and again. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void select_tooManyAddresses_forgetsAsTheKernel(boolean sets) {
    Run run = new Run(7, sets);
    for (int i = 0; i < 6; i++) {
      run.add();
    }
    for (int step = 0; step < 200_000; step++) {
      if (step % 100 == 0) {
        run.now += run.random.nextInt(10) * KernelLocality.SECOND;
        run.load(run.any());
      }
      int address = run.random.nextInt(step % 3 == 0 ? 500 : 60_000);
      run.choose(address, "seed 7, step " + step);
    }
    assertTrue(run.kernel.evicted > 10_000, "evicted: " + run.kernel.evicted);
  }
}
