package io.evenkeel.vrrp.track;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollingTest {
  private final List<CompletableFuture<String>> questions = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final Polling<String> polling =
      new Polling<>(this::ask, heard::add, () -> heard.add("late"), 2);

  private CompletableFuture<String> ask() {
    CompletableFuture<String> question = new CompletableFuture<>();
    questions.add(question);
    return question;
  }

  @ParameterizedTest
  @CsvSource({"1, 1000", "3, 334", "333, 4", "499, 3", "500, 2", "501, 2", "86400000, 2"})
  void lateTurns_interval_areTwoAndASecond(long millis, long turns) {
    assertEquals(turns, Polling.lateTurns(Duration.ofMillis(millis)));
  }

  @Test
  void turn_answered_asksAgain() {
    polling.turn();
    questions.get(0).complete("a");
    polling.turn();
    questions.get(1).complete("b");

    assertEquals(List.of("a", "b"), heard);
  }

  @Test
  void turn_notAnswered_isSkippedAndLateOnceAtTheSecond() {
    polling.turn();
    polling.turn();
    assertEquals(List.of(), heard);
    polling.turn();
    polling.turn();

    assertEquals(List.of("late"), heard);
    assertEquals(1, questions.size());
    questions.get(0).complete("at last");
    polling.turn();
    assertEquals(List.of("late", "at last"), heard);
    assertEquals(2, questions.size());

    polling.turn();
    polling.turn();
    assertEquals(List.of("late", "at last", "late"), heard);
  }

  @Test
  void turn_questionFails_asksAgain() {
    polling.turn();
    questions.get(0).completeExceptionally(new IllegalStateException("of the test"));
    polling.turn();
    questions.get(1).complete("b");

    assertEquals(List.of("b"), heard);
  }

  @Test
  void turn_askingThrows_asksAgain() {
    List<String> asked = new ArrayList<>();
    Polling<String> broken =
        new Polling<>(
            () -> {
              asked.add("asked");
              throw new IllegalStateException("of the test");
            },
            heard::add,
            () -> heard.add("late"),
            2);
    broken.turn();
    broken.turn();

    assertEquals(2, asked.size());
    assertEquals(List.of(), heard);
  }
}
