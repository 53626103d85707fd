package io.evenkeel.kernel.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.evenkeel.Director;
import io.evenkeel.InvalidConfigurationException;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsConnections;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsSysctl;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import io.evenkeel.kernel.plane.Listing.Place;
import io.evenkeel.model.Configuration;
import io.evenkeel.model.VirtualService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Random plans, and directors that die over them; run by {@code IpvsLabIT}. */
public class PlansLab {
  private static final int PLANS = 200;
  private static final long START_NANOS = Duration.ofSeconds(60).toNanos();
  private static final IpvsKey FOREIGN = Tables.tcp("10.9.0.1", 80);

  @TempDir Path directory;
  private Ipvs ipvs;
  private int killed;

  @BeforeEach
  void open() throws Exception {
    ipvs = Ipvs.open();
  }

  @AfterEach
  void flush() throws Exception {
    ipvs.apply(new IpvsChange.Flush());
    ipvs.close();
  }

  /** The kernel, as long as the director lives: it dies after so many changes. */
  private static final class Mortal implements Kernel {
    private final Kernel kernel;
    private int left = Integer.MAX_VALUE;
    private boolean dead;

    Mortal(Kernel kernel) {
      this.kernel = kernel;
    }

    synchronized void dieAfter(int changes) {
      left = changes;
    }

    synchronized boolean isDead() {
      return dead;
    }

    private void live() throws IOException {
      if (dead) {
        throw new IOException("dead");
      }
    }

    @Override
    public synchronized List<ServiceStatus> services() throws IOException {
      live();
      return kernel.services();
    }

    @Override
    public synchronized List<DestinationStatus> destinations(IpvsKey key) throws IOException {
      live();
      return kernel.destinations(key);
    }

    @Override
    public synchronized void apply(List<IpvsChange> changes) throws IOException {
      live();
      if (changes.size() >= left) {
        kernel.apply(changes.subList(0, left));
        dead = true;
      } else {
        kernel.apply(changes);
        left -= changes.size();
      }
      live();
    }

    @Override
    public IpvsConnections connections() throws IOException {
      return kernel.connections();
    }

    @Override
    public synchronized void set(IpvsSysctl sysctl, long value) throws IOException {
      live();
      kernel.set(sysctl, value);
    }

    @Override
    public void close() {
      kernel.close();
    }
  }

  @Test
  void plans_randomWithKillsBetween_endInTheTableThatIsWanted() throws Exception {
    // Each death is told, at length.
    ((Logger) LoggerFactory.getLogger(Director.class)).setLevel(Level.OFF);
    long seed = Long.getLong("evenkeel.lab.seed", 1);
    System.out.println("    seed " + seed);
    Random random = new Random(seed);
    ipvs.apply(
        List.of(
            new IpvsChange.AddService(IpvsService.of(FOREIGN, "wlc")),
            new IpvsChange.AddDestination(FOREIGN, Tables.server("10.9.0.2", 3))));
    final List<String> foreign = table(List.of(FOREIGN));
    List<Configuration> plans = new ArrayList<>();
    for (int i = 0; i < PLANS; i++) {
      plans.add(Plans.random(random));
    }
    Director director = null;
    Mortal[] kernel = {null};
    for (int i = 0; i < PLANS; i++) {
      Configuration plan = plans.get(i);
      String which = "seed " + seed + ", plan " + i;
      if (director != null && random.nextInt(3) == 0) {
        // Within the changes of a plan that is never reached, or before the first of them.
        kernel[0].dieAfter(random.nextInt(12));
        apply(director, plans.get(random.nextInt(PLANS)));
        if (kernel[0].isDead()) {
          killed++;
          director.close(Duration.ZERO);
          director = null;
        } else {
          kernel[0].dieAfter(Integer.MAX_VALUE);
        }
      }
      final Map<IpvsKey, List<Place>> before = places();
      if (director == null) {
        director = started(plan, kernel);
      } else {
        assertTrue(apply(director, plan), which);
      }
      List<String> wanted = new ArrayList<>(foreign);
      plan.services().forEach(service -> wanted.addAll(Plans.rules(service)));
      assertEquals(new TreeSet<>(wanted), new TreeSet<>(table(null)), which);
      places().forEach((key, now) -> assertOrder(plan, key, before.get(key), now, which));
    }
    director.close();
    assertEquals(foreign, table(null));
    System.out.println("    plans " + PLANS + ", directors killed " + killed);
    assertTrue(killed > PLANS / 10, "killed " + killed);
  }

