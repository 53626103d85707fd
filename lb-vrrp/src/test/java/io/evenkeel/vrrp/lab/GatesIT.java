package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.net.Network;
import io.evenkeel.vrrp.Fence;
import io.evenkeel.vrrp.VirtualRouter;
import io.evenkeel.vrrp.VrrpEvent;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Version;
import io.evenkeel.vrrp.track.Probe;
import io.evenkeel.vrrp.track.Reachability;
import io.evenkeel.vrrp.track.ReachabilityRule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a gate of reachability and a fence do when hosts lose sight of each other. {@link
 * LeaseLabIT} is the same for leases.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatesIT {
  /** Three seconds of room from the loss to the takeover: the machine may be late. */
  private static final ReachabilityRule APART =
      new ReachabilityRule(
          Duration.ofMillis(200), Duration.ofMillis(200), 3, Duration.ofMillis(3800));

  /** No answer is lost because the machine is late. */
  private static final ReachabilityRule PATIENT =
      ReachabilityRule.of(Duration.ofMillis(500), Duration.ofMillis(500), 3);

  private static final Duration GATE_TIMEOUT = Duration.ofSeconds(20);

  /** Closed in reverse. */
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();

  private final Map<Host, VirtualRouter> routers = new ConcurrentHashMap<>();
  private final List<VrrpEvent> heard = new CopyOnWriteArrayList<>();
  private final List<String> shots = new CopyOnWriteArrayList<>();
  private Segment segment;

  @BeforeEach
  void makeSegment() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    segment = new Segment();
    closing.push(segment);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
  }

  static Settings settings(Host host, boolean ipv6) {
    int priority = host == Host.HIGH ? 110 : 100;
    return new Settings(host, Version.V3, ipv6, false, priority, 100, true, 0, "", "");
  }

  static VirtualRouter.Builder builder(Segment segment, Settings settings) {
    VirtualRouter.Builder builder =
        VirtualRouter.builder(settings.host().name())
            .namespace(segment.name(settings.host()))
            .device(Segment.DEVICE)
            .vrid(Settings.VRID)
            .version(settings.version())
            .source(settings.source())
            .interval(Duration.ofMillis(settings.intervalMillis()))
            .priority(settings.priority())
            .announcements(5, Duration.ZERO, Duration.ZERO);
    settings.virtualAddresses().forEach(builder::virtualAddress);
    return builder;
  }

  private VirtualRouter.Builder builder(Host host, boolean ipv6) {
    return builder(segment, settings(host, ipv6));
  }

  private VirtualRouter started(Host host, VirtualRouter.Builder builder) throws IOException {
    VirtualRouter router = builder.listener(heard::add).build();
    routers.put(host, router);
    closing.push(router);
    router.start();
    return router;
  }

  private Owners owners(boolean ipv6) throws IOException {
    Owners owners = new Owners(segment, settings(Host.LOW, ipv6).sampled());
    closing.push(owners);
    return owners;
  }

  static void await(String what, Callable<Boolean> isSo) throws Exception {
    long start = System.nanoTime();
    while (!isSo.call()) {
      assertTrue(System.nanoTime() - start < 30_000_000_000L, () -> "not within 30 s: " + what);
      Thread.sleep(5);
    }
  }

  private void await(VirtualRouter router, Phase phase) throws Exception {
    await(router + " " + phase + ", heard " + heard, () -> router.status().phase() == phase);
  }

  /** The gateway is the third host. */
  private Reachability gateway(Host host, boolean ipv6, ReachabilityRule rule) throws IOException {
    Network network = Network.open(segment.name(host));
    closing.push(network);
    InetAddress gateway = InetAddress.getByName(ipv6 ? "fd51::3" : "192.0.2.3");
    Probe probe = Probe.neighbour(network, gateway, Segment.DEVICE);
    return Reachability.of("gateway", List.of(probe), rule);
  }

  /** Both, of which the higher one is master. */
  private Map<Host, VirtualRouter> bothWithReachability(boolean ipv6, ReachabilityRule rule)
      throws Exception {
    Map<Host, VirtualRouter> both = new EnumMap<>(Host.class);
    for (Host host : new Host[] {Host.HIGH, Host.LOW}) {
      both.put(host, started(host, builder(host, ipv6).track(gateway(host, ipv6, rule))));
    }
    awaitHighIsMaster();
    return both;
  }

  private void awaitHighIsMaster() throws Exception {
    await(routers.get(Host.HIGH), Phase.MASTER);
    await(routers.get(Host.LOW), Phase.BACKUP);
  }

  /** It neither hears the other one nor the gateway, and its link is up. */
  @ParameterizedTest(name = "IPv6: {0}")
  @ValueSource(booleans = {false, true})
  void isolated_reachability_oneMaster(boolean ipv6) throws Exception {
    Map<Host, VirtualRouter> both = bothWithReachability(ipv6, APART);
    VirtualRouter high = both.get(Host.HIGH);
    VirtualRouter low = both.get(Host.LOW);
    Owners owners = owners(ipv6);

    segment.isolate(Host.HIGH, true);

    await(high, Phase.FAULT);
    assertFalse(owners.has(Host.HIGH));
    assertEquals(1, high.status().faults().size(), () -> high.status().toString());
    assertTrue(high.status().faults().get(0).startsWith("reachability gateway"));
    await(low, Phase.MASTER);
    assertTrue(owners.has(Host.LOW));
    assertEquals(0, owners.both(), () -> heard.toString());
    assertTrue(owners.looks() > 10);
    segment.isolate(Host.HIGH, false);
    awaitHighIsMaster();
  }

  @ParameterizedTest(name = "IPv6: {0}")
  @ValueSource(booleans = {false, true})
  void isolated_noGate_twoMasters(boolean ipv6) throws Exception {
    VirtualRouter high = started(Host.HIGH, builder(Host.HIGH, ipv6));
    VirtualRouter low = started(Host.LOW, builder(Host.LOW, ipv6));
    awaitHighIsMaster();
    Owners owners = owners(ipv6);

    segment.isolate(Host.HIGH, true);

    await(low, Phase.MASTER);
    await("both", () -> owners.both() > 10);
    assertEquals(Phase.MASTER, high.status().phase());
  }

  /** What it is not made for: each reaches the gateway. */
  @ParameterizedTest(name = "IPv6: {0}")
  @ValueSource(booleans = {false, true})
  void cut_reachabilityAlone_twoMastersAndTheOneThatStaysAnnouncesAgain(boolean ipv6)
      throws Exception {
    Map<Host, VirtualRouter> both = bothWithReachability(ipv6, PATIENT);
    Owners owners = owners(ipv6);

    segment.cut(true);

    await(both.get(Host.LOW), Phase.MASTER);
    await("both", () -> owners.both() > 10);
    assertEquals(Phase.MASTER, both.get(Host.HIGH).status().phase());
    String address = settings(Host.LOW, ipv6).sampled();
    // It has heard the lower one last, and asks nobody.
    segment.in(
        Host.THIRD,
        "ip neighbour replace " + address + " lladdr 02:00:00:00:00:01 dev eth0 nud stale");
    segment.cut(false);
    awaitHighIsMaster();
    await(
        "the third host knows the higher one",
        () ->
            segment
                .in(Host.THIRD, "ip neighbour show to " + address)
                .contains("lladdr 02:00:00:00:00:02"));
    assertFalse(owners.has(Host.LOW));
    assertTrue(owners.has(Host.HIGH));
  }

  /** As a power switch: nobody hears a last word of it. */
  private boolean shoot(Host host) throws Exception {
    shots.add(host.other() + " shoots " + host);
    VirtualRouter shot = routers.get(host);
    if (shot != null) {
      segment.isolate(host, true);
      // It takes a while, in which the other one has its addresses.
      Thread.sleep(300);
      shot.close();
    }
    return true;
  }

  private VirtualRouter.Builder fenced(Host host, boolean ipv6, Duration delay) {
    Fence fence = Fence.call("power", () -> shoot(host.other()), GATE_TIMEOUT, delay);
    return builder(host, ipv6).gate(fence, GATE_TIMEOUT);
  }

  @ParameterizedTest(name = "IPv6: {0}")
  @ValueSource(booleans = {false, true})
  void cut_fence_theMasterIsEndedBeforeTheOtherTakesOver(boolean ipv6) throws Exception {
    // Long, since a master that stood still that long would be shot before the cut.
    Duration interval = Duration.ofMillis(400);
    VirtualRouter high =
        started(Host.HIGH, fenced(Host.HIGH, ipv6, Duration.ZERO).interval(interval));
    await(high, Phase.MASTER);
    VirtualRouter low = started(Host.LOW, fenced(Host.LOW, ipv6, Duration.ZERO).interval(interval));
    Owners owners = owners(ipv6);
    shots.clear();

    segment.cut(true);

    await(low, Phase.MASTER);
    assertTrue(owners.has(Host.LOW));
    assertFalse(owners.has(Host.HIGH));
    assertEquals(0, owners.both(), () -> heard.toString());
    assertEquals(List.of("LOW shoots HIGH"), shots);
    assertEquals(Phase.INITIALIZE, high.status().phase());
  }

  @ParameterizedTest(name = "IPv6: {0}")
  @ValueSource(booleans = {false, true})
  void cut_fenceThatRefusesFailsOrHangs_noTakeover(boolean ipv6) throws Exception {
    VirtualRouter high = started(Host.HIGH, builder(Host.HIGH, ipv6));
    await(high, Phase.MASTER);
    AtomicInteger asked = new AtomicInteger();
    Fence fence =
        Fence.call(
            "power",
            () -> {
              switch (asked.getAndIncrement() % 3) {
                case 0 -> {
                  return false;
                }
                case 1 -> throw new IOException("no answer");
                default -> Thread.sleep(60_000);
              }
              return true;
            },
            Duration.ofMillis(500),
            Duration.ZERO);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    VirtualRouter low =
        started(
            Host.LOW, builder(Host.LOW, ipv6).gate(fence, GATE_TIMEOUT).meterRegistry(registry));
    await(low, Phase.BACKUP);

    segment.cut(true);

    await("asked again after all of it", () -> asked.get() > 3);
    assertEquals(Phase.BACKUP, low.status().phase());
    assertTrue(
        heard.stream()
            .noneMatch(event -> event.router().equals("LOW") && event.to() == Phase.MASTER),
        heard::toString);
    assertEquals(0, sent(registry));
    assertEquals(Phase.MASTER, high.status().phase());
    try (Owners owners = owners(ipv6)) {
      assertTrue(owners.has(Host.HIGH));
      assertFalse(owners.has(Host.LOW));
    }
  }

  private static double sent(SimpleMeterRegistry registry) {
    return Objects.requireNonNull(
            registry.get("evenkeel.vrrp.adverts").tag("direction", "out").functionCounter())
        .count();
  }

  /** Neither has seen the other one: who waits longer is shot while it waits. */
  @ParameterizedTest(name = "IPv6: {0}")
  @ValueSource(booleans = {false, true})
  void cut_bothShoot_theDelayDecides(boolean ipv6) throws Exception {
    Duration delay = Duration.ofSeconds(4);
    segment.cut(true);
    Owners owners = owners(ipv6);
    VirtualRouter low = started(Host.LOW, fenced(Host.LOW, ipv6, delay));

    VirtualRouter high = started(Host.HIGH, fenced(Host.HIGH, ipv6, Duration.ZERO));

    await(high, Phase.MASTER);
    assertEquals(Phase.INITIALIZE, low.status().phase());
    Thread.sleep(delay.toMillis());
    assertEquals(List.of("HIGH shoots LOW"), shots);
    assertEquals(Phase.MASTER, high.status().phase());
    assertEquals(0, owners.both(), () -> heard.toString());
    assertFalse(owners.has(Host.LOW));
  }
}
