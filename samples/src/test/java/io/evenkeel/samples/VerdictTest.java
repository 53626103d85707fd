package io.evenkeel.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictTest {
  private static final Duration SHORT = Duration.ofMillis(4);
  private static final Duration LONG = Duration.ofMillis(1230);
  private static final List<Double> EVEN = List.of(0.33, 0.34, 0.33);

  @Test
  void of_allAsItShouldBe_saysWhatHappened() {
    Verdict verdict = Verdict.of(facts(2, 0, SHORT, LONG, 0, LONG, LONG, EVEN, 0, 0));

    assertEquals(List.of(), verdict.problems());
    assertTrue(verdict.isGood());
    assertEquals(
        List.of(
            "Server B was killed after 6.1 s.",
            "2 of 8 412 requests failed, all on their way when it was killed.",
            "From 4 ms after the kill on no new connection went there.",
            "Its check took it out after 1.2 s (http: connection refused after 3 of 3).",
            "It was started again, and found healthy after 1.2 s.",
            "It had its share back after 1.2 s.",
            "In the last second the servers had 33 %, 34 %, 33 % of the requests.",
            "No connection was left at the end."),
        verdict.happened());
    verdict.happened().forEach(line -> assertTrue(line.length() <= Table.WIDTH, line));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0 of 8 412 requests failed.",
        "1 | 1 of 8 412 requests failed, which was on its way when it was killed."
      })
  void of_fewFailures_saysSo(long failed, String sentence) {
    Verdict verdict = Verdict.of(facts(failed, 0, SHORT, LONG, 0, LONG, LONG, EVEN, 0, 0));

    assertEquals(sentence, verdict.happened().get(1));
  }

  @ParameterizedTest
  @MethodSource
  void of_oneThingWrong_isTheProblem(Facts facts, String problem) {
    Verdict verdict = Verdict.of(facts);

    assertEquals(List.of(problem), verdict.problems());
    assertFalse(verdict.isGood());
  }

  static Stream<Arguments> of_oneThingWrong_isTheProblem() {
    return Stream.of(
        arguments(
            facts(3, 1, SHORT, LONG, 0, LONG, LONG, EVEN, 0, 0),
            "3 of 8 412 requests failed, of which 1 were not on their way when it was killed."),
        arguments(
            facts(0, 0, null, LONG, 0, LONG, LONG, EVEN, 0, 0),
            "New connections were not kept from it."),
        arguments(
            facts(0, 0, SHORT, LONG, 7, LONG, LONG, EVEN, 0, 0),
            "7 new connections went there while it was out."),
        arguments(
            facts(0, 0, SHORT, null, 0, LONG, LONG, EVEN, 0, 0),
            "Its health check did not take it out."),
        arguments(
            facts(0, 0, SHORT, LONG, 0, null, null, EVEN, 0, 0),
            "It was started again, and got no connections."),
        arguments(
            facts(0, 0, SHORT, LONG, 0, LONG, null, EVEN, 0, 0),
            "It was started again, and did not get its share back."),
        arguments(
            facts(0, 0, SHORT, LONG, 0, LONG, LONG, List.of(0.4, 0.2, 0.4), 0, 0),
            "In the last second the servers had 40 %, 20 %, 40 % of the requests."),
        arguments(
            facts(0, 0, SHORT, LONG, 0, LONG, LONG, EVEN, 3, 2),
            "3 connections were left at the end, and 2 had to be cut off."));
  }

  @ParameterizedTest
  @CsvSource({"0.20, true", "0.19, false", "0.30, true", "0.31, false"})
  void isEven_fourServers_toleratesFivePoints(double share, boolean even) {
    assertEquals(even, Verdict.isEven(List.of(share, 0.25, 0.25, 0.25)));
  }

  private static Facts facts(
      long failed,
      long failedApart,
      Duration avoidedAfter,
      Duration downAfter,
      long sentWhileOut,
      Duration upAfter,
      Duration shareBackAfter,
      List<Double> shares,
      long openAtEnd,
      long cutOff) {
    return new Facts(
        "B",
        6.1,
        8412,
        failed,
        failedApart,
        avoidedAfter,
        downAfter,
        "http: connection refused after 3 of 3",
        sentWhileOut,
        upAfter,
        shareBackAfter,
        shares,
        openAtEnd,
        cutOff);
  }
}