  /** The new ones at the head, the last of the plan first; those that stayed as they stood. */
  private static void assertOrder(
      Configuration plan,
      IpvsKey key,
      @Nullable List<Place> before,
      List<Place> now,
      String which) {
    if (key.equals(FOREIGN)) {
      return;
    }
    List<Place> stood = before == null ? List.of() : before;
    List<Place> expected = new ArrayList<>();
    for (VirtualService service : plan.services()) {
      if (Plans.key(service).equals(key)) {
        service.realServers().forEach(server -> expected.add(0, Plans.place(server)));
      }
    }
    expected.removeAll(stood);
    stood.stream().filter(now::contains).forEach(expected::add);
    assertEquals(expected, now, () -> which + ", " + key + ", before " + stood);
  }

  /** Of each service in the kernel, the newest first. */
  private Map<IpvsKey, List<Place>> places() throws IOException {
    Map<IpvsKey, List<Place>> places = new HashMap<>();
    for (ServiceStatus status : ipvs.services()) {
      IpvsKey key = status.service().key();
      places.put(
          key,
          ipvs.destinations(key).stream().map(found -> Place.of(found.destination())).toList());
    }
    return places;
  }

  /** Wherever it is: in the state file, within a batch, or between. */
  @Test
  void processes_killedOverPlans_endInTheTableThatIsWanted() throws Exception {
    Random random = new Random(Long.getLong("evenkeel.lab.seed", 1));
    for (int i = 0; i < 3; i++) {
      Process process =
          DirectorMain.start(directory.resolve("state"), "plans", Long.toString(random.nextInt()));
      try {
        long start = System.nanoTime();
        while (ipvs.services().isEmpty()) {
          assertTrue(System.nanoTime() - start < START_NANOS, "it is at work");
          Thread.sleep(10);
        }
        Thread.sleep(random.nextInt(700));
      } finally {
        process.destroyForcibly();
        assertEquals(137, process.waitFor());
      }
      Configuration plan = Plans.random(random);
      try (Director director = started(plan, new Mortal[1])) {
        List<String> wanted = new ArrayList<>();
        director.configuration().services().forEach(s -> wanted.addAll(Plans.rules(s)));
        assertEquals(new TreeSet<>(wanted), new TreeSet<>(table(null)), "round " + i);
      }
      assertEquals(List.of(), ipvs.services());
    }
  }

  private Director started(Configuration plan, Mortal[] kernel) {
    IpvsPlane options =
        IpvsPlane.builder(directory.resolve("state")).resync(Duration.ofHours(1)).build();
    Director.Builder builder =
        Director.builder()
            .threads(1)
            .dataPlane(
                context ->
                    new IpvsDataPlane(
                        options,
                        context,
                        namespace -> kernel[0] = new Mortal(Kernel.open(namespace))));
    for (VirtualService service : plan.services()) {
      builder.service(service);
    }
    return builder.build().start();
  }

  private static boolean apply(Director director, Configuration plan) {
    try {
      director.edit().replaceAll(plan).apply();
      return true;
    } catch (InvalidConfigurationException e) {
      return false;
    }
  }

  /** The rules of some services, or of all. */
  private List<String> table(@Nullable List<IpvsKey> keys) throws IOException {
    List<String> rules = new ArrayList<>();
    for (ServiceStatus status : ipvs.services()) {
      IpvsKey key = status.service().key();
      if (keys == null || keys.contains(key)) {
        rules.add(status.service().toString());
        ipvs.destinations(key)
            .forEach(destination -> rules.add(key + " -> " + destination.destination()));
      }
    }
    return rules;
  }
}
