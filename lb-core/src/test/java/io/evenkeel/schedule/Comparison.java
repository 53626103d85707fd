package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Flow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/** A scheduler next to a second, slow one of the same rules, choice by choice, for tests. */
final class Comparison {
  private static final int STEPS = 20_000;
  private static final int[] FACTORS = {1, 2, 5, 12, 301};

  private Comparison() {}

  /** One run of one scheduler and of its model. */
  private static final class Run {
    private final SplittableRandom random;
    private final Farm ours;
    private final KernelService kernel;
    private final Flow flow = new Flow();
    private final Deque<String> lately = new ArrayDeque<>();
    private int factor = 1;
    private int named;
    private int choices;
    private int refusals;
    private int refusalsThenSuccess;
    private boolean refusedBefore;

    Run(long seed, Scheduler scheduler, KernelService kernel) {
      this.random = new SplittableRandom(seed);
      this.ours = new Farm(scheduler);
      this.kernel = kernel;
    }

    void step(String context) {
      int die = random.nextInt(100);
      if (die < 5 || kernel.servers.isEmpty()) {
        add();
      } else if (die < 10) {
        remove();
      } else if (die < 18) {
        weigh(any(), weight());
      } else if (die < 28) {
        suspend(any(), random.nextInt(3) > 0);
      } else if (die < 30) {
        kernel.servers.forEach(s -> suspend(s, true));
      } else if (die < 32) {
        kernel.servers.forEach(s -> suspend(s, false));
      } else if (die < 33) {
        factor = FACTORS[random.nextInt(FACTORS.length)];
      } else if (die < 45) {
        load(any());
      } else {
        choose(context);
      }
    }

    private void choose(String context) {
      kernel.client = anybody();
      kernel.asked = anybody();
      ours.flow(flow.client(kernel.client).destination(kernel.asked));
      String expected = kernel.pick();
      String chosen = ours.pick();
      note("pick " + expected);
      assertEquals(expected, chosen, () -> context + ", after " + lately);
      choices++;
      boolean refused = expected.equals(Farm.NOBODY);
      refusals += refused ? 1 : 0;
      refusalsThenSuccess += refusedBefore && !refused ? 1 : 0;
      refusedBefore = refused;
    }

    private void add() {
      if (kernel.servers.size() < 8) {
        String name = "s" + named++;
        int weight = weight();
        note("add " + name + " " + weight);
        kernel.add(name, weight, ours.cell(name).address());
        ours.add(name, weight);
      }
    }

    private void remove() {
      KernelService.Server server = any();
      note("remove " + server.name);
      kernel.remove(server);
      ours.remove(server.name);
    }

    private void weigh(KernelService.Server server, int weight) {
      note("weight " + server.name + " " + weight);
      kernel.weight(server, weight);
      ours.weight(server.name, weight);
    }

    private void suspend(KernelService.Server server, boolean suspended) {
      note((suspended ? "suspend " : "resume ") + server.name);
      server.overloaded = suspended;
      ours.suspend(server.name, suspended);
    }

    private void load(KernelService.Server server) {
      int active = random.nextInt(3);
      int inactive = random.nextInt(4);
      note("load " + server.name + " " + active + " " + inactive);
      ours.load(server.name, active, inactive);
      for (int end = random.nextInt(6); end > 0; end--) {
        ours.endOne(server.name);
      }
      server.open = ours.cell(server.name).open();
      // 256 for each active one: counted by hand, from the two counters.
      server.active = ours.cell(server.name).active();
      server.overhead = 256L * server.active + ours.cell(server.name).inactive();
    }

    private KernelService.Server any() {
      return kernel.servers.get(random.nextInt(kernel.servers.size()));
    }

    private InetSocketAddress anybody() {
      byte[] address = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(address);
      try {
        return new InetSocketAddress(InetAddress.getByAddress(address), random.nextInt(65536));
      } catch (UnknownHostException e) {
        throw new AssertionError(e);
      }
    }

    private int weight() {
      return random.nextInt(6) == 0 ? 0 : factor * random.nextInt(1, 9);
    }

    private void note(String step) {
      lately.add(step);
      if (lately.size() > 40) {
        lately.remove();
      }
    }
  }

  /** Lets both choose through random changes. */
  static void compare(String name, long seed, Scheduler scheduler, KernelService kernel) {
    Run run = new Run(seed, scheduler, kernel);
    for (int step = 0; step < STEPS; step++) {
      run.step(name + ", seed " + seed + ", step " + step);
    }
    // Otherwise the comparison would say little.
    assertTrue(run.choices > STEPS / 3, "choices: " + run.choices);
    assertTrue(run.refusals > 300, "refusals: " + run.refusals);
    assertTrue(run.refusalsThenSuccess > 100, "after refusals: " + run.refusalsThenSuccess);
  }
}
