package io.evenkeel.health;

import static io.evenkeel.health.HealthEvent.Kind.CHECK_FAILED;
import static io.evenkeel.health.HealthEvent.Kind.CHECK_PASSED;
import static io.evenkeel.health.HealthEvent.Kind.CONNECT_FAILED;
import static io.evenkeel.health.HealthEvent.Kind.RETRY_DUE;
import static io.evenkeel.health.ServerState.DOWN;
import static io.evenkeel.health.ServerState.SUSPECT;
import static io.evenkeel.health.ServerState.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.AdminState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.FlapDamping;
import io.evenkeel.model.InitialState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthTest {
  private static final CheckSpec SPEC = CheckSpec.of(() -> "probe").counts(3, 4);
  private static final long BEFORE = 1000;
  private static final long NOW = 2000;

  private static Health health(ServerState state, int streak, String reason, long sinceNanos) {
    return new Health(
        state, streak, reason, sinceNanos, true, null, AdminState.READY, 0, sinceNanos);
  }

  private static String said(ServerState state, int streak, String reason, long sinceNanos) {
    return state + " " + streak + " " + reason + " since " + sinceNanos;
  }

  private static String said(Health health) {
    return said(health.state(), health.streak(), health.reason(), health.sinceNanos());
  }

  /** With rise 3 and fall 4: every state and event, one under each edge and at it. */
  @ParameterizedTest
  @CsvSource({
    "UP, 0, CHECK_PASSED, UP, 0",
    "UP, 1, CHECK_PASSED, UP, 0",
    "UP, 3, CHECK_PASSED, UP, 0",
    "UP, 0, CHECK_FAILED, UP, 1",
    "UP, 2, CHECK_FAILED, UP, 3",
    "UP, 3, CHECK_FAILED, DOWN, 0",
    "UP, 0, CONNECT_FAILED, SUSPECT, 0",
    "UP, 1, CONNECT_FAILED, SUSPECT, -1",
    "UP, 3, CONNECT_FAILED, SUSPECT, -3",
    "UP, 2, RETRY_DUE, UP, 2",
    "DOWN, 0, CHECK_PASSED, DOWN, 1",
    "DOWN, 1, CHECK_PASSED, DOWN, 2",
    "DOWN, 2, CHECK_PASSED, UP, 0",
    "DOWN, 0, CHECK_FAILED, DOWN, 0",
    "DOWN, 2, CHECK_FAILED, DOWN, 0",
    "DOWN, 0, CONNECT_FAILED, DOWN, 0",
    "DOWN, 2, CONNECT_FAILED, DOWN, 2",
    "DOWN, 2, RETRY_DUE, DOWN, 2",
    "SUSPECT, 0, CHECK_PASSED, SUSPECT, 1",
    "SUSPECT, 1, CHECK_PASSED, SUSPECT, 2",
    "SUSPECT, 2, CHECK_PASSED, UP, 0",
    "SUSPECT, -3, CHECK_PASSED, SUSPECT, 1",
    "SUSPECT, 0, CHECK_FAILED, SUSPECT, -1",
    "SUSPECT, 2, CHECK_FAILED, SUSPECT, -1",
    "SUSPECT, -2, CHECK_FAILED, SUSPECT, -3",
    "SUSPECT, -3, CHECK_FAILED, DOWN, 0",
    "SUSPECT, 2, CONNECT_FAILED, SUSPECT, 2",
    "SUSPECT, -2, CONNECT_FAILED, SUSPECT, -2",
    "SUSPECT, 0, RETRY_DUE, UP, 0",
    "SUSPECT, 2, RETRY_DUE, UP, 0",
    "SUSPECT, -1, RETRY_DUE, SUSPECT, -1",
  })
  void step_checked_isAsTheTableSays(
      ServerState state, int streak, HealthEvent.Kind event, ServerState next, int nextStreak) {
    assertStep(SPEC, state, streak, event, next, nextStreak);
  }

  /** One result is a verdict. */
  @ParameterizedTest
  @CsvSource({
    "UP, 0, CHECK_FAILED, DOWN, 0",
    "UP, 0, CHECK_PASSED, UP, 0",
    "DOWN, 0, CHECK_PASSED, UP, 0",
    "DOWN, 0, CHECK_FAILED, DOWN, 0",
    "SUSPECT, 0, CHECK_PASSED, UP, 0",
    "SUSPECT, 0, CHECK_FAILED, DOWN, 0",
  })
  void step_riseAndFallOne_decidesAtOnce(
      ServerState state, int streak, HealthEvent.Kind event, ServerState next, int nextStreak) {
    assertStep(SPEC.counts(1, 1), state, streak, event, next, nextStreak);
  }

  @ParameterizedTest
  @CsvSource({
    "UP, CHECK_PASSED, UP",
    "UP, CHECK_FAILED, UP",
    "UP, CONNECT_FAILED, SUSPECT",
    "UP, RETRY_DUE, UP",
    "SUSPECT, CHECK_PASSED, SUSPECT",
    "SUSPECT, CHECK_FAILED, SUSPECT",
    "SUSPECT, CONNECT_FAILED, SUSPECT",
    "SUSPECT, RETRY_DUE, UP",
    "DOWN, CHECK_PASSED, DOWN",
    "DOWN, CONNECT_FAILED, DOWN",
    "DOWN, RETRY_DUE, DOWN",
  })
  void step_notChecked_onlyConnectionsAndTimeCount(
      ServerState state, HealthEvent.Kind event, ServerState next) {
    assertStep(null, state, 0, event, next, 0);
  }

  private static void assertStep(
      CheckSpec spec,
      ServerState state,
      int streak,
      HealthEvent.Kind kind,
      ServerState next,
      int nextStreak) {
    Health before = health(state, streak, "old", BEFORE);

    Health after = before.step(spec, new HealthEvent(kind, "new"), NOW);

    assertEquals(next, after.state());
    assertEquals(nextStreak, after.streak());
    assertEquals(next == state ? BEFORE : NOW, after.sinceNanos());
    // What passes while it is up says why it is.
    boolean renewed = spec != null && state == UP && kind == CHECK_PASSED;
    assertEquals(next == state && !renewed, after.reason().equals("old"), after.reason());
    if (next == state && streak == nextStreak && !renewed) {
      assertSame(before, after);
    }
  }

  @Test
  void initial_nothingKnown_isUp() {
    assertEquals(said(UP, 0, "not checked yet", 42), said(Health.initial(SPEC, 42)));
  }

  @Test
  void step_fallsAndRises_saysWhyAndSinceWhen() {
    Health health = Health.initial(SPEC, 0);
    for (int i = 1; i <= 4; i++) {
      health = health.step(SPEC, new HealthEvent(CHECK_FAILED, "500"), i);
    }
    assertEquals(said(DOWN, 0, "probe: 500 after 4 of 4", 4), said(health));

    for (int i = 5; i <= 7; i++) {
      health = health.step(SPEC, new HealthEvent(CHECK_PASSED, "200"), i);
    }
    assertEquals(said(UP, 0, "probe: 200 after 3 of 3", 7), said(health));
  }

  @Test
  void step_failuresBeforeTheSuspicion_countOn() {
    Health health = Health.initial(SPEC, 0);
    health = health.step(SPEC, new HealthEvent(CHECK_FAILED, "500"), 1);
    health = health.step(SPEC, new HealthEvent(CHECK_FAILED, "500"), 2);
    health = health.step(SPEC, new HealthEvent(CONNECT_FAILED, "refused"), 3);
    assertEquals(said(SUSPECT, -2, "refused", 3), said(health));

    health = health.step(SPEC, new HealthEvent(CHECK_FAILED, "500"), 4);
    assertEquals(said(SUSPECT, -3, "refused", 3), said(health));
    health = health.step(SPEC, new HealthEvent(CHECK_FAILED, "500"), 5);
    assertEquals(said(DOWN, 0, "probe: 500 after 4 of 4", 5), said(health));
  }

  @Test
  void step_retryDue_isUpForThatReason() {
    Health health =
        Health.initial(null, 0).step(null, new HealthEvent(CONNECT_FAILED, "refused"), 1);

    assertEquals(
        said(UP, 0, "again", 6), said(health.step(null, new HealthEvent(RETRY_DUE, "again"), 6)));
  }

  /**
   * Down exactly when the last {@code fall} results since it came up failed, up exactly when the
   * last {@code rise} results since it was up passed, suspect exactly when a connection failed
   * while it was up, and then up when the time is over and no check has failed.
   */
  @Test
  void step_random_isWhatTheLastResultsSay() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      CheckSpec spec = SPEC.counts(random.nextInt(1, 5), random.nextInt(1, 5));
      Health health = Health.initial(SPEC, 0);
      List<HealthEvent.Kind> sinceItCameUp = new ArrayList<>();
      List<HealthEvent.Kind> sinceItWasUp = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        HealthEvent.Kind kind = HealthEvent.Kind.values()[random.nextInt(4)];
        if (kind == CHECK_PASSED || kind == CHECK_FAILED) {
          sinceItCameUp.add(kind);
          sinceItWasUp.add(kind);
        }
        ServerState expected = health.state();
        if (expected == UP) {
          sinceItWasUp.clear();
          expected = kind == CONNECT_FAILED ? SUSPECT : UP;
        } else if (kind == RETRY_DUE && expected == SUSPECT && health.streak() >= 0) {
          expected = UP;
          sinceItCameUp.clear();
        } else if (endsWith(sinceItWasUp, CHECK_PASSED, spec.rise())) {
          expected = UP;
          sinceItCameUp.clear();
        }
        if (kind == CHECK_FAILED && endsWith(sinceItCameUp, CHECK_FAILED, spec.fall())) {
          expected = DOWN;
        }

        health = health.step(spec, new HealthEvent(kind, "r"), i);

        assertEquals(expected, health.state(), "seed " + seed + ", step " + i + ", " + spec);
      }
    }
  }

  private static boolean endsWith(
      List<HealthEvent.Kind> results, HealthEvent.Kind kind, int count) {
    int size = results.size();
    return size >= count && results.subList(size - count, size).stream().allMatch(k -> k == kind);
  }

  /** The time that a certificate has left changes while the check passes. */
  @Test
  void step_passesForAnotherReason_isTheLastOne() {
    Health health = Health.initial(SPEC, 0);
    for (String reason : List.of("60 days", "3 days", "3 days")) {
      health = health.step(SPEC, new HealthEvent(CHECK_PASSED, reason), 1);
    }
    assertEquals(said(UP, 0, "probe: 3 days", 0), said(health));
    assertSame(health, health.step(SPEC, new HealthEvent(CHECK_PASSED, "3 days"), 2));
  }

  private static Health after(CheckSpec spec, String results) {
    Health health = Health.initial(spec, 0);
    for (int i = 0; i < results.length(); i++) {
      HealthEvent.Kind kind = results.charAt(i) == '+' ? CHECK_PASSED : CHECK_FAILED;
      health = health.step(spec, new HealthEvent(kind, "r"), i + 1);
    }
    return health;
  }

  /** Rise 3 and fall 4: what is held at first, and when a result has borne it out. */
  @ParameterizedTest
  @CsvSource({
    "UP, '', UP, false",
    "UP, +, UP, true",
    "UP, ---, UP, false",
    "UP, ----, DOWN, true",
    "DOWN, '', DOWN, false",
    "DOWN, ++, DOWN, false",
    "DOWN, +++, UP, true",
    "DOWN, -, DOWN, true",
    "ALPHA, '', DOWN, false",
    "ALPHA, +, UP, true",
    "ALPHA, -, DOWN, true",
    "ALPHA, -++, DOWN, true",
    "ALPHA, -+++, UP, true",
  })
  void initial_firstResults_bearItOut(
      InitialState initial, String results, ServerState state, boolean proven) {
    Health health = after(SPEC.initially(initial), results);

    assertEquals(state, health.state());
    assertEquals(proven, health.proven());
  }

  @Test
  void initial_notChecked_isProven() {
    assertTrue(Health.initial(null, 0).proven());
  }

  private static Health at(Health health, CheckSpec spec, HealthEvent.Kind kind, long nanos) {
    return health.step(spec, new HealthEvent(kind, "r"), nanos);
  }

  /** One result is a verdict; a penalty halves in 1 ms, from 2.5 it holds until it is below 1. */
  private static final CheckSpec DAMPED =
      CheckSpec.of(() -> "probe")
          .counts(1, 1)
          .damped(new FlapDamping(2.5, 1, Duration.ofMillis(1), Duration.ofMillis(10)));

  private static final long MILLI = 1_000_000;

  /** Down for the third time within a moment, at 0. */
  private static Health flapped() {
    Health health = Health.initial(DAMPED, -4);
    for (long now = -4; now < 0; now++) {
      health = at(health, DAMPED, now % 2 == 0 ? CHECK_FAILED : CHECK_PASSED, now);
      assertEquals(now % 2 == 0 ? DOWN : UP, health.state());
    }
    return at(health, DAMPED, CHECK_FAILED, 0);
  }

  @Test
  void damping_downTooOften_staysDownUntilThePenaltyHasHalvedEnough() {
    Health health = flapped();
    assertEquals("probe: r after 1 of 1, held down for going down too often", health.reason());

    // A penalty of nearly 3 is 1 after log2(3) half-lives.
    long reuse = (long) (MILLI * Math.log(3) / Math.log(2));
    assertEquals(DOWN, at(health, DAMPED, CHECK_PASSED, reuse - 1000).state());
    assertEquals(UP, at(health, DAMPED, CHECK_PASSED, reuse + 1000).state());
  }

  @Test
  void damping_longest_isTheEndOfIt() {
    CheckSpec slow =
        DAMPED.damped(new FlapDamping(2.5, 1, Duration.ofDays(1), Duration.ofMillis(10)));
    Health health = flapped();

    assertEquals(DOWN, at(health, slow, CHECK_PASSED, 10 * MILLI - 1).state());
    assertEquals(UP, at(health, slow, CHECK_PASSED, 10 * MILLI).state());
  }

  @Test
  void damping_downNowAndThen_isNotHeldAgainstIt() {
    Health health = Health.initial(DAMPED, 0);
    for (long now = 0; now < 200 * MILLI; now += 2 * MILLI) {
      health = at(health, DAMPED, CHECK_FAILED, now);
      health = at(health, DAMPED, CHECK_PASSED, now + 1);
      assertEquals(UP, health.state());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UP, 0, 20",
    "UP, 1, 7",
    "DOWN, 0, 30",
    "DOWN, 1, 7",
    "SUSPECT, 0, 7",
    "SUSPECT, 1, 7",
    "SUSPECT, -1, 7",
  })
  void nextCheckAfter_verdictBeingFormed_isTheRetryInterval(
      ServerState state, int streak, int seconds) {
    CheckSpec spec =
        SPEC.every(Duration.ofSeconds(20), Duration.ofSeconds(7)).whileDown(Duration.ofSeconds(30));

    assertEquals(Duration.ofSeconds(seconds), health(state, streak, "r", 0).nextCheckAfter(spec));
  }
}
