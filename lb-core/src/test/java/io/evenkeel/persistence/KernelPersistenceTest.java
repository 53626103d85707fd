package io.evenkeel.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random connections, releases, times, weights and settings, beside the kernel's code said slowly.
 */
class KernelPersistenceTest {
  private static final int STEPS = 20_000;
  private static final int[] PREFIXES = {32, 31, 24};

  private record Open(Assignment ours, KernelPersistence.Entry theirs) {}

  private final KernelPersistence kernel = new KernelPersistence();
  private final List<Destination> servers =
      IntStream.range(0, 4).mapToObj(i -> Service.cell("s" + i + ":1")).toList();
  private final List<Open> open = new ArrayList<>();
  private int hits;
  private int expired;

  static List<Long> seeds() {
    return List.of(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void connect_random_isTheKernelsChoice(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int prefix = PREFIXES[random.nextInt(PREFIXES.length)];
    kernel.timeout = Duration.ofSeconds(random.nextInt(2) == 0 ? 300 : 7).toNanos();
    kernel.expireQuiescent = random.nextBoolean();
    PersistenceSpec spec =
        PersistenceSpec.perClient()
            .timeout(Duration.ofNanos(kernel.timeout))
            .prefixes(prefix, 128)
            .expireQuiescent(kernel.expireQuiescent);
    Service service = new Service(spec);
    long zero = service.now();

    for (int step = 0; step < STEPS; step++) {
      long now = service.now() - zero + passing(random, service.now() - zero);
      service.at(now);
      String what = "step " + step + " at " + now;
      switch (random.nextInt(20)) {
        case 0 -> server(random).weight(random.nextInt(4) - 1);
        case 1 -> server(random).suspend(random.nextInt(3) == 0);
        case 2 -> service.templates.sweep(service.now());
        case 3, 4, 5, 6, 7, 8, 9, 10 -> release(service, now, random);
        default -> connect(service, now, prefix, random, what);
      }
      if (step % 1000 == 0) {
        long templates = servers.stream().mapToLong(Destination::templates).sum();
        service.templates.sweep(service.now());
        assertTrue(templates >= kernel.found(now).size(), what);
      }
    }
    assertTrue(hits > STEPS / 20 && expired > STEPS / 200, hits + " hits, " + expired + " expired");
    open.forEach(o -> o.ours.release(Outcome.SUCCESS));
    service.at(service.now() - zero + Duration.ofDays(1).toNanos());
    service.templates.sweep(service.now());
    assertEquals(0, servers.stream().mapToLong(Destination::templates).sum());
    assertEquals(0, service.templates.evictions());
  }

  /** Often to the edge of a timer, else a little or much. */
  private long passing(SplittableRandom random, long now) {
    return switch (random.nextInt(12)) {
      case 0 -> Math.max(0, kernel.nextTimer(now) - now + random.nextInt(3) - 1);
      case 1 -> random.nextLong(Duration.ofSeconds(70).toNanos());
      case 2 -> random.nextLong(Duration.ofMinutes(1).toNanos() / 10);
      default -> random.nextLong(Duration.ofSeconds(2).toNanos());
    };
  }

  private void connect(
      Service service, long now, int prefix, SplittableRandom random, String what) {
    int host = random.nextInt(8);
    int network = random.nextInt(2);
    int masked = prefix == 24 ? 0 : prefix == 31 ? host & ~1 : host;
    String key = network + "." + masked;
    boolean known = kernel.found(now).stream().anyMatch(e -> e.client.equals(key));
    Destination scheduled = server(random);

    KernelPersistence.Entry theirs = kernel.connect(key, scheduled, now);
    Assignment ours = service.connect("10.0." + network + "." + host, scheduled);

    assertSame(theirs.destination, ours.destination(), what);
    open.add(new Open(ours, theirs));
    if (known) {
      hits++;
    } else {
      expired++;
    }
  }

  private void release(Service service, long now, SplittableRandom random) {
    if (!open.isEmpty() && random.nextInt(30) > 0) {
      // Few stay long: those at the front.
      Open ended = open.remove(Math.max(0, open.size() - 1 - random.nextInt(3)));
      kernel.release(ended.theirs, now);
      ended.ours.release(Outcome.SUCCESS);
    } else if (!open.isEmpty()) {
      open.forEach(o -> kernel.release(o.theirs, now));
      open.forEach(o -> o.ours.release(Outcome.SUCCESS));
      open.clear();
    }
    assertTrue(service.now() != 0);
  }

  private Destination server(SplittableRandom random) {
    return servers.get(random.nextInt(servers.size()));
  }
}
