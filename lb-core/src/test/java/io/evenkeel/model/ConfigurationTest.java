package io.evenkeel.model;

import static io.evenkeel.model.Change.Kind.ADD_SERVER;
import static io.evenkeel.model.Change.Kind.ADD_SERVICE;
import static io.evenkeel.model.Change.Kind.EDIT_SERVER;
import static io.evenkeel.model.Change.Kind.EDIT_SERVICE;
import static io.evenkeel.model.Change.Kind.REMOVE_SERVER;
import static io.evenkeel.model.Change.Kind.REMOVE_SERVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ConfigurationTest {
  private static final ServiceKey V = ServiceKey.tcp("v:80");
  private static final ServiceKey W = ServiceKey.tcp("w:80");
  private static final Probe PROBE = new PathProbe("/a");
  private static final String TIMING = " every PT2S retry PT1S timeout PT1S rise 2 fall 3";
  private static final VirtualService FIRST =
      VirtualService.builder(V).realServer("a:1").realServer("b:1").build();
  private static final VirtualService SECOND = VirtualService.builder(W).realServer("a:1").build();
  private static final Configuration BOTH = Configuration.of(List.of(FIRST, SECOND));

  private record PathProbe(String path) implements Probe {
    @Override
    public String name() {
      return "probe";
    }

    @Override
    public String toString() {
      return "probe:" + path;
    }
  }

  @Test
  void of_services_keepsTheirOrder() {
    assertEquals(List.of(FIRST, SECOND), List.copyOf(BOTH.services()));
    assertEquals(Optional.of(SECOND), BOTH.service(W));
    assertEquals(Optional.empty(), BOTH.service(ServiceKey.tcp("x:80")));
  }

  @Test
  void of_keyTwice_throws() {
    assertMessage(
        "virtual service: tcp v:80 twice (expected: once)",
        () -> Configuration.of(List.of(FIRST, SECOND, FIRST)));
  }

  @Test
  void services_changed_throws() {
    assertThrows(UnsupportedOperationException.class, () -> BOTH.services().clear());
  }

  @Test
  void with_knownKey_replacesInPlace() {
    VirtualService changed = FIRST.without(Endpoint.parse("b:1"));

    assertEquals(List.of(changed, SECOND), List.copyOf(BOTH.with(changed).services()));
    assertEquals(List.of(FIRST, SECOND), List.copyOf(BOTH.services()));
  }

  @Test
  void with_newKey_addsAtTheEnd() {
    assertEquals(BOTH, Configuration.empty().with(FIRST).with(SECOND));
    assertNotEquals(BOTH, Configuration.empty().with(SECOND).with(FIRST));
  }

  @Test
  void without_known_removesIt() {
    assertEquals(Configuration.of(List.of(SECOND)), BOTH.without(V));
    assertEquals(Configuration.empty(), BOTH.without(V).without(W));
  }

  @Test
  void without_unknown_namesThoseThatAreThere() {
    assertMessage(
        "virtual service: tcp x:80 (expected: one of [tcp v:80, tcp w:80])",
        () -> BOTH.without(ServiceKey.tcp("x:80")));
  }

  @Test
  void edit_known_changesIt() {
    Configuration changed = BOTH.edit(V, s -> s.withWeight(Endpoint.parse("a:1"), 7));

    assertEquals(
        7,
        changed.service(V).orElseThrow().realServer(Endpoint.parse("a:1")).orElseThrow().weight());
    assertEquals(SECOND, changed.service(W).orElseThrow());
  }

  @Test
  void edit_unknownOrToAnotherKey_throws() {
    assertMessage(
        "virtual service: tcp x:80 (expected: one of [tcp v:80, tcp w:80])",
        () -> BOTH.edit(ServiceKey.tcp("x:80"), s -> s));
    assertMessage(
        "virtual service: tcp w:80 (expected: the key stays tcp v:80)",
        () -> BOTH.edit(V, s -> SECOND));
  }

  @Test
  void diff_equal_isEmpty() {
    Configuration same =
        Configuration.of(
            List.of(
                VirtualService.builder(V).realServer("A:1").realServer("b:1").build(),
                VirtualService.builder(W).realServer("a:1").build()));

    assertEquals(BOTH, same);
    assertEquals(BOTH.hashCode(), same.hashCode());
    assertEquals(List.of(), BOTH.diff(same));
    assertEquals(List.of(), Configuration.empty().diff(Configuration.empty()));
  }

  @Test
  void diff_eachKind_saysWhatIsDone() {
    Configuration next =
        Configuration.of(
            List.of(
                VirtualService.builder(V)
                    .scheduler("rr")
                    .sorryServer("s:1")
                    .realServer("b:1", 3)
                    .realServer("c:1", 2)
                    .check(PROBE)
                    .build(),
                VirtualService.builder(ServiceKey.tcp("x:80")).realServer("a:1").build()));

    List<Change> changes = BOTH.diff(next);

    assertEquals(
        List.of(
            "tcp w:80: remove service",
            "tcp v:80: edit service scheduler rr sorry server s:1",
            "tcp v:80: remove server a:1",
            "tcp v:80: edit server b:1 weight 3 check probe:/a" + TIMING,
            "tcp v:80: add server c:1 weight 2 check probe:/a" + TIMING,
            "tcp x:80: add service scheduler wlc",
            "tcp x:80: add server a:1 weight 1 no check"),
        changes.stream().map(Change::toString).toList());
    assertEquals(
        List.of(
            REMOVE_SERVICE,
            EDIT_SERVICE,
            REMOVE_SERVER,
            EDIT_SERVER,
            ADD_SERVER,
            ADD_SERVICE,
            ADD_SERVER),
        changes.stream().map(Change::kind).toList());
  }

  @Test
  void diff_onlyTheCheckDiffers_isAnEdit() {
    Configuration next =
        BOTH.edit(W, s -> s.with(RealServer.of("a:1").withChecks(CheckSpec.of(PROBE))));

    assertEquals(
        List.of(
            new Change(
                EDIT_SERVER,
                W,
                Endpoint.parse("a:1"),
                "tcp w:80: edit server a:1 weight 1 check probe:/a" + TIMING)),
        BOTH.diff(next));
  }

  @Test
  void diff_pathOrTimingOfTheCheckDiffers_saysIt() {
    CheckSpec check = CheckSpec.of(PROBE);
    Configuration before = BOTH.edit(W, s -> s.with(RealServer.of("a:1").withChecks(check)));

    assertEquals(
        "tcp w:80: edit server a:1 weight 1 check probe:/b" + TIMING,
        onlyChange(before, CheckSpec.of(new PathProbe("/b"))));
    assertEquals(
        "tcp w:80: edit server a:1 weight 1 check probe:/a"
            + " every PT3S retry PT2S timeout PT4S rise 5 fall 6",
        onlyChange(
            before,
            check
                .every(Duration.ofSeconds(3), Duration.ofSeconds(2))
                .timeout(Duration.ofSeconds(4))
                .counts(5, 6)));
  }

  private static String onlyChange(Configuration before, CheckSpec next) {
    List<Change> changes =
        before.diff(before.edit(W, s -> s.with(RealServer.of("a:1").withChecks(next))));
    assertEquals(1, changes.size());
    return changes.get(0).text();
  }

  @Test
  void diff_random_replayedReachesTheTarget() {
    for (long seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Configuration from = randomConfiguration(random);
      Configuration to = randomConfiguration(random);

      List<Change> changes = from.diff(to);

      String context = "seed " + seed + ": " + from + " to " + to + ": " + changes;
      assertEquals(content(to), content(replay(from, changes, to, context)), context);
      assertGoneFirst(changes, context);
      assertEquals(List.of(), to.diff(to), context);
    }
  }

  /** Services that go come first; in each service the servers that go, then the others. */
  private static void assertGoneFirst(List<Change> changes, String context) {
    boolean othersSeen = false;
    Map<ServiceKey, Boolean> serversSeen = new HashMap<>();
    for (Change change : changes) {
      boolean gone = change.kind() == REMOVE_SERVICE;
      assertTrue(!gone || !othersSeen, context);
      othersSeen |= !gone;
      if (change.kind() == ADD_SERVER || change.kind() == EDIT_SERVER) {
        serversSeen.put(change.service(), true);
      } else {
        assertTrue(serversSeen.get(change.service()) == null, context);
      }
    }
  }

  private static Configuration replay(
      Configuration from, List<Change> changes, Configuration to, String context) {
    Configuration now = from;
    for (Change change : changes) {
      now = replay(now, change, to, context);
    }
    return now;
  }

  private static Configuration replay(
      Configuration now, Change change, Configuration to, String context) {
    ServiceKey key = change.service();
    Optional<VirtualService> old = now.service(key);
    if (change.kind() == ADD_SERVICE) {
      assertTrue(old.isEmpty(), context);
      return now.with(header(to.service(key).orElseThrow(), List.of()));
    }
    if (change.kind() == REMOVE_SERVICE) {
      return now.without(key);
    }
    VirtualService target = to.service(key).orElseThrow();
    if (change.kind() == EDIT_SERVICE) {
      return now.with(header(target, old.orElseThrow().realServers()));
    }
    boolean known = old.orElseThrow().realServer(change.server()).isPresent();
    assertEquals(change.kind() != ADD_SERVER, known, context);
    return now.edit(
        key,
        s ->
            change.kind() == REMOVE_SERVER
                ? s.without(change.server())
                : s.with(target.realServer(change.server()).orElseThrow()));
  }

  private static VirtualService header(VirtualService of, List<RealServer> servers) {
    return new VirtualService(
        of.key(),
        of.addresses(),
        of.scheduler(),
        servers,
        of.sorryServer(),
        of.persistence(),
        of.slowStart(),
        of.onePacket(),
        of.isolation());
  }

  private static Map<ServiceKey, Object> content(Configuration configuration) {
    Map<ServiceKey, Object> content = new HashMap<>();
    for (VirtualService s : configuration.services()) {
      content.put(
          s.key(),
          List.of(
              s.scheduler(), Optional.ofNullable(s.sorryServer()), new HashSet<>(s.realServers())));
    }
    return content;
  }

  private static Configuration randomConfiguration(SplittableRandom random) {
    List<VirtualService> services = new ArrayList<>();
    for (int port = 1; port <= 4; port++) {
      if (random.nextInt(3) > 0) {
        services.add(randomService(random, port));
      }
    }
    return Configuration.of(services);
  }

  private static VirtualService randomService(SplittableRandom random, int port) {
    VirtualService.Builder builder =
        VirtualService.tcp("v:" + port).scheduler(random.nextBoolean() ? "rr" : "wlc");
    if (random.nextInt(3) == 0) {
      builder.sorryServer("s:" + (1 + random.nextInt(2)));
    }
    if (random.nextBoolean()) {
      builder.slowStart(SlowStart.over(Duration.ofSeconds(1 + random.nextInt(2))));
    }
    int first = random.nextInt(5);
    for (int i = 0; i < 5; i++) {
      if (random.nextBoolean()) {
        RealServer server =
            RealServer.of("r:" + (1 + (first + i) % 5)).withWeight(random.nextInt(3));
        builder.realServer(random.nextBoolean() ? server : server.withChecks(CheckSpec.of(PROBE)));
      }
    }
    return builder.build();
  }

  @Test
  void diff_persistenceOrThresholds_areSaid() {
    Configuration before =
        Configuration.of(List.of(VirtualService.builder(W).realServer("a:1").build()));
    Configuration after =
        before.edit(
            W,
            s ->
                s.withPersistence(PersistenceSpec.perClient().prefixes(24, 64))
                    .with(RealServer.of("a:1").withThresholds(10, 7)));

    assertEquals(
        List.of(
            "tcp w:80: edit service scheduler wlc persistent timeout PT5M prefixes 24/64 at most"
                + " 1000000",
            "tcp w:80: edit server a:1 weight 1 thresholds 10/7 no check"),
        before.diff(after).stream().map(Change::text).toList());
    assertEquals(
        List.of(
            "tcp w:80: edit service scheduler wlc", "tcp w:80: edit server a:1 weight 1 no check"),
        after.diff(before).stream().map(Change::text).toList());
    assertEquals(2, Configuration.empty().diff(after).size());
  }

  @Test
  void diff_slowStart_isSaid() {
    Configuration before = Configuration.of(List.of(VirtualService.builder(W).build()));
    SlowStart slowStart = SlowStart.over(Duration.ofSeconds(30));
    Configuration after = before.edit(W, s -> s.withSlowStart(slowStart));

    assertEquals(
        List.of("tcp w:80: edit service scheduler wlc slow start PT30S aggression 1.0 floor 0.1"),
        before.diff(after).stream().map(Change::text).toList());
    assertEquals(
        List.of(VirtualService.builder(W).slowStart(slowStart).build()),
        List.copyOf(after.services()));
  }

  @Test
  void diff_onePacket_isSaid() {
    ServiceKey dns = ServiceKey.udp("v:53");
    Configuration before = Configuration.of(List.of(VirtualService.builder(dns).build()));

    assertEquals(
        List.of("udp v:53: edit service scheduler wlc one packet"),
        before.diff(before.edit(dns, s -> s.withOnePacket(true))).stream()
            .map(Change::text)
            .toList());
  }

  private static void assertMessage(String expected, Executable e) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, e).getMessage());
  }
}
