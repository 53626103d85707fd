package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckResult.Verdict;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.model.AdminState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentCheckTest {
  private static final String WORDS =
      " (expected: up, down, fail, stopped, ready, drain, maint, N% with N within 0..6553500,"
          + " maxconn:N)";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up|PASSED|up||",
        "UP|PASSED|UP||",
        "75%|PASSED|75%|75|",
        "0%|PASSED|0%|0|",
        "6553500%|PASSED|6553500%|6553500|",
        "ready|PASSED|ready||READY",
        "drain|PASSED|drain||DRAIN",
        "maint|PASSED|maint||MAINTENANCE",
        "down|FAILED|down||",
        "fail|FAILED|fail||",
        "Failed#by itself|FAILED|failed: by itself||",
        "stopped # for good|FAILED|stopped: for good||",
        "down#|FAILED|down||",
        "up#all is 50% well|PASSED|up#all is 50% well||",
        "' up , 50%\tready '|PASSED|'up , 50%?ready'|50|READY",
        "down 20% maint#x|FAILED|down: x|20|MAINTENANCE",
        "10% 20%|PASSED|10% 20%|20|",
        "maint ready|PASSED|maint ready||READY",
        "down up|PASSED|down up||",
        "up down|FAILED|down||",
        "maxconn:30 80%|PASSED|maxconn:30 80% (maxconn: not supported)|80|",
        "down maxconn:30|FAILED|down (maxconn: not supported)||",
      })
  void judge_words_areTaken(
      String line, Verdict verdict, String reason, Integer percent, AdminState admin) {
    DynamicWeight weight =
        percent == null ? null : new DynamicWeight(DynamicWeight.Kind.PERCENT, percent);
    assertEquals(new CheckResult(verdict, reason, weight, admin), AgentCheck.judge(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sick",
        "75",
        "-1%",
        "+1%",
        "7.5%",
        "%",
        "6553501%",
        "99999999%",
        "maxconn:",
        "maxconn:-1",
        "maxconn: 3"
      })
  void judge_unknownWord_failsAndTakesNothing(String word) {
    String first = word.startsWith("maxconn: ") ? "maxconn:" : word;
    assertEquals(CheckResult.fail(first + WORDS), AgentCheck.judge("50% drain " + word));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",\t,", "#up"})
  void judge_noWord_fails(String line) {
    assertEquals(CheckResult.fail(WORDS), AgentCheck.judge(line));
  }

  @Test
  void judge_longAndUnprintable_isCut() {
    CheckResult result = AgentCheck.judge("down#" + "\u001b[31m".repeat(100));
    assertEquals("down: " + "?[31m".repeat(20) + "...", result.reason());
  }

  @Test
  void sending_tooMuchOrNoBytes_throws() {
    assertEquals("agent", AgentCheck.create().sending("x".repeat(1024)).name());
    assertEquals(
        "send: " + "x".repeat(100) + "... (expected: 0..1024 bytes)",
        assertThrows(
                IllegalArgumentException.class, () -> AgentCheck.create().sending("x".repeat(1025)))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> AgentCheck.create().sending("\u20ac"));
  }

  @Test
  void equals_sameText_isOneCheck() {
    assertEquals(AgentCheck.create().sending("a"), AgentCheck.create().sending("a"));
    assertNotEquals(AgentCheck.create(), AgentCheck.create().sending("a"));
    assertEquals("agent", AgentCheck.create().toString());
    assertEquals("agent send web-1?", AgentCheck.create().sending("web-1\n").toString());
  }
}
