package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachabilityTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MILLI = Duration.ofMillis(1);

  private final List<CompletableFuture<Boolean>> asked = new ArrayList<>();
  private final List<String> ended = new ArrayList<>();

  private Round round(int probes) {
    IntFunction<Probe> probe =
        i ->
            Probe.named(
                "p" + i,
                () -> {
                  CompletableFuture<Boolean> answer = new CompletableFuture<>();
                  asked.add(answer);
                  return answer;
                });
    List<Probe> all = IntStream.range(0, probes).mapToObj(probe).toList();
    Round round = new Round(all, r -> ended.add(r.isPassed() + ": " + r));
    round.ask();
    return round;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, '', 1",
    "1, 1, 0, passed, 1",
    "1, 0, 1, failed, 1",
    "2, 1, 0, '', 2",
    "2, 2, 0, passed, 2",
    "2, 1, 1, failed, 2",
    "2, 0, 1, failed, 2",
    "3, 1, 1, '', 2",
    "3, 2, 0, passed, 2",
    "3, 0, 2, failed, 2",
    "3, 2, 1, passed, 2",
    "4, 2, 1, '', 3",
    "4, 2, 2, failed, 3",
    "4, 3, 1, passed, 3",
    "5, 2, 2, '', 3",
    "5, 3, 2, passed, 3",
    "5, 2, 3, failed, 3",
  })
  void vote_answers_isDecidedByAMajority(int all, int yes, int no, String expected, int needed) {
    Vote vote = new Vote(yes, no, all);

    assertEquals(needed, vote.needed());
    assertEquals(!expected.isEmpty(), vote.isDecided());
    assertEquals(expected.equals("passed"), vote.isPassed());
  }

  @Test
  void round_majority_endsAtOnceAndCancelsTheRest() {
    round(3);
    asked.get(2).complete(true);
    assertEquals(List.of(), ended);
    asked.get(0).complete(true);

    assertEquals(List.of("true: 2 of 3 reached (expected: 2 or more)"), ended);
    assertTrue(asked.get(1).isCancelled());
  }

  @Test
  void round_noMajorityPossible_endsAtOnceAndSaysWhy() {
    round(3);
    asked.get(2).complete(false);
    asked.get(0).completeExceptionally(new IllegalStateException("of the test"));

    assertEquals(
        List.of("false: 0 of 3 reached (expected: 2 or more); p2: no, p0: of the test"), ended);
  }

  @Test
  void round_ended_countsSilenceAsNo() {
    Round round = round(3);
    asked.get(1).complete(true);
    round.end();
    round.end();
    asked.get(0).complete(true);

    assertEquals(
        List.of("false: 1 of 3 reached (expected: 2 or more); p0: no answer, p2: no answer"),
        ended);
  }

  @Test
  void round_probeThrows_isANo() {
    Round round =
        new Round(
            List.of(
                Probe.named(
                    "broken",
                    () -> {
                      throw new IllegalStateException("of the test");
                    })),
            r -> ended.add(r.toString()));
    round.ask();

    assertEquals(List.of("0 of 1 reached (expected: 1 or more); broken: of the test"), ended);
  }

  @Test
  void round_probeReturnsNull_isANo() {
    Round round =
        new Round(
            List.of(Probe.named("null", () -> null), Probe.named("well", () -> answered(true))),
            r -> ended.add(r.toString()));
    round.ask();

    assertEquals(
        List.of(
            "0 of 2 reached (expected: 2 or more); null: future: null (expected: one that completes)"),
        ended);
  }

  private static CompletableFuture<Boolean> answered(boolean yes) {
    return CompletableFuture.completedFuture(yes);
  }

  @Test
  void loseTime_rule_isTheWorstCase() {
    ReachabilityRule rule = ReachabilityRule.of(SECOND, Duration.ofMillis(300), 3);

    assertEquals(Duration.ofMillis(3300), rule.loseTime());
    assertEquals(Duration.ofMillis(3800), rule.takeTime());
    Reachability gate = Reachability.of("gw", List.of(CompletableFuture::new), rule);
    assertEquals(rule.loseTime(), gate.loseTime());
    assertEquals(rule.takeTime(), gate.takeTime());
    assertTrue(gate.initial().isFault());
    assertEquals("reachability gw", gate.name());
  }

  @Test
  void rule_outOfRange_throws() {
    new ReachabilityRule(SECOND, SECOND, 1, SECOND.multipliedBy(2).plusNanos(1));
    assertMessage(
        "takeTime: PT2S (expected: over the time to lose, PT2S)",
        () -> new ReachabilityRule(SECOND, SECOND, 1, SECOND.multipliedBy(2)));
    assertMessage(
        "timeout: PT1.001S (expected: at most the interval, PT1S)",
        () -> ReachabilityRule.of(SECOND, SECOND.plus(MILLI), 1));
    assertMessage("fall: 0 (expected: 1..1000)", () -> ReachabilityRule.of(SECOND, SECOND, 0));
    assertMessage(
        "timeout: PT0S (expected: 1 ms..1 day)",
        () -> ReachabilityRule.of(SECOND, Duration.ZERO, 1));
    assertMessage(
        "interval: PT0.000999999S (expected: 1 ms..1 day)",
        () -> ReachabilityRule.of(MILLI.minusNanos(1), MILLI, 1));
    assertMessage(
        "probes: [] (expected: one or more)",
        () -> Reachability.of("gw", List.of(), ReachabilityRule.of(SECOND, SECOND, 1)));
  }

  @Test
  void tcp_unresolved_throws() {
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 80);

    assertThrows(IllegalArgumentException.class, () -> Probe.tcp(nowhere));
  }

  private static void assertMessage(String expected, Executable making) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, making).getMessage());
  }
}
