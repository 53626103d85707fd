package io.evenkeel.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.SlowStart;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.evenkeel.schedule.Reasoning.Compared;
import io.evenkeel.schedule.Reasoning.Draw;
import io.evenkeel.schedule.Reasoning.Drawn;
import io.evenkeel.schedule.Reasoning.Hashed;
import io.evenkeel.schedule.Reasoning.InWords;
import io.evenkeel.schedule.Reasoning.Located;
import io.evenkeel.schedule.Reasoning.PassedOver;
import io.evenkeel.schedule.Reasoning.Turn;
import io.evenkeel.schedule.Reasoning.Value;
import io.evenkeel.schedule.Reasoning.Warming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What schedulers say of their choices, each with its arithmetic. */
class ReasoningTest {
  private static final Endpoint A = Endpoint.parse("a:1");
  private static final Endpoint B = Endpoint.parse("b:1");
  private static final Endpoint C = Endpoint.parse("c:1");
  private static final String OVERHEAD = "least (256 · active + inactive) / weight";

  private static Farm farm(String scheduler) {
    return new Farm(Schedulers.named(scheduler).orElseThrow());
  }

  private static void assertExplains(Farm farm, Endpoint chosen, Reasoning expected) {
    Selection selection = farm.explain();
    assertEquals(expected, selection.reasoning());
    assertSame(farm.cell(chosen.host()), selection.chosen());
  }

  private static void assertExplainsNobody(Farm farm, Reasoning expected) {
    assertEquals(new Selection(null, expected), farm.explain());
  }

  @Test
  void rr_oneSuspended_saysWhichPlaceFollowsWhich() {
    Farm farm = farm("rr").add("a", 1).add("b", 1).add("c", 1).suspend("b", true);

    assertExplains(farm, C, new Turn(-1, 0, 3, 0));
    assertExplains(farm, A, new Turn(0, 2, 3, 0));
    assertExplains(farm, C, new Turn(2, 0, 3, 0));
    farm.suspend("a", true).suspend("c", true);
    assertExplainsNobody(farm, new Turn(0, 0, 3, 0));
    assertEquals("turn: from place 2 to 0 of 0..2", new Turn(2, 0, 3, 0).toString());
  }

  @Test
  void wrr_threeWeights_saysTheThreshold() {
    Farm farm = farm("wrr").add("a", 1).add("b", 2).add("c", 3);
    assertEquals("cba", farm.picks(3));

    // ccbcba: the threshold falls from 3 to 1.
    assertExplains(farm, C, new Turn(2, 0, 3, 3));
    assertExplains(farm, C, new Turn(0, 0, 3, 2));
    assertExplains(farm, B, new Turn(0, 1, 3, 2));
    assertEquals(
        "turn: from place 0 to 1 of 0..2, among those that weigh 2 or more",
        new Turn(0, 1, 3, 2).toString());
  }

  @Test
  void swrr_oneSuspended_saysTheTurnOfTheCycle() {
    // The cycle is aabacaa.
    Farm farm = farm("swrr").add("c", 1).add("b", 1).add("a", 5);

    assertExplains(farm, A, new Turn(-1, 0, 7, 0));
    farm.suspend("a", true);
    assertExplains(farm, B, new Turn(0, 2, 7, 0));
  }

  @Test
  void wlc_threeServers_saysWhatEachIsWorth() {
    Farm farm = farm("wlc").add("a", 2).add("b", 3).add("c", 0).load("a", 1, 1).load("b", 2, 1);

    // (256 + 1) / 2 and (2 * 256 + 1) / 3.
    Compared expected = new Compared(OVERHEAD, List.of(new Value(A, 128.5), new Value(B, 171)));
    assertExplains(farm, A, expected);
    assertEquals(OVERHEAD + ", of equals the first: a:1 = 128.5, b:1 = 171", expected.toString());
    farm.suspend("a", true).suspend("b", true);
    assertExplainsNobody(farm, new Compared(OVERHEAD, List.of()));
  }

