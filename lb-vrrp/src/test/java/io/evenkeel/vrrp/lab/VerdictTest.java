package io.evenkeel.vrrp.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.vrrp.lab.InteropLab.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static Outcome outcome(String last, int twoMillis) {
    return new Outcome(last, Duration.ZERO, Duration.ofMillis(twoMillis), last);
  }

  private static Verdict verdict(String... ours) {
    return new Verdict(
        Case.all().get(0),
        Collections.nCopies(5, outcome("high", 30)),
        Arrays.stream(ours).map(last -> outcome(last, 0)).toList());
  }

  @Test
  void isGood_anotherOwner_onlyInOneRunOfSix() {
    assertTrue(verdict("high").isGood());
    assertFalse(verdict("low").isGood());
    assertFalse(verdict("low", "high", "high", "high", "high").isGood());
    assertTrue(verdict("low", "high", "high", "high", "high", "high").isGood());
    assertFalse(verdict("low", "high", "low", "high", "high", "high").isGood());
    assertFalse(verdict("low", "high", "low", "high", "low", "high").isGood());
  }

  @Test
  void isGood_failed_isAnotherOwnerWhateverKeepalivedDid() {
    Outcome failed = outcome(Outcome.FAILED, 0);

    Verdict verdict = new Verdict(Case.all().get(0), List.of(failed), List.of(failed));

    assertFalse(verdict.isGood());
  }

  @Test
  void isGood_tooLong_unlessARunOfTheSameOwnerIsInTime() {
    Outcome slow = outcome("high", 51);
    Outcome other = outcome("low", 0);
    Outcome quick = outcome("high", 50);

    assertFalse(with(slow, slow).isGood());
    assertTrue(with(slow, slow, quick).isGood());
    assertFalse(with(slow, slow, slow, slow, slow, other).isGood());
    assertTrue(with(slow, other, slow, slow, slow, quick).isGood());
  }

  private static Verdict with(Outcome... ours) {
    return new Verdict(
        Case.all().get(0), Collections.nCopies(5, outcome("high", 30)), List.of(ours));
  }

  @Test
  void last_notAlwaysTheSame_saysInHowManyRuns() {
    assertEquals("high", verdict("high", "high").last());
    assertEquals("high 2 of 3, low 1 of 3", verdict("high", "low", "high").last());
  }
}
