package io.evenkeel.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.OutlierSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutliersTest {
  private static final long SECOND = 1_000_000_000L;

  /** Base 30 s, at most 100 s, every 10 s, at most half. */
  private static final OutlierSpec SPEC =
      OutlierSpec.none()
          .consecutive(5)
          .endedByCheck(true)
          .ejection(Duration.ofSeconds(30), Duration.ofSeconds(100))
          .every(Duration.ofSeconds(10));

  private static final Outliers OUTLIERS = new Outliers(SPEC);
  private static final Ejection NONE = Ejection.none();

  /** Close to the end of what a long can hold, which the clock may be. */
  private static final long NOW = Math.subtractExact(Long.MAX_VALUE, 5 * SECOND);

  @ParameterizedTest
  @CsvSource({"0, false", "4, false", "5, true", "6, true"})
  void failed_row_ejectsFromTheLimitOn(int row, boolean ejected) {
    Ejection after = OUTLIERS.failed(NONE, row, 2, 0, NOW);

    assertEquals(
        ejected ? new Ejection(true, row + " failures in a row", NOW, NOW + 30 * SECOND, 1) : NONE,
        after);
  }

  @Test
  void failed_limitOff_neverEjects() {
    assertSame(NONE, new Outliers(SPEC.consecutive(0)).failed(NONE, 1000, 2, 0, NOW));
  }

  @Test
  void failed_ejectedAlready_changesNothing() {
    Ejection out = OUTLIERS.failed(NONE, 5, 2, 0, NOW);

    assertSame(out, OUTLIERS.failed(out, 50, 2, 1, NOW + 1));
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 1, 0, false",
    "0.5, 2, 0, true",
    "0.5, 2, 1, false",
    "0.5, 5, 1, true",
    "0.5, 5, 2, false",
    "0.5, 10, 4, true",
    "0.5, 10, 5, false",
    "0.1, 9, 0, false",
    "0.1, 10, 0, true",
    "0.1, 10, 1, false",
    "0.29, 100, 28, true",
    "0.29, 100, 29, false",
    "0, 10, 0, false",
    "0.99, 1, 0, false",
    "1, 1, 0, false",
    "1, 2, 0, true",
    "1, 2, 1, false",
    "1, 10, 8, true",
    "1, 10, 9, false",
    "1, 0, 0, false",
  })
  void failed_shareUsedUp_refuses(double share, int servers, int ejected, boolean room) {
    Outliers outliers = new Outliers(SPEC.share(share));

    Ejection row = outliers.failed(NONE, 5, servers, ejected, NOW);
    Ejection other = outliers.eject(NONE, "broken", 7, servers, ejected, NOW);

    assertEquals(room, row.ejected());
    assertEquals(room, other.ejected());
    if (room) {
      assertEquals(new Ejection(true, "broken", NOW, NOW + 7, 0), other);
    } else {
      String refused =
          ", not ejected: "
              + ejected
              + " of "
              + servers
              + " are (expected: at most "
              + SPEC.share(share).most(servers)
              + ")";
      assertEquals("5 failures in a row" + refused, row.reason());
      assertEquals("broken" + refused, other.reason());
    }
  }

  @ParameterizedTest
  @CsvSource({"-1, true", "0, false", "1, false"})
  void endInTime_ejected_comesBackAtItsEnd(long late, boolean ejected) {
    Ejection out = OUTLIERS.failed(NONE, 5, 2, 0, NOW);
    long now = NOW + 30 * SECOND + late;

    assertEquals(
        ejected ? out : new Ejection(false, "ejection is over", now, now, 1),
        OUTLIERS.endInTime(out, now));
    assertSame(NONE, OUTLIERS.endInTime(NONE, now));
  }

  @Test
  void failed_againAndAgain_timeGrowsUpToTheMaximum() {
    Ejection held = NONE;
    long now = NOW;
    for (int seconds : new int[] {30, 60, 90, 100, 100, 100}) {
      held = OUTLIERS.failed(held, 5, 2, 0, now);
      assertEquals(now + seconds * SECOND, held.untilNanos());
      now = held.untilNanos();
      held = OUTLIERS.endInTime(held, now);
    }
    assertEquals(4, held.times());
  }

  /** 120 s is a whole number of times 30 s: the fourth time is as long as it gets. */
  @Test
  void failed_maximumReachedExactly_timesGrowNoMore() {
    Outliers outliers =
        new Outliers(SPEC.ejection(Duration.ofSeconds(30), Duration.ofSeconds(120)));
    Ejection held = NONE;
    for (int expected : new int[] {1, 2, 3, 4, 4}) {
      held = outliers.failed(held.end("", NOW), 5, 2, 0, NOW);
      assertEquals(expected, held.times());
    }
  }

  @ParameterizedTest
  @CsvSource({"9999999999, 2", "10000000000, 1", "10000000001, 1"})
  void judge_wholeIntervalInRotation_timesDecrease(long later, int times) {
    Ejection back = new Ejection(false, "ejection is over", NOW, NOW, 2);

    assertEquals(times, judge(OUTLIERS, NOW + later, back).get(0).times());
  }

  @Test
  void judge_neverEjected_timesStayAtZero() {
    assertEquals(0, judge(OUTLIERS, NOW, NONE).get(0).times());
  }

  @Test
  void judge_ejected_timesStay() {
    Ejection out = new Ejection(true, "", NOW, NOW + 100 * SECOND, 2);

    assertEquals(2, judge(OUTLIERS, NOW + 50 * SECOND, out).get(0).times());
  }

  private static List<Ejection> judge(Outliers outliers, long now, Ejection... held) {
    List<Ejection> all = List.of(held);
    return outliers.judge(
        all, Collections.nCopies(all.size(), new Outliers.Sample(0, 0, 0, 0)), now);
  }

  @Test
  void checkPassed_ejected_ends() {
    Ejection out = OUTLIERS.failed(NONE, 5, 2, 0, NOW);

    assertEquals(
        new Ejection(false, "check passed", NOW + 1, NOW + 1, 1),
        OUTLIERS.checkPassed(out, NOW + 1));
    assertSame(NONE, OUTLIERS.checkPassed(NONE, NOW));
    assertSame(out, new Outliers(SPEC.endedByCheck(false)).checkPassed(out, NOW));
  }

  @Test
  void endTooMany_fewerServers_firstEjectedComesBackFirst() {
    // The clock passes the end of what a long can hold meanwhile.
    Ejection late = new Ejection(true, "late", NOW + 10 * SECOND, NOW + 100 * SECOND, 1);
    Ejection early = new Ejection(true, "early", NOW, NOW + 100 * SECOND, 1);
    Ejection middle = new Ejection(true, "middle", NOW + SECOND, NOW + 100 * SECOND, 1);
    long now = NOW + 20 * SECOND;

    List<Ejection> of6 = List.of(late, early, middle, NONE, NONE, NONE);
    assertEquals(of6, OUTLIERS.endTooMany(of6, now));
    List<Ejection> of5 = OUTLIERS.endTooMany(of6.subList(0, 5), now);
    assertEquals(List.of(late, middle), List.of(of5.get(0), of5.get(2)));
    assertEquals(
        new Ejection(false, "too many are ejected (expected: at most 2)", now, now, 1), of5.get(1));
    List<Ejection> of3 = OUTLIERS.endTooMany(of6.subList(0, 3), now);
    assertEquals(List.of(true, false, false), of3.stream().map(Ejection::ejected).toList());
    assertFalse(OUTLIERS.endTooMany(List.of(late), now).get(0).ejected());
    assertEquals(List.of(), OUTLIERS.endTooMany(List.of(), now));
  }

  private static final OutlierSpec RATES =
      OutlierSpec.none().successRate(new OutlierSpec.SuccessRate(100, 5, 1.9)).share(1);

  /** Four of 100 % and one of r: mean 80 + r/5, deviation (100 - r) 2/5, so 1.9 of them below. */
  @Test
  void judge_oneOfFiveFails_isEjected() {
    List<Ejection> after = judgeRates(RATES, 100, 100, 39, 100, 100);

    assertEquals(
        List.of(false, false, true, false, false), after.stream().map(Ejection::ejected).toList());
    // Mean 87.8, deviation 24.4.
    assertEquals("success rate 39.0 % (expected: 41.4 % or more)", after.get(2).reason());
    assertEquals(NOW + 30 * SECOND, after.get(2).untilNanos());
    assertEquals(1, after.get(2).times());
  }

  /** Rates 100, 100, 100, 100 and 0 lie 0.5 and 2 deviations from their mean. */
  @ParameterizedTest
  @CsvSource({"1.99, true", "2, false", "2.01, false"})
  void judge_rateAtTheBound_isNotEjected(double factor, boolean ejected) {
    OutlierSpec spec = RATES.successRate(new OutlierSpec.SuccessRate(100, 5, factor));

    assertEquals(ejected, judgeRates(spec, 100, 100, 100, 100, 0).get(4).ejected());
  }

  @Test
  void judge_allAlike_nobodyIsEjected() {
    for (int rate : new int[] {0, 50, 100}) {
      judgeRates(RATES, rate, rate, rate, rate, rate).forEach(e -> assertFalse(e.ejected()));
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 100, false", "5, 99, false", "5, 100, true", "10, 100, true"})
  void judge_tooFewServersOrResults_nobodyIsJudged(int servers, int results, boolean ejected) {
    List<Outliers.Sample> samples =
        IntStream.range(0, servers)
            .mapToObj(i -> new Outliers.Sample(i == 0 ? 0 : results, i == 0 ? results : 0, 0, 0))
            .toList();

    List<Ejection> after =
        new Outliers(RATES).judge(Collections.nCopies(servers, NONE), samples, NOW);

    assertEquals(ejected, after.get(0).ejected());
  }

  @Test
  void judge_ejectedServer_isNoMeasureForOthers() {
    List<Ejection> held = new ArrayList<>(Collections.nCopies(5, NONE));
    held.set(0, new Ejection(true, "", NOW, NOW + 1, 1));

    List<Ejection> after = new Outliers(RATES).judge(held, rates(100, 100, 100, 100, 0), NOW);

    assertFalse(after.get(4).ejected());
  }

  @Test
  void judge_roomForOne_worstIsEjected() {
    OutlierSpec spec = RATES.successRate(new OutlierSpec.SuccessRate(100, 5, 1)).share(0.1);

    List<Ejection> after = judgeRates(spec, 100, 100, 20, 100, 100, 10, 100, 100, 100, 100);

    assertTrue(after.get(5).ejected());
    assertFalse(after.get(2).ejected());
    assertTrue(
        after.get(2).reason().endsWith(", not ejected: 1 of 10 are (expected: at most 1)"),
        after.get(2).reason());
  }

  private static List<Ejection> judgeRates(OutlierSpec spec, int... percent) {
    return new Outliers(spec).judge(Collections.nCopies(percent.length, NONE), rates(percent), NOW);
  }

  private static List<Outliers.Sample> rates(int... percent) {
    return IntStream.of(percent)
        .mapToObj(rate -> new Outliers.Sample(rate, 100 - rate, 0, 0))
        .toList();
  }

  private static final OutlierSpec LATENCIES =
      OutlierSpec.none().latency(new OutlierSpec.Latency(10, 3, Duration.ofMillis(10))).share(1);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // One: nobody to compare with. Two: the other is the median. Three: the two others' mean.
        "9000, -",
        "240 80, -",
        "241 80, 'latency 241 ms (expected: at most 240 ms, 3 x the median)'",
        "812 70 90, 'latency 812 ms (expected: at most 240 ms, 3 x the median)'",
        "240 70 90, -",
        "812 1 80 5000, 'latency 812 ms (expected: at most 240 ms, 3 x the median)'",
        "90 20 20 500 500, -",
        "1501 20 20 500 500 500, 'latency 1501 ms (expected: at most 1500 ms, 3 x the median)'",
        "10 1 1, -",
        "11 1 1, 'latency 11 ms (expected: at most 10 ms)'",
      })
  void judge_latencyOfTheFirst_byTheMedianOfTheOthers(String millis, String reason) {
    List<Ejection> after = judgeLatencies(LATENCIES, 10, millis);

    assertEquals(reason != null, after.get(0).ejected());
    assertEquals(reason == null ? "" : reason, after.get(0).reason());
  }

  @ParameterizedTest
  @CsvSource({"9, false", "10, true"})
  void judge_tooFewAnswers_nobodyIsJudged(int answers, boolean ejected) {
    assertEquals(ejected, judgeLatencies(LATENCIES, answers, "900 80 80").get(0).ejected());
  }

  @Test
  void judge_roomForOne_slowestIsEjected() {
    List<Ejection> after = judgeLatencies(LATENCIES.share(0.2), 10, "80 500 900 80 80");

    assertEquals(
        List.of(false, false, true, false, false), after.stream().map(Ejection::ejected).toList());
    assertEquals(
        "latency 500 ms (expected: at most 240 ms, 3 x the median),"
            + " not ejected: 1 of 5 are (expected: at most 1)",
        after.get(1).reason());
  }

  @Test
  void judge_shortLatencies_areSaidInHundredths() {
    OutlierSpec spec = LATENCIES.latency(new OutlierSpec.Latency(10, 2.5, Duration.ZERO));
    List<Outliers.Sample> samples =
        List.of(
            new Outliers.Sample(0, 0, 10, 12_345_600), new Outliers.Sample(0, 0, 10, 3_000_000));

    assertEquals(
        "latency 1.23 ms (expected: at most 0.75 ms, 2.5 x the median)",
        new Outliers(spec).judge(List.of(NONE, NONE), samples, NOW).get(0).reason());
  }

  private static List<Ejection> judgeLatencies(OutlierSpec spec, int answers, String millis) {
    List<Outliers.Sample> samples = new ArrayList<>();
    for (String mean : millis.split(" ", -1)) {
      samples.add(new Outliers.Sample(0, 0, answers, answers * Long.parseLong(mean) * 1_000_000));
    }
    return new Outliers(spec).judge(Collections.nCopies(samples.size(), NONE), samples, NOW);
  }

  /** Whatever happens in whatever order, with servers that come and go. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anySequence_shareAndTimesAreHeld(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    OutlierSpec spec =
        SPEC.successRate(new OutlierSpec.SuccessRate(1, 2, 0.5))
            .latency(new OutlierSpec.Latency(1, 1.5, Duration.ZERO))
            .share(random.nextInt(101) / 100.0);
    Outliers outliers = new Outliers(spec);
    List<Ejection> held = new ArrayList<>();
    long now = NOW;
    int most = 0;
    for (int step = 0; step < 20_000; step++) {
      now += random.nextLong(20 * SECOND);
      long when = now;
      held.replaceAll(each -> outliers.endInTime(each, when));
      int ejected = (int) held.stream().filter(Ejection::ejected).count();
      int any = held.isEmpty() ? -1 : random.nextInt(held.size());
      switch (random.nextInt(any < 0 ? 1 : 6)) {
        case 0 -> {
          held.subList(random.nextInt(held.size() + 1), held.size()).clear();
          held.addAll(Collections.nCopies(random.nextInt(12), NONE));
          held = outliers.endTooMany(held, now);
        }
        case 1 -> held.set(any, outliers.checkPassed(held.get(any), now));
        case 2 -> {
          held = outliers.endTooMany(held, now);
          List<Outliers.Sample> samples = new ArrayList<>();
          for (int i = 0; i < held.size(); i++) {
            samples.add(
                new Outliers.Sample(
                    random.nextInt(5), random.nextInt(5), random.nextInt(3), random.nextInt(9)));
          }
          held = outliers.judge(held, samples, now);
        }
        case 3 ->
            held.set(any, outliers.eject(held.get(any), "", 9 * SECOND, held.size(), ejected, now));
        default ->
            held.set(
                any, outliers.failed(held.get(any), random.nextInt(9), held.size(), ejected, now));
      }
      String where = "seed " + seed + " step " + step;
      ejected = (int) held.stream().filter(Ejection::ejected).count();
      assertTrue(ejected <= spec.maxEjectedShare() * held.size() + 1e-9, where);
      assertTrue(held.isEmpty() || ejected < held.size(), where);
      most = Math.max(most, ejected);
      for (Ejection each : held) {
        assertTrue(each.times() >= 0 && each.times() <= 4, where);
        assertTrue(each.untilNanos() - each.sinceNanos() <= 100 * SECOND, where);
      }
    }
    assertTrue(most > 0 || spec.maxEjectedShare() < 0.1, "seed " + seed + ": nobody was ejected");
  }
}
