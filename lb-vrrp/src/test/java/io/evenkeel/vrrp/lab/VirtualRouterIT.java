// Over 500 lines: the whole life of a router, of which each test is a few lines.
package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.kernel.net.Route;
import io.evenkeel.kernel.net.Rule;
import io.evenkeel.kernel.net.Subnet;
import io.evenkeel.vrrp.ExclusiveGate;
import io.evenkeel.vrrp.RouterStatus;
import io.evenkeel.vrrp.SyncGroup;
import io.evenkeel.vrrp.VirtualAddress;
import io.evenkeel.vrrp.VirtualRouter;
import io.evenkeel.vrrp.VrrpEvent;
import io.evenkeel.vrrp.protocol.Phase;
import io.evenkeel.vrrp.protocol.Preemption;
import io.evenkeel.vrrp.protocol.Version;
import io.evenkeel.vrrp.track.Contribution;
import io.evenkeel.vrrp.track.Tracker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our routers on two hosts of a segment, in one JVM. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtualRouterIT {
  private static final String VIP = "192.0.2.100";

  /** Where a stall of this process, which has both routers, may move no address. */
  private static final Duration LONG = Duration.ofMillis(400);

  private final List<AutoCloseable> closing = new ArrayList<>();
  private final List<VrrpEvent> heard = new CopyOnWriteArrayList<>();
  private Segment segment;

  @BeforeEach
  void makeSegment() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to make namespaces");
    segment = new Segment();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
    if (segment != null) {
      segment.close();
    }
  }

  private VirtualRouter.Builder builder(Host host, int vrid, int priority) {
    return VirtualRouter.builder(host + "-" + vrid)
        .namespace(segment.name(host))
        .device(Segment.DEVICE)
        .vrid(vrid)
        .version(Version.V3)
        .interval(Duration.ofMillis(100))
        .priority(priority)
        .virtualAddress(VIP + "/24");
  }

  private VirtualRouter.Builder low(int priority) {
    return builder(Host.LOW, 51, priority);
  }

  private VirtualRouter.Builder high(int priority) {
    return builder(Host.HIGH, 51, priority);
  }

  private VirtualRouter started(VirtualRouter.Builder builder) throws IOException {
    VirtualRouter router = builder.listener(heard::add).build();
    closing.add(router);
    router.start();
    return router;
  }

  private static void await(String what, BooleanSupplier isSo) throws InterruptedException {
    long start = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      assertTrue(System.nanoTime() - start < 20_000_000_000L, () -> "not within 20 s: " + what);
      Thread.sleep(5);
    }
  }

  private void await(VirtualRouter router, Phase phase) throws InterruptedException {
    await(router + " " + phase + ", heard " + heard, () -> router.status().phase() == phase);
  }

  private boolean has(Host host, String address) {
    try {
      return segment.in(host, "ip -o addr show").contains(" " + address + "/");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void assertOnlyOn(Host host) throws InterruptedException {
    await("the address on " + host, () -> has(host, VIP) && !has(host.other(), VIP));
  }

  @Test
  void priority_higher_isMasterAndItsEndMovesTheAddress() throws Exception {
    VirtualRouter low = started(low(90));
    await(low, Phase.MASTER);
    assertOnlyOn(Host.LOW);
    VirtualRouter high = started(high(100));
    await(high, Phase.MASTER);
    await(low, Phase.BACKUP);
    assertOnlyOn(Host.HIGH);
    assertEquals("192.0.2.2", low.status().master().getHostAddress());
    assertEquals(100, low.status().masterPriority());

    high.close();

    assertFalse(has(Host.HIGH, VIP));
    await(low, Phase.MASTER);
    assertOnlyOn(Host.LOW);
    assertEquals(Phase.INITIALIZE, high.status().phase());
    high.start();
    await(high, Phase.MASTER);
  }

  @Test
  void priority_changedWhileItRuns_decides() throws Exception {
    VirtualRouter low = started(low(90));
    VirtualRouter high = started(high(100));
    await(high, Phase.MASTER);

    low.priority(110);
    await(low, Phase.MASTER);
    await(high, Phase.BACKUP);
    assertOnlyOn(Host.LOW);
    assertEquals(110, low.status().priority());
    assertThrows(IllegalArgumentException.class, () -> low.priority(255));
  }

  @Test
  void handOver_aPeerThere_completesWhenItIsMasterAndReclaimComesBack() throws Exception {
    VirtualRouter low = started(low(90).interval(LONG));
    VirtualRouter high = started(high(100).interval(LONG));
    await(high, Phase.MASTER);
    await(low, Phase.BACKUP);

    high.handOver().get(20, TimeUnit.SECONDS);

    await(low, Phase.MASTER);
    assertOnlyOn(Host.LOW);
    // Some intervals later it is still so, although it would preempt.
    Thread.sleep(5 * LONG.toMillis());
    assertEquals(Phase.MASTER, low.status().phase());
    high.reclaim().get(20, TimeUnit.SECONDS);
    assertOnlyOn(Host.HIGH);
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> low.handOver().get(20, TimeUnit.SECONDS));
    assertTrue(failed.getCause().getMessage().contains("(expected: MASTER)"), failed::toString);
  }

  @Test
  void handOver_noPeer_timesOutAndItIsMasterAgain() throws Exception {
    VirtualRouter high = started(high(100));
    await(high, Phase.MASTER);

    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> high.handOver().get(20, TimeUnit.SECONDS));

    assertTrue(failed.getCause() instanceof TimeoutException, failed::toString);
    await(high, Phase.MASTER);
  }

  /** Whatever depends on it may take its time, and close the router. */
  @Test
  void handOver_dependents_runElsewhere() throws Exception {
    VirtualRouter low = started(low(90).interval(LONG));
    VirtualRouter high = started(high(100).interval(LONG));
    await(high, Phase.MASTER);
    await(low, Phase.BACKUP);

    high.handOver().thenRun(high::close).get(20, TimeUnit.SECONDS);

    await(low, Phase.MASTER);
    assertEquals(Phase.INITIALIZE, high.status().phase());
    CompletableFuture<Void> never = low.reclaim().thenCompose(done -> high.handOver());
    assertThrows(ExecutionException.class, () -> never.get(20, TimeUnit.SECONDS));
  }

  @Test
  void priority_changedBeforeTheStart_holds() throws Exception {
    VirtualRouter high = high(100).build();
    closing.add(high);
    high.priority(80);
    VirtualRouter low = started(low(90));
    await(low, Phase.MASTER);

    high.start();

    Thread.sleep(1000);
    assertEquals(Phase.BACKUP, high.status().phase());
    assertEquals(80, high.status().priority());
  }

  @Test
  void start_aTrackerThatCannotBeWatched_leavesNothing() throws Exception {
    Tracker broken =
        new Tracker() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public Contribution initial() {
            return new Contribution(0, false, "broken");
          }

          @Override
          public AutoCloseable watch(Consumer<? super Contribution> consumer) {
            throw new IllegalStateException("cannot be watched");
          }
        };
    VirtualRouter high = high(100).track(broken).build();
    closing.add(high);

    IllegalStateException refused = assertThrows(IllegalStateException.class, high::start);

    assertEquals("cannot be watched", refused.getMessage());
    assertFalse(has(Host.HIGH, VIP));
    await(
        "no thread left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("evenkeel-vrrp")));
  }

  @Test
  void preemption_forbidden_theMasterStays() throws Exception {
    VirtualRouter low = started(low(90).interval(LONG));
    await(low, Phase.MASTER);
    VirtualRouter high = started(high(100).interval(LONG).preemption(Preemption.FORBIDDEN));

    Thread.sleep(6 * LONG.toMillis());

    assertEquals(Phase.BACKUP, high.status().phase());
    assertOnlyOn(Host.LOW);
    low.close();
    await(high, Phase.MASTER);
  }

  @Test
  void link_down_isAFaultThatNamesItAndGoesWithIt() throws Exception {
    VirtualRouter low = started(low(90));
    VirtualRouter high = started(high(100));
    await(high, Phase.MASTER);

    segment.in(Host.HIGH, "ip link set eth0 down");
    await(high, Phase.FAULT);
    await(low, Phase.MASTER);
    assertEquals(List.of("link eth0 is down"), high.status().faults());
    assertOnlyOn(Host.LOW);

    segment.in(Host.HIGH, "ip link set eth0 up");
    await(high, Phase.MASTER);
    await(low, Phase.BACKUP);
    assertEquals(List.of(), high.status().faults());
  }

  @Test
  void device_removedAndMadeAgain_comesBack() throws Exception {
    VirtualRouter low = started(low(90));
    VirtualRouter high = started(high(100));
    await(high, Phase.MASTER);

    segment.in(Host.HIGH, "ip link del eth0");
    await(high, Phase.FAULT);
    await(low, Phase.MASTER);
    String bridge = segment.bridge();
    LabShell.script(
        "ip -n %s link add p2 type veth peer name eth0 netns %s; ip -n %s link set p2 master br0 up"
            .formatted(bridge, segment.name(Host.HIGH), bridge));
    segment.in(Host.HIGH, "ip addr add 192.0.2.2/24 dev eth0");
    segment.in(Host.HIGH, "ip link set eth0 up");

    await(high, Phase.MASTER);
    await(low, Phase.BACKUP);
    assertOnlyOn(Host.HIGH);
  }

  @Test
  void address_ofTheDeviceGone_isAFaultUntilThereIsOne() throws Exception {
    VirtualRouter high = started(high(100));
    await(high, Phase.MASTER);

    segment.in(Host.HIGH, "ip addr del 192.0.2.2/24 dev eth0");
    await(high, Phase.FAULT);
    assertEquals(List.of("no IPv4 address on eth0"), high.status().faults());
    segment.in(Host.HIGH, "ip addr add 192.0.2.22/24 dev eth0");

    await(high, Phase.MASTER);
    assertEquals("192.0.2.22", high.status().source().getHostAddress());
  }

  /** Something to track that a test says. */
  private static final class Said implements Tracker {
    private final List<Consumer<? super Contribution>> consumers = new CopyOnWriteArrayList<>();
    private volatile Contribution now = new Contribution(0, false, "said: well");

    void say(int points, boolean isFault) {
      now = new Contribution(points, isFault, "said: " + points + (isFault ? ", fault" : ""));
      consumers.forEach(consumer -> consumer.accept(now));
    }

    @Override
    public String name() {
      return "said";
    }

    @Override
    public Contribution initial() {
      return now;
    }

    @Override
    public AutoCloseable watch(Consumer<? super Contribution> consumer) {
      consumers.add(consumer);
      return () -> consumers.remove(consumer);
    }
  }

  @Test
  void track_pointsAndFaults_moveTheAddress() throws Exception {
    Said said = new Said();
    VirtualRouter low = started(low(90));
    VirtualRouter high = started(high(100).track(said));
    await(high, Phase.MASTER);

    said.say(-20, false);
    await(low, Phase.MASTER);
    await(high, Phase.BACKUP);
    assertEquals(80, high.status().priority());
    said.say(0, false);
    await(high, Phase.MASTER);
    said.say(0, true);
    await(high, Phase.FAULT);
    await(low, Phase.MASTER);
    assertEquals(List.of("said: 0, fault"), high.status().faults());
    said.say(0, false);
    await(high, Phase.MASTER);
  }

  @Test
  void track_faultAtTheStart_neverTakesTheAddress() throws Exception {
    Said said = new Said();
    said.say(0, true);

    VirtualRouter owner = started(high(255).track(said));

    Thread.sleep(500);
    assertEquals(Phase.FAULT, owner.status().phase());
    assertFalse(heard.stream().anyMatch(event -> event.to() == Phase.MASTER), heard::toString);
    said.say(0, false);
    await(owner, Phase.MASTER);
  }

  @Test
  void syncGroup_oneFails_allMove() throws Exception {
    Said said = new Said();
    VirtualRouter lowA = builder(Host.LOW, 51, 90).build();
    VirtualRouter lowB = builder(Host.LOW, 52, 90).virtualAddress("192.0.2.101/24").build();
    VirtualRouter highA = builder(Host.HIGH, 51, 100).track(said).build();
    VirtualRouter highB = builder(Host.HIGH, 52, 100).virtualAddress("192.0.2.101/24").build();
    SyncGroup low = SyncGroup.builder("low").router(lowA).router(lowB).build();
    SyncGroup high =
        SyncGroup.builder("high").router(highA).router(highB).listener(heard::add).build();
    closing.add(low);
    closing.add(high);
    low.start();
    high.start();
    await(highA, Phase.MASTER);
    await(highB, Phase.MASTER);

    said.say(0, true);

    await(lowA, Phase.MASTER);
    await(lowB, Phase.MASTER);
    await(highB, Phase.FAULT);
    await("told", () -> heard.size() == 3);
    assertEquals(
        List.of("high: INITIALIZE -> BACKUP", "high: BACKUP -> MASTER", "high: MASTER -> FAULT"),
        heard.stream().map(VrrpEvent::text).toList());
    await("both", () -> has(Host.LOW, VIP) && has(Host.LOW, "192.0.2.101"));
    assertFalse(has(Host.HIGH, "192.0.2.101"));
    assertThrows(IllegalStateException.class, highA::start);
    assertThrows(
        IllegalArgumentException.class, () -> SyncGroup.builder("x").router(highA).build());
  }

  /** Two hosts, each master of one address. */
  @Test
  void routers_twoInEachProcess_areMastersOfOneEach() throws Exception {
    VirtualRouter lowA = started(builder(Host.LOW, 100, 100));
    VirtualRouter lowB =
        started(
            VirtualRouter.builder("b")
                .namespace(segment.name(Host.LOW))
                .device(Segment.DEVICE)
                .vrid(101)
                .virtualAddress("192.0.2.101/24")
                .priority(90));
    VirtualRouter highB =
        started(
            VirtualRouter.builder("c")
                .namespace(segment.name(Host.HIGH))
                .device(Segment.DEVICE)
                .vrid(101)
                .virtualAddress("192.0.2.101/24")
                .priority(100));
    VirtualRouter highA = started(builder(Host.HIGH, 100, 90));

    await(lowA, Phase.MASTER);
    await(highB, Phase.MASTER);
    await(lowB, Phase.BACKUP);
    await(highA, Phase.BACKUP);
  }

  @Test
  void gate_refused_isNoTakeoverUntilItIsPassed() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CompletableFuture<Duration> answer = new CompletableFuture<>();
    ExclusiveGate gate =
        () -> {
          asked.incrementAndGet();
          return answer.get();
        };
    VirtualRouter high = started(high(100).gate(gate, Duration.ofMillis(300)));

    await("asked again", () -> asked.get() >= 2);
    assertEquals(Phase.BACKUP, high.status().phase());
    assertFalse(has(Host.HIGH, VIP));

    answer.complete(ExclusiveGate.FOREVER);
    await(high, Phase.MASTER);
    assertOnlyOn(Host.HIGH);
  }

  @Test
  void leftovers_ofAKilledProcess_goAtTheStart() throws Exception {
    segment.in(Host.HIGH, "ip addr add " + VIP + "/24 dev eth0");
    VirtualRouter low = started(low(110));
    await(low, Phase.MASTER);

    VirtualRouter high = started(high(100));

    assertFalse(has(Host.HIGH, VIP));
    assertEquals(Phase.BACKUP, high.status().phase());
  }

  @Test
  void address_takenAwayFromAMaster_isPutBack() throws Exception {
    VirtualRouter high = started(high(100));
    await(high, Phase.MASTER);

    segment.in(Host.HIGH, "ip addr del " + VIP + "/24 dev eth0");

    assertOnlyOn(Host.HIGH);
    assertEquals(Phase.MASTER, high.status().phase());
  }

  /** IPv6 has an address with one prefix alone. */
  @Test
  void address_thatCannotBeAdded_isAFaultUntilItCan() throws Exception {
    VirtualRouter low = started(low(90));
    await(low, Phase.MASTER);
    segment.in(Host.HIGH, "ip addr add fd51::100/128 dev eth0");

    VirtualRouter high = started(high(100).excludedAddress(VirtualAddress.parse("fd51::100/64")));

    // In one look: it tries again now and then, and the fault may be gone in a second one.
    await(
        "a fault that names the address",
        () -> {
          RouterStatus status = high.status();
          return status.phase() == Phase.FAULT
              && status.faults().stream().anyMatch(fault -> fault.contains("fd51::100/64"));
        });
    await(low, Phase.MASTER);
    assertOnlyOn(Host.LOW);
    segment.in(Host.HIGH, "ip addr del fd51::100/128 dev eth0");
    await(high, Phase.MASTER);
    assertTrue(has(Host.HIGH, "fd51::100"));
  }

  @Test
  void start_noDevice_saysSoAndLeavesNothing() throws Exception {
    VirtualRouter none =
        VirtualRouter.builder("none")
            .namespace(segment.name(Host.LOW))
            .device("ek9")
            .vrid(1)
            .virtualAddress(VIP)
            .build();

    IOException refused = assertThrows(IOException.class, none::start);

    assertEquals("device: ek9 is not there (expected: one of this host)", refused.getMessage());
    none.close();
  }

  /** Packets and announcements come from it, and the link's others find it there. */
  @Test
  void virtualMac_aMasterThatMoves_isTheSameEthernetAddress() throws Exception {
    VirtualRouter low = started(low(90).virtualMac());
    await(low, Phase.MASTER);
    String ofLow = macOf(VIP);
    assertTrue(ofLow.contains("00:00:5e:00:01:33"), ofLow);
    VirtualRouter high = started(high(100).virtualMac());
    await(high, Phase.MASTER);
    await(low, Phase.BACKUP);

    ping(VIP);
    String ofHigh = macOf(VIP);
    assertTrue(ofHigh.contains("00:00:5e:00:01:33"), ofHigh);
    String sent =
        segment.in(Host.THIRD, "timeout 20 tcpdump -i eth0 -n -e -c 2 'ip proto 112' 2>/dev/null");
    assertTrue(sent.contains("00:00:5e:00:01:33 > 01:00:5e:00:00:12"), sent);
    assertTrue(segment.in(Host.HIGH, "ip -d link show vrrp.51").contains("macvlan mode vepa"));
    high.close();
    assertFalse(segment.in(Host.HIGH, "ip link show").contains("vrrp"));
  }

  /** What the third host knows of an address. */
  private String macOf(String address) throws IOException {
    segment.in(Host.THIRD, "ip neigh flush all");
    ping(address);
    return segment.in(Host.THIRD, "ip neigh show " + address);
  }

  /** Any answer will do, since one may be lost on a busy machine. */
  private void ping(String address) throws IOException {
    segment.in(
        Host.THIRD,
        "sh -c 'for i in 1 2 3; do busybox ping -c 1 -W 5 %s && exit; done; exit 1'"
            .formatted(address));
  }

  @Test
  void virtualMac_ofIpv6_sendsFromItToo() throws Exception {
    VirtualRouter low =
        started(
            VirtualRouter.builder("six")
                .namespace(segment.name(Host.LOW))
                .device(Segment.DEVICE)
                .vrid(51)
                .interval(Duration.ofMillis(100))
                .virtualAddress("fe80::100/64")
                .virtualAddress("fd51::100/64")
                .virtualMac());
    await(low, Phase.MASTER);

    String sent =
        segment.in(Host.THIRD, "timeout 20 tcpdump -i eth0 -n -e -c 2 'ip6 proto 112' 2>/dev/null");
    assertTrue(sent.contains("00:00:5e:00:02:33 > 33:33:00:00:00:12"), sent);
    String mac = macOf("fd51::100");
    assertTrue(mac.contains("00:00:5e:00:02:33"), mac);
  }

  @Test
  void routesAndRules_areThereWhileItIsMaster() throws Exception {
    VirtualRouter low =
        started(
            low(90)
                .virtualRoute(
                    Route.via(
                        InetAddress.getByName("198.51.100.0"),
                        24,
                        InetAddress.getByName("192.0.2.3")))
                .virtualRule(
                    Rule.from(new Subnet(InetAddress.getByName("198.51.100.0"), 24), 100, 1000)));
    await(low, Phase.MASTER);
    assertTrue(segment.in(Host.LOW, "ip route").contains("198.51.100.0/24 via 192.0.2.3"));
    assertTrue(segment.in(Host.LOW, "ip rule").contains("1000:\tfrom 198.51.100.0/24 lookup 100"));

    VirtualRouter high = started(high(100));
    await(high, Phase.MASTER);
    await(low, Phase.BACKUP);

    assertFalse(segment.in(Host.LOW, "ip route").contains("198.51.100.0/24"));
    assertFalse(segment.in(Host.LOW, "ip rule").contains("198.51.100.0/24"));
  }

  /** The kernel takes the addresses away though nobody in the process does. */
  @Test
  void gate_forATime_isPassedAgainBeforeItIsOver() throws Exception {
    AtomicInteger passed = new AtomicInteger();
    CountDownLatch refusing = new CountDownLatch(1);
    ExclusiveGate gate =
        () -> {
          if (refusing.getCount() == 0) {
            throw new IOException("no more");
          }
          passed.incrementAndGet();
          return Duration.ofSeconds(5);
        };
    VirtualRouter high = started(high(100).gate(gate, Duration.ofSeconds(1)));
    await(high, Phase.MASTER);
    await("passed again", () -> passed.get() >= 3);
    assertEquals(Phase.MASTER, high.status().phase());
    assertTrue(
        segment.in(Host.HIGH, "ip -o addr show to " + VIP).matches("(?s).*valid_lft [0-9]+sec.*"));

    refusing.countDown();

    await(high, Phase.BACKUP);
    assertFalse(has(Host.HIGH, VIP));
  }

  @Test
  void meters_ofARouter_count() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    VirtualRouter low = started(low(90).meterRegistry(registry));
    await(low, Phase.MASTER);
    await(
        "advertisements",
        () ->
            registry.get("evenkeel.vrrp.adverts").tag("direction", "out").functionCounter().count()
                > 3);
    assertEquals(1, registry.get("evenkeel.vrrp.state").tag("state", "master").gauge().value(), 0);
    assertEquals(90, registry.get("evenkeel.vrrp.priority").gauge().value(), 0);
  }

  @Test
  void startAndClose_manyTimes_leaveNoDescriptorOrThread() throws Exception {
    started(low(90)).close();
    int before = descriptors();
    for (int i = 0; i < 20; i++) {
      started(low(90)).close();
    }
    await("as many descriptors as before", () -> descriptors() <= before);
    await(
        "no thread left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("evenkeel-vrrp")));
  }

  private static int descriptors() {
    return java.util.Objects.requireNonNull(new java.io.File("/proc/self/fd").list()).length;
  }
}