  @Test
  void lc_equals_putsTheNewestFirst() {
    Farm farm = farm("lc").add("a", 9).add("b", 1).load("a", 1, 0).load("b", 1, 0);

    assertExplains(
        farm,
        B,
        new Compared(
            "least 256 · active + inactive", List.of(new Value(B, 256), new Value(A, 256))));
  }

  @Test
  void sed_twoServers_countsTheNewConnection() {
    Farm farm = farm("sed").add("a", 2).add("b", 1).load("a", 2, 5).load("b", 1, 0);

    assertExplains(
        farm,
        A,
        new Compared("least (active + 1) / weight", List.of(new Value(A, 1.5), new Value(B, 2))));
  }

  @Test
  void nq_oneIdle_isWorthNothing() {
    Farm farm = farm("nq").add("a", 1).add("b", 8).load("b", 1, 0);

    assertExplains(
        farm,
        A,
        new Compared(
            "least (active + 1) / weight, 0 without active ones",
            List.of(new Value(A, 0), new Value(B, 0.25))));
  }

  @Test
  void ovf_heaviestFull_isWorthInfinity() {
    Farm farm = farm("ovf").add("a", 2).add("b", 1).load("a", 3, 0);

    assertExplains(
        farm,
        B,
        new Compared(
            "least 1 / weight, infinite with more active ones than it weighs",
            List.of(new Value(B, 1), new Value(A, Double.POSITIVE_INFINITY))));
  }

  @Test
  void ewma_knownAndUnknown_saysLatencyTimesConnections() {
    Farm farm = farm("ewma").add("a", 2).add("b", 1).add("c", 4).load("c", 2, 0);
    Assignment open = new Assignment();
    open.assign(farm.cell("a"), 0);
    open.answered(1000);
    farm.suspend("b", true).at(1000);

    Compared compared = (Compared) farm.explain().reasoning();

    // 1000 ns · (1 + 1) / 2; and 1e100 · 2 / 4.
    assertEquals(List.of(A, C), compared.values().stream().map(Value::server).toList());
    assertEquals(1000, compared.values().get(0).value(), 1e-6);
    assertEquals(5e99, compared.values().get(1).value());
    farm.suspend("b", false);
    assertEquals(new Value(B, 0), ((Compared) farm.explain().reasoning()).values().get(0));
  }

  @Test
  void rendezvous_twoServers_saysTheirScores() {
    Farm farm = farm("rendezvous").add("a", 1).add("b", 2).client(7);

    Compared compared = (Compared) farm.explain().reasoning();

    assertEquals("most weight / -ln(number drawn for the client)", compared.best());
    for (Value value : compared.values()) {
      long drawn = Mix.of(Mix.client(flow(7)) ^ Mix.text(value.server().toString())) >>> 12;
      double number = (drawn + 0.5) / (1L << 52);
      int weight = value.server().equals(A) ? 1 : 2;
      assertEquals(weight / -Math.log(number), value.value(), 1e-6);
    }
    assertEquals(2, compared.values().size());
    assertEquals(farm.pick() + ":1", compared.values().get(0).server().toString());
    assertTrue(compared.values().get(0).value() > compared.values().get(1).value());
  }

  private static Flow flow(long address) {
    return new Flow().client(0, address, 1);
  }

  @Test
  void random_scripted_saysWhoWasDrawnOutOfWhat() {
    Farm farm = new Farm(Schedulers.weightedRandom(bound -> 0)).add("a", 2).add("b", 3).add("c", 0);

    // The first column is c's, and all of it stands for a.
    Drawn expected = new Drawn(List.of(new Draw(A, 2)), 5, null);
    assertExplains(farm, A, expected);
    assertEquals("drawn by weight out of 5: a:1 weight 2", expected.toString());
    farm.suspend("a", true).suspend("b", true);
    assertExplainsNobody(farm, new Drawn(List.of(), 0, null));
  }

  @Test
  void p2c_scripted_saysBothAndWhatTheyAreWorth() {
    Farm farm = new Farm(Schedulers.powerOfTwoChoices(bound -> 0)).add("a", 2).add("b", 3);
    farm.load("b", 1, 0);

    // Point 0 is b's; without b it is a's.
    Drawn expected =
        new Drawn(
            List.of(new Draw(B, 3), new Draw(A, 2)),
            5,
            new Compared(OVERHEAD, List.of(new Value(A, 0), new Value(B, 256 / 3.0))));
    assertExplains(farm, A, expected);
  }

