package io.evenkeel.schedule;

import static io.evenkeel.schedule.HashOption.FALLBACK;
import static io.evenkeel.schedule.HashOption.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.pool.Flow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each scheduler against the kernel's rules, choice by choice, through random changes. */
class KernelComparisonTest {
  private static final int STEPS = 20_000;
  private static final int[] FACTORS = {1, 2, 5, 12, 301};

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

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void wrr_randomChanges_choosesAsTheKernel(long seed) {
    compare("wrr", seed, Schedulers.weightedRoundRobin(), KernelService.weightedRoundRobin());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void rr_randomChanges_choosesAsTheKernel(long seed) {
    compare("rr", seed, Schedulers.roundRobin(), KernelService.roundRobin());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void lc_randomChanges_choosesAsTheKernel(long seed) {
    compare("lc", seed, Schedulers.leastConnection(), KernelService.leastConnection());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void wlc_randomChanges_choosesAsTheKernel(long seed) {
    compare(
        "wlc", seed, Schedulers.weightedLeastConnection(), KernelService.weightedLeastConnection());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void fo_randomChanges_choosesAsTheKernel(long seed) {
    compare("fo", seed, Schedulers.failOver(), KernelService.failOver());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void ovf_randomChanges_choosesAsTheKernel(long seed) {
    compare("ovf", seed, Schedulers.overflow(), KernelService.overflow());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void sh_randomChanges_choosesAsTheKernel(long seed) {
    compare("sh", seed, Schedulers.sourceHash(), new KernelSourceHash(false, false));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shWithFlags_randomChanges_choosesAsTheKernel(long seed) {
    compare("sh with port", seed, Schedulers.sourceHash(PORT), new KernelSourceHash(true, false));
    compare(
        "sh with fallback",
        seed,
        Schedulers.sourceHash(FALLBACK),
        new KernelSourceHash(false, true));
    compare(
        "sh with both",
        seed,
        Schedulers.sourceHash(PORT, FALLBACK),
        new KernelSourceHash(true, true));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void dh_randomChanges_choosesAsTheKernel(long seed) {
    compare("dh", seed, Schedulers.destinationHash(), new KernelDestinationHash());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mh_randomChanges_choosesAsTheKernel(long seed) {
    compare("mh", seed, Schedulers.maglevHash(), new KernelMaglevHash(12, false, false));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void mhWithFlags_randomChanges_choosesAsTheKernel(long seed) {
    compare(
        "mh with port",
        seed,
        Schedulers.maglevHash(509, PORT),
        new KernelMaglevHash(9, true, false));
    compare(
        "mh with fallback",
        seed,
        Schedulers.maglevHash(251, FALLBACK),
        new KernelMaglevHash(8, false, true));
    compare(
        "mh with both",
        seed,
        Schedulers.maglevHash(1021, PORT, FALLBACK),
        new KernelMaglevHash(10, true, true));
  }

  private static void compare(String name, long seed, Scheduler scheduler, KernelService kernel) {
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
