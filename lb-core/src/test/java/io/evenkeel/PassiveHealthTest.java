// Over 500 lines: one table of cases for each part of the same small API.
package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.model.BreakerSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.OutlierSpec;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class PassiveHealthTest {
  private static final long SECOND = 1_000_000_000L;
  private static final OutlierSpec ROWS = OutlierSpec.none().consecutive(3).endedByCheck(true);

  /** Half of the last 10, of 4 at least; open for 20 s, then two trials. */
  private static final BreakerSpec BREAKER = new BreakerSpec(50, 4, 10, Duration.ofSeconds(20), 2);

  private final Logger logger = (Logger) LoggerFactory.getLogger(Director.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final List<Destination> notices = new ArrayList<>();
  private final Set<Destination> unfit = new HashSet<>();
  private final List<Destination> all = servers(4);
  private final Destination a = all.get(0);
  private final Destination b = all.get(1);
  private final Destination c = all.get(2);
  private long now = 1000 * SECOND;

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(logged);
  }

  private PassiveHealth watching(@Nullable OutlierSpec outliers, @Nullable BreakerSpec breaker) {
    PassiveHealth passive =
        new PassiveHealth(outliers, breaker, server -> !unfit.contains(server), notices::add);
    assertEquals(List.of(), passive.look(all, now));
    return passive;
  }

  private static List<Destination> servers(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Destination(
                    ServiceKey.tcp("v:80"),
                    Endpoint.parse((char) ('a' + i) + ":1"),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                    suspended -> {}))
        .toList();
  }

  private static Assignment open(Destination server) {
    Assignment opened = new Assignment();
    opened.assign(server, 0);
    return opened;
  }

  private static void end(Destination server, int count, Outcome outcome) {
    for (int i = 0; i < count; i++) {
      open(server).release(outcome);
    }
  }

  private static void pass(Destination server, int count) {
    end(server, count, Outcome.SUCCESS);
  }

  private static void fail(Destination server, int count) {
    end(server, count, Outcome.SERVER_ERROR);
  }

  /** As the controller does: looks at whom it was told of, and carries the verdicts out. */
  private List<String> take(PassiveHealth passive) {
    List<String> said = new ArrayList<>();
    List<Destination> told = List.copyOf(notices);
    notices.clear();
    told.forEach(each -> said.addAll(carryOut(passive.failed(each, now))));
    return said;
  }

  private List<String> look(PassiveHealth passive) {
    return carryOut(passive.look(all, now));
  }

  private static List<String> carryOut(List<PassiveHealth.Verdict> verdicts) {
    return verdicts.stream()
        .map(
            verdict -> {
              verdict.destination().eject(verdict.ejected());
              return verdict.destination().endpoint().host()
                  + (verdict.ejected() ? " out: " : " in: ")
                  + verdict.reason();
            })
        .toList();
  }

  @Test
  void failed_threeInARow_ejectsAtTheThird() {
    PassiveHealth passive = watching(ROWS, null);
    fail(a, 2);
    pass(a, 1);
    fail(a, 2);
    assertEquals(List.of(), take(passive));

    fail(a, 1);

    assertEquals(List.of("a out: 3 failures in a row"), take(passive));
    assertTrue(passive.isEjected(a));
    assertFalse(passive.isEjected(b));
  }

  /** The row is over before anybody looks. */
  @Test
  void failed_rowEndedMeanwhile_ejectsAllTheSame() {
    PassiveHealth passive = watching(ROWS, null);

    fail(a, 3);
    pass(a, 1);

    assertEquals(List.of("a out: 3 failures in a row"), take(passive));
  }

  @Test
  void notices_stormOfFailures_areOneUntilItIsTaken() {
    PassiveHealth passive = watching(ROWS.consecutive(1000), null);
    fail(a, 500);
    fail(b, 1);
    assertEquals(List.of(a, b), notices);

    assertEquals(List.of(), take(passive));
    fail(a, 500);
    assertEquals(List.of(a), notices);
    assertEquals(List.of("a out: 1000 failures in a row"), take(passive));
  }

  @Test
  void failed_whileEjected_countsNotAfterIt() {
    PassiveHealth passive = watching(ROWS, null);
    List<Assignment> late = List.of(open(a), open(a));
    fail(a, 3);
    take(passive);
    late.forEach(each -> each.release(Outcome.FAILED));
    assertEquals(List.of(), take(passive));

    now += 30 * SECOND - 1;
    assertEquals(List.of(), look(passive));
    now += 1;
    assertEquals(List.of("a in: ejection is over"), look(passive));

    fail(a, 2);
    assertEquals(List.of(), take(passive));
    fail(a, 1);
    assertEquals(List.of("a out: 3 failures in a row"), take(passive));
    now += 60 * SECOND - 1;
    assertEquals(List.of(), look(passive));
    now += 1;
    assertEquals(List.of("a in: ejection is over"), look(passive));
  }

  @Test
  void failed_shareUsedUp_isLoggedOnceInAnInterval() {
    PassiveHealth passive = watching(ROWS, null);
    fail(a, 3);
    fail(b, 3);
    take(passive);

    fail(c, 3);
    assertEquals(List.of(), take(passive));
    fail(c, 1);
    assertEquals(List.of(), take(passive));
    String refused = "tcp v:80 -> c:1: 3 failures in a row, not ejected: 2 of 4 are";
    assertEquals(List.of(refused + " (expected: at most 2)"), messages());

    now += 10 * SECOND;
    assertEquals(List.of(), look(passive));
    fail(c, 1);
    take(passive);
    assertEquals(2, messages().size());
  }

  private List<String> messages() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void checkPassed_ejected_comesBack() {
    PassiveHealth passive = watching(ROWS, null);
    fail(a, 3);
    take(passive);

    assertEquals(List.of(), carryOut(passive.checkPassed(b, now)));
    assertEquals(List.of("a in: check passed"), carryOut(passive.checkPassed(a, now)));
    assertEquals(List.of(), carryOut(passive.checkPassed(a, now)));
    assertFalse(passive.isEjected(a));

    // It makes room.
    fail(a, 3);
    fail(b, 3);
    assertEquals(2, take(passive).size());
  }

  @Test
  void look_fewerServers_shareHoldsAndWhoLeavesIsForgotten() {
    PassiveHealth passive = watching(ROWS, null);
    fail(a, 3);
    take(passive);
    now++;
    fail(b, 3);
    take(passive);

    assertEquals(
        List.of("a in: too many are ejected (expected: at most 1)"),
        carryOut(passive.look(List.of(a, b, c), now)));
    assertEquals(List.of("b in: not watched any more"), carryOut(passive.look(List.of(a, c), now)));
    assertFalse(passive.isEjected(b));

    fail(b, 3);
    assertEquals(List.of(), notices);
    assertEquals(List.of(), passive.failed(b, now));
    fail(c, 3);
    assertEquals(List.of("c out: 3 failures in a row"), take(passive));
    assertEquals(List.of("c in: not watched any more"), carryOut(passive.end()));
    fail(a, 3);
    assertEquals(List.of(), notices);
  }

  @Test
  void failed_othersUnfit_shareIsOfWhoIsLeft() {
    PassiveHealth passive = watching(ROWS, null);
    unfit.addAll(List.of(c, all.get(3)));
    fail(a, 3);
    assertEquals(List.of("a out: 3 failures in a row"), take(passive));
    fail(b, 3);
    assertEquals(List.of(), take(passive));

    // It was the last one that was fit and not ejected.
    unfit.add(b);
    assertEquals(List.of("a in: too many are ejected (expected: at most 0)"), look(passive));
    fail(a, 3);
    assertEquals(List.of(), take(passive));
  }

  /** A connection that fails makes a server suspect before anybody judges it. */
  @Test
  void failed_unfitItself_isEjectedIfOthersAreLeft() {
    PassiveHealth passive = watching(ROWS, null);
    unfit.addAll(List.of(a, c, all.get(3)));
    fail(a, 3);
    assertEquals(List.of("a out: 3 failures in a row"), take(passive));
    assertEquals(List.of(), look(passive));

    unfit.remove(a);
    assertEquals(List.of(), look(passive));
    unfit.add(b);
    assertEquals(1, look(passive).size());
    now += 30 * SECOND;
    assertEquals(List.of(), look(passive));
  }

  @Test
  void look_unfitAndEjected_comesBackInTime() {
    PassiveHealth passive = watching(ROWS, null);
    fail(a, 3);
    take(passive);
    unfit.add(a);

    now += 30 * SECOND - 1;
    assertEquals(List.of(), look(passive));
    now += 1;
    assertEquals(List.of("a in: ejection is over"), look(passive));
  }

  @Test
  void look_unfit_isNotJudgedAndNobodyByIt() {
    PassiveHealth passive =
        watching(OutlierSpec.none().successRate(new OutlierSpec.SuccessRate(10, 4, 1.5)), null);
    all.forEach(each -> pass(each, 10));
    fail(b, 10);
    unfit.add(c);

    now += 10 * SECOND;
    assertEquals(List.of(), look(passive));
    unfit.clear();
    all.forEach(each -> pass(each, 10));
    now += 10 * SECOND;
    assertEquals(List.of(), look(passive));
  }

  /** Carried out one after the other, they never eject more than the share. */
  @Test
  void look_oneComesBackAndOneGoes_whoComesBackIsFirst() {
    PassiveHealth passive = watching(ROWS, BREAKER);
    fail(b, 3);
    fail(c, 3);
    take(passive);
    now += 30 * SECOND;
    pass(a, 1);
    fail(a, 2);
    pass(a, 2);
    fail(a, 2);
    pass(a, 2);
    fail(a, 2);
    pass(a, 1);

    assertEquals(
        List.of(
            "b in: ejection is over",
            "c in: ejection is over",
            "a out: circuit breaker open: 50.0 % failed (expected: under 50.0 %)"),
        look(passive));
  }

  @Test
  void look_successRate_isThatOfTheInterval() {
    all.forEach(each -> fail(each, 1000));
    PassiveHealth passive =
        watching(OutlierSpec.none().successRate(new OutlierSpec.SuccessRate(10, 4, 1.5)), null);
    all.forEach(each -> pass(each, 10));
    fail(b, 10);

    now += 10 * SECOND - 1;
    assertEquals(List.of(), look(passive));
    now += 1;
    // Mean 87.5, deviation 21.65.
    assertEquals(List.of("b out: success rate 50.0 % (expected: 55.0 % or more)"), look(passive));
  }

  @Test
  void look_latency_isThatOfTheInterval() {
    PassiveHealth passive =
        watching(OutlierSpec.none().latency(new OutlierSpec.Latency(10, 3, Duration.ZERO)), null);
    answer(a, 812);
    answer(b, 80);
    answer(c, 80);

    now += 10 * SECOND;
    assertEquals(
        List.of("a out: latency 812 ms (expected: at most 240 ms, 3 x the median)"), look(passive));
    now += 30 * SECOND;
    assertEquals(List.of("a in: ejection is over"), look(passive));
    now += 10 * SECOND;
    assertEquals(List.of(), look(passive));
  }

  private static void answer(Destination server, int millis) {
    for (int i = 0; i < 10; i++) {
      Assignment opened = open(server);
      opened.answered(millis * 1_000_000L);
      opened.release(Outcome.SUCCESS);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 3, -", "0, 4, 100.0", "2, 2, 50.0", "3, 2, -", "9, 10, 52.6", "300, 299, -"})
  void breaker_deltas_openAtTheRate(int successes, int failures, String rate) {
    PassiveHealth passive = watching(null, new BreakerSpec(50, 4, 200, Duration.ofSeconds(20), 2));
    fail(a, failures);
    pass(a, successes);

    assertEquals(
        rate.equals("-")
            ? List.of()
            : List.of(
                "a out: circuit breaker open: " + rate + " % failed (expected: under 50.0 %)"),
        take(passive));
  }

  /** 600 of 1000 is 6 of 10, whatever came last. */
  @Test
  void breaker_moreThanTheWindow_isFedInProportion() {
    PassiveHealth passive = watching(null, BREAKER);
    fail(a, 600);
    pass(a, 400);

    assertEquals(
        List.of("a out: circuit breaker open: 60.0 % failed (expected: under 50.0 %)"),
        take(passive));
  }

  /** Successes give no notice; the next look counts them. */
  @Test
  void breaker_successesBetweenLooks_count() {
    PassiveHealth passive = watching(null, BREAKER);
    pass(a, 5);
    look(passive);
    fail(a, 4);
    assertEquals(List.of(), take(passive));
    fail(a, 1);

    assertEquals(1, take(passive).size());
  }

  @ParameterizedTest
  @CsvSource({"SUCCESS, SUCCESS, true", "SUCCESS, FAILED, false", "FAILED, FAILED, false"})
  void breaker_trials_decide(Outcome first, Outcome second, boolean closes) {
    PassiveHealth passive = watching(null, BREAKER);
    Assignment old = open(a);
    Assignment older = open(a);
    fail(a, 4);
    take(passive);

    now += 20 * SECOND - 1;
    assertEquals(List.of(), look(passive));
    now += 1;
    assertEquals(List.of("a in: ejection is over"), look(passive));
    assertTrue(a.isAvailable());
    Assignment one = open(a);
    assertTrue(a.isAvailable());
    Assignment two = open(a);
    assertTrue(a.isEjected());

    // What began before says nothing.
    old.release(Outcome.FAILED);
    older.release(Outcome.SUCCESS);
    assertEquals(List.of(), take(passive));
    assertTrue(a.isEjected());
    one.release(first);
    assertTrue(a.isAvailable());
    assertEquals(List.of(), take(passive));
    two.release(second);
    assertEquals(
        closes
            ? List.of()
            : List.of(
                "a out: circuit breaker open: "
                    + (first == Outcome.SUCCESS ? "50.0" : "100.0")
                    + " % failed (expected: under 50.0 %)"),
        take(passive));

    // Closed: there is no bound any more. Open: nobody chooses it.
    open(a);
    open(a);
    open(a);
    assertEquals(closes, a.isAvailable());
    now += 20 * SECOND;
    assertEquals(closes ? List.of() : List.of("a in: ejection is over"), look(passive));
  }

  @Test
  void breaker_trialsThatLast_countAsPassedAfterItsTime() {
    PassiveHealth passive = watching(null, BREAKER);
    fail(a, 4);
    take(passive);
    now += 20 * SECOND;
    look(passive);
    open(a);
    open(a);

    now += 20 * SECOND - 1;
    look(passive);
    assertTrue(a.isEjected());
    now += 1;
    look(passive);

    assertTrue(a.isAvailable());
    open(a);
    open(a);
    open(a);
    assertTrue(a.isAvailable());
  }

  @Test
  void breaker_trialWithoutConnections_goesOn() {
    PassiveHealth passive = watching(null, BREAKER);
    fail(a, 4);
    take(passive);
    now += 20 * SECOND;
    look(passive);

    now += 100 * SECOND;
    assertEquals(List.of(), look(passive));
    open(a);
    open(a);
    assertTrue(a.isEjected());
  }

  @Test
  void breaker_checkPassed_trialsBeginAtOnce() {
    PassiveHealth passive = watching(OutlierSpec.none().endedByCheck(true), BREAKER);
    fail(a, 4);
    take(passive);

    assertEquals(List.of("a in: check passed"), carryOut(passive.checkPassed(a, now)));
    open(a);
    open(a);
    assertTrue(a.isEjected());
  }

  @Test
  void breaker_shareUsedUp_beginsAnew() {
    PassiveHealth passive = watching(OutlierSpec.none().endedByCheck(true), BREAKER);
    fail(a, 4);
    fail(b, 4);
    assertEquals(2, take(passive).size());

    fail(c, 4);
    assertEquals(List.of(), take(passive));
    assertEquals(
        List.of(
            "tcp v:80 -> c:1: circuit breaker open: 100.0 % failed (expected: under 50.0 %),"
                + " not ejected: 2 of 4 are (expected: at most 2)"),
        messages());
    carryOut(passive.checkPassed(a, now));
    fail(c, 3);
    assertEquals(List.of(), take(passive));
    fail(c, 1);
    assertEquals(1, take(passive).size());
  }

  /** A trial that fails in a row is over before the breaker has all its results. */
  @Test
  void breaker_rowDuringTheTrial_ejectsAndTheTrialBeginsAnew() {
    BreakerSpec five = new BreakerSpec(50, 4, 10, Duration.ofSeconds(20), 5);
    PassiveHealth passive = watching(ROWS, five);
    for (int i = 0; i < 4; i++) {
      pass(a, 1);
      fail(a, 1);
    }
    assertEquals(1, take(passive).size());
    now += 20 * SECOND;
    assertEquals(List.of("a in: ejection is over"), look(passive));

    fail(a, 3);
    assertEquals(List.of("a out: 3 failures in a row"), take(passive));
    now += 30 * SECOND;
    assertEquals(List.of("a in: ejection is over"), look(passive));
    for (int i = 0; i < 5; i++) {
      assertTrue(a.isAvailable());
      open(a);
    }
    assertTrue(a.isEjected());
  }

  /** It freed its place, and told nothing. */
  @Test
  void breaker_trialAborted_isNoResult() {
    PassiveHealth passive = watching(null, BREAKER);
    fail(a, 4);
    take(passive);
    now += 20 * SECOND;
    look(passive);

    end(a, 10, Outcome.ABORTED);
    assertEquals(List.of(), take(passive));
    pass(a, 1);
    assertEquals(List.of(), take(passive));
    open(a);
    open(a);
    assertTrue(a.isEjected());
  }
}