  @Test
  void twos_sameTwice_saysBothDraws() {
    Farm farm =
        new Farm(Schedulers.powerOfTwoKernelChoices(bound -> 1)).add("a", 2).load("a", 0, 1);

    assertExplains(
        farm,
        A,
        new Drawn(
            List.of(new Draw(A, 2), new Draw(A, 2)),
            2,
            new Compared(OVERHEAD, List.of(new Value(A, 0.5)))));
  }

  @Test
  void sh_serverSuspended_saysTheBucketAndWhoWasPassedOver() {
    Flow client = new Flow().client(0, Farm.ipv4(0), 1);
    Farm farm = farm("sh").add("a", 1).add("b", 1).flow(client);

    // Address 0 hashes to 0; the buckets are b a b a ...
    assertExplains(farm, B, new Hashed("client 0.0.0.0", 0, 256, List.of()));
    farm.suspend("b", true);
    assertExplainsNobody(
        farm, new Hashed("client 0.0.0.0", 0, 256, List.of(new PassedOver(B, "suspended"))));
    farm = farm("sh:sh-port,sh-fallback").add("a", 1).add("b", 1).weight("a", 0).flow(client);
    // Port 1 is bucket 97, and that is a's; then 2 * 97 and so on.
    Hashed expected =
        new Hashed("client 0.0.0.0 port 1", 97, 256, List.of(new PassedOver(A, "weight 0")));
    assertExplains(farm, B, expected);
    assertEquals(
        "client 0.0.0.0 port 1 hashes to place 97 of 0..255, passed over: a:1 (weight 0)",
        expected.toString());
  }

  @Test
  void hash_noServers_saysThePlaceAlone() {
    Farm farm = new Farm(Schedulers.sourceHash()).add("a", 1).remove("a").client(Farm.ipv4(0));
    assertExplainsNobody(farm, new Hashed("client 0.0.0.0", 0, 256, List.of()));
    for (String name : List.of("dh", "mh", "ring", "maglev")) {
      Farm empty = farm(name).add("a", 1).remove("a");
      Selection nobody = empty.explain();
      assertNull(nobody.chosen());
      assertEquals(List.of(), ((Hashed) nobody.reasoning()).passedOver());
    }
  }

  @Test
  void dh_anyClient_saysTheDestinationsBucket() {
    // 0x61c88647 is 97 * 2^24 and some.
    Flow flow = new Flow().client(0, Farm.ipv4(9), 1).destination(0, Farm.ipv4(1), 80);
    Farm farm = farm("dh").add("a", 1).add("b", 1).add("c", 1).flow(flow);

    // 97 % 3 is 1: the second of c, b, a.
    assertExplains(farm, B, new Hashed("destination 0.0.0.1", 97, 256, List.of()));
    farm.cell("b").thresholds(1, 0);
    farm.load("b", 1, 0);
    assertExplainsNobody(
        farm, new Hashed("destination 0.0.0.1", 97, 256, List.of(new PassedOver(B, "overloaded"))));
  }

  @Test
  void mh_ipv6Client_saysThePlace() {
    Flow flow = new Flow().client(0x2001_0db8L << 32, 5, 1);
    Farm farm = farm("mh:size=251,mh-fallback").add("a", 1).add("b", 1).flow(flow);
    int hash = KernelHash.sip13(0x2001_0db8 ^ 5, 2654435761L, 2654435761L);
    int place = Integer.remainderUnsigned(hash, 251);
    Endpoint first = Objects.requireNonNull(farm.choose()).endpoint();

    assertExplains(farm, first, new Hashed("client 2001:db8:0:0:0:0:0:5", place, 251, List.of()));
    farm.suspend(first.host(), true);
    assertExplains(
        farm,
        first.equals(A) ? B : A,
        new Hashed(
            "client 2001:db8:0:0:0:0:0:5",
            place,
            251,
            List.of(new PassedOver(first, "suspended"))));
  }

  /** A client that belongs to a. */
  private static Farm clientOfA(Farm farm) {
    for (int client = 0; !farm.client(Farm.ipv4(client)).pick().equals("a"); client++) {
      assertTrue(client < 1000);
    }
    return farm;
  }

  @Test
  void ring_serverFull_saysItsShare() {
    Farm farm = clientOfA(farm("ring").add("a", 1).add("b", 1));
    Hashed own = (Hashed) farm.explain().reasoning();
    assertEquals(List.of(), own.passedOver());
    assertEquals(256, own.places());

    farm.load("a", 4, 0);

    // 125 % of (4 + 1) connections, by 1 of 2: 3.125, rounded up.
    assertExplains(
        farm,
        B,
        new Hashed(
            own.key(), own.place(), 256, List.of(new PassedOver(A, "4 connections, its share 4"))));
  }

  @Test
  void maglev_serverSuspended_saysThePlaceAndWhoWasPassedOver() {
    Farm farm = clientOfA(farm("maglev:size=101").add("a", 1).add("b", 1));
    Hashed own = (Hashed) farm.explain().reasoning();
    assertEquals(List.of(), own.passedOver());

    farm.suspend("a", true);

    Hashed other = (Hashed) farm.explain().reasoning();
    assertEquals(
        new Hashed(own.key(), own.place(), 101, List.of(new PassedOver(A, "suspended"))), other);
  }

  @Test
  void lblc_newThenKeptThenGivenUp_saysSo() {
    Flow flow = new Flow().destination(0, Farm.ipv4(1), 80);
    Farm farm = farm("lblc").add("a", 2).add("b", 1).load("b", 0, 1).flow(flow);
    String address = "destination 0.0.0.1";

    Compared all = new Compared(OVERHEAD, List.of(new Value(A, 0), new Value(B, 1)));
    assertExplains(farm, A, new Located(address, List.of(), List.of(A), Located.Verdict.NEW, all));
    assertExplains(
        farm, A, new Located(address, List.of(A), List.of(A), Located.Verdict.KEPT, null));
    farm.load("a", 3, 0);
    // 3 · 256 / 2; and b has no active one, less than half of 1.
    all = new Compared(OVERHEAD, List.of(new Value(B, 1), new Value(A, 384)));
    Located.Verdict busy = Located.Verdict.BUSY;
    Located expected = new Located(address, List.of(A), List.of(B), busy, all);
    assertExplains(farm, B, expected);
    assertEquals(
        address
            + " had a:1, has b:1: more active than its server weighs, and another has less than half; "
            + all,
        expected.toString());
    farm.weight("b", 0);
    all = new Compared(OVERHEAD, List.of(new Value(A, 384)));
    assertExplains(
        farm, A, new Located(address, List.of(B), List.of(A), Located.Verdict.EXCLUDED, all));
    farm.remove("a").weight("b", 1);
    all = new Compared(OVERHEAD, List.of(new Value(B, 1)));
    assertExplains(
        farm, B, new Located(address, List.of(A), List.of(B), Located.Verdict.GONE, all));
  }

  @Test
  void lblcr_setGrows_saysWhoWasAdded() {
    Flow flow = new Flow().destination(0, Farm.ipv4(1), 80);
    Farm farm = farm("lblcr").add("a", 2).add("b", 1).load("b", 0, 1).flow(flow);
    String address = "destination 0.0.0.1";

    Compared all = new Compared(OVERHEAD, List.of(new Value(A, 0), new Value(B, 1)));
    assertExplains(farm, A, new Located(address, List.of(), List.of(A), Located.Verdict.NEW, all));
    Compared set = new Compared(OVERHEAD, List.of(new Value(A, 0)));
    assertExplains(
        farm, A, new Located(address, List.of(A), List.of(A), Located.Verdict.KEPT, set));
    farm.load("a", 3, 0);
    all = new Compared(OVERHEAD, List.of(new Value(B, 1), new Value(A, 384)));
    Located.Verdict busy = Located.Verdict.BUSY;
    assertExplains(farm, B, new Located(address, List.of(A), List.of(B, A), busy, all));
    assertExplains(
        farm, B, new Located(address, List.of(B, A), List.of(B, A), Located.Verdict.KEPT, all));
    farm.suspend("a", true).suspend("b", true);
    Compared nobody = new Compared(OVERHEAD, List.of());
    assertExplainsNobody(
        farm, new Located(address, List.of(B, A), List.of(B, A), Located.Verdict.EXCLUDED, nobody));
    assertEquals(
        "x had nobody, has nobody: new",
        new Located("x", List.of(), List.of(), Located.Verdict.NEW, null).toString());
  }

  private static Farm warming(Scheduler inner, double coin) {
    Randomness random = bound -> (int) (coin * bound);
    SlowStart slowStart = SlowStart.over(Duration.ofNanos(1000));
    Farm farm = new Farm(Schedulers.slowStart(inner, slowStart, random)).add("a", 1).add("b", 1);
    farm.cell("b").warmUp(0);
    return farm.at(500);
  }

  @Test
  void slowStart_coinBelowShare_keepsTheFirst() {
    Farm farm = warming(Schedulers.roundRobin(), 0.25);

    // 500 ns of 1000.
    assertExplains(
        farm, B, new Warming(B, 0.5, 0.25, Warming.Result.KEPT, new Turn(-1, 0, 2, 0), null));
    assertExplains(farm, A, new Turn(0, 1, 2, 0));
  }

  @Test
  void slowStart_coinNotBelowShare_givesItToAWarmOne() {
    Farm farm = warming(Schedulers.roundRobin(), 0.5);

    Warming expected =
        new Warming(
            B, 0.5, 0.5, Warming.Result.WAITS, new Turn(-1, 0, 2, 0), new Turn(-1, 1, 2, 0));
    assertExplains(farm, A, expected);
    assertEquals(
        "b:1 is warming up, share 0.5, coin 0.5: another one gets this one; it was chosen first by"
            + " turn: from place -1 to 0 of 0..1; among the warm ones:"
            + " turn: from place -1 to 1 of 0..1",
        expected.toString());
    farm.suspend("a", true);
    assertExplains(
        farm,
        B,
        new Warming(
            B, 0.5, 0.5, Warming.Result.NOBODY_WARM, new Turn(0, 0, 2, 0), new Turn(1, 1, 2, 0)));
    farm.at(1000);
    assertExplains(farm, B, new Turn(0, 0, 2, 0));
    assertNull(farm.cell("b").warmUp());
  }

  @Test
  void slowStart_followsLoads_saysWhenTheShareIsUsedUp() {
    Farm farm = warming(Schedulers.leastConnection(), 0.25).load("a", 3, 0).load("b", 1, 0);
    String best = "least 256 · active + inactive";
    Compared all = new Compared(best, List.of(new Value(B, 256), new Value(A, 768)));
    Compared warm = new Compared(best, List.of(new Value(A, 768)));

    // 1 connection is at most half of 3.
    assertExplains(farm, B, new Warming(B, 0.5, 0.25, Warming.Result.KEPT, all, warm));
    farm.load("b", 1, 0);
    // 2 are not.
    all = new Compared(best, List.of(new Value(B, 512), new Value(A, 768)));
    assertExplains(farm, A, new Warming(B, 0.5, 0.25, Warming.Result.HAS_ITS_SHARE, all, warm));
  }

  @Test
  void toString_manyServers_showsTwentyAndCountsTheRest() {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      values.add(new Value(A, i));
    }

    assertTrue(new Compared("x", values).toString().endsWith("a:1 = 19 and 1 more"));
    assertTrue(new Compared("x", values.subList(0, 20)).toString().endsWith("a:1 = 19"));
    assertEquals("x, of equals the first: nobody", new Compared("x", List.of()).toString());
    assertEquals("words", new InWords("words").toString());
  }

  @Test
  void lists_changedLater_areNotSeen() {
    List<Value> values = new ArrayList<>();
    Compared compared = new Compared("x", values);
    values.add(new Value(C, 1));

    assertEquals(List.of(), compared.values());
    assertThrows(UnsupportedOperationException.class, () -> compared.values().clear());
  }
}
