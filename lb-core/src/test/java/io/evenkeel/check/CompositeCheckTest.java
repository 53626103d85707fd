package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.model.AdminState;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompositeCheckTest {
  private static final HealthCheck FIT = new StagedCheck("tcp", CheckResult.pass("connected"));
  private static final HealthCheck ILL =
      new StagedCheck("http", CheckResult.fail("503 (expected: 200..299)"));
  private static final HealthCheck UNKNOWN =
      new StagedCheck("ping", CheckResult.none("not allowed"));

  private final CheckClock clock = new CheckClock();

  @AfterEach
  void end() {
    assertFalse(clock.hasTimers());
    clock.close();
  }

  @Test
  void all_allPass_passesWithAllReasons() {
    assertEquals(CheckResult.pass("tcp: connected; tcp: connected"), now(AllCheck.of(FIT, FIT)));
  }

  @Test
  void all_someFail_failsWithTheirReasons() {
    assertEquals(
        CheckResult.fail("http: 503 (expected: 200..299)"), now(AllCheck.of(FIT, ILL, UNKNOWN)));
    assertEquals(
        CheckResult.fail("http: 503 (expected: 200..299); http: 503 (expected: 200..299)"),
        now(AllCheck.of(ILL, ILL)));
  }

  @Test
  void all_oneFindsNothing_findsNothing() {
    assertEquals(CheckResult.none("ping: not allowed"), now(AllCheck.of(FIT, UNKNOWN)));
  }

  @Test
  void all_weightsAndAdminStates_areTakenTogether() {
    DynamicWeight half = new DynamicWeight(DynamicWeight.Kind.PERCENT, 50);
    DynamicWeight two = new DynamicWeight(DynamicWeight.Kind.OFFSET, 2);
    HealthCheck agent =
        new StagedCheck("agent", CheckResult.pass("50%").with(half).with(AdminState.DRAIN));
    HealthCheck file =
        new StagedCheck("file", CheckResult.fail("1").with(two).with(AdminState.READY));

    assertEquals(
        CheckResult.fail("file: 1").with(half.plus(two)).with(AdminState.DRAIN),
        now(AllCheck.of(FIT, agent, file)));
  }

  @Test
  void all_partsAreRunAtTheSameTime_endsWithTheLast() {
    StagedCheck first = new StagedCheck("a");
    StagedCheck second = new StagedCheck("b");
    CompletableFuture<CheckResult> result = run(AllCheck.of(first, second));

    second.result().complete(CheckResult.fail("ill"));
    assertFalse(result.isDone());
    first.result().complete(CheckResult.pass("fine"));
    assertEquals(CheckResult.fail("b: ill"), result.getNow(null));
  }

  @Test
  void all_partHangs_failsAtTheTimeout() {
    CompletableFuture<CheckResult> result = run(AllCheck.of(FIT, new StagedCheck("slow")));

    clock.advance(Duration.ofNanos(999_999_999));
    assertFalse(result.isDone());
    clock.advance(Duration.ofNanos(1));
    assertEquals(CheckResult.fail("slow: no result within 1000 ms"), result.getNow(null));
  }

  @Test
  void any_onePasses_passesAtOnceWithItsReason() {
    DynamicWeight half = new DynamicWeight(DynamicWeight.Kind.PERCENT, 50);
    StagedCheck slow = new StagedCheck("slow");
    StagedCheck fit = new StagedCheck("fit");
    CompletableFuture<CheckResult> result = run(AnyCheck.of(slow, ILL, UNKNOWN, fit));

    assertFalse(result.isDone());
    fit.result().complete(CheckResult.pass("fine").with(half).with(AdminState.DRAIN));
    assertEquals(
        CheckResult.pass("fit: fine").with(half).with(AdminState.DRAIN), result.getNow(null));
    slow.result().complete(CheckResult.fail("ill"));
  }

  @Test
  void any_allFail_failsWithAllReasons() {
    assertEquals(
        CheckResult.fail("http: 503 (expected: 200..299); http: 503 (expected: 200..299)"),
        now(AnyCheck.of(ILL, ILL)));
  }

  @Test
  void any_noneFitAndOneFindsNothing_findsNothing() {
    assertEquals(CheckResult.none("ping: not allowed"), now(AnyCheck.of(ILL, UNKNOWN)));
  }

  @Test
  void any_partHangs_failsAtTheTimeout() {
    CompletableFuture<CheckResult> result = run(AnyCheck.of(ILL, new StagedCheck("slow")));

    clock.advance(Duration.ofSeconds(1));
    assertEquals(
        CheckResult.fail("http: 503 (expected: 200..299); slow: no result within 1000 ms"),
        result.getNow(null));
  }

  @Test
  void parts_throwOrBreak_fail() {
    HealthCheck throwing = new Throwing(new IllegalStateException("a defect"));
    HealthCheck broken =
        new StagedCheck("broken", CompletableFuture.failedFuture(new AssertionError("odd")));
    HealthCheck empty = new StagedCheck("empty", CompletableFuture.completedFuture(null));

    assertEquals(
        CheckResult.fail(
            "own: java.lang.IllegalStateException: a defect; broken: java.lang.AssertionError: odd;"
                + " empty: no result (a defect of the check)"),
        now(AllCheck.of(throwing, broken, empty)));
  }

  @Test
  void composites_ofComposites_nestTheirReasons() {
    assertEquals(
        CheckResult.pass("any: tcp: connected; tcp: connected"),
        now(AllCheck.of(AnyCheck.of(ILL, FIT), FIT)));
  }

  @Test
  void watch_partHasNews_isTold() {
    PushCheck push = PushCheck.named("a");
    for (HealthCheck check : List.of(AllCheck.of(FIT, push), AnyCheck.of(push, FIT))) {
      AtomicInteger news = new AtomicInteger();
      Runnable end = check.watch(news::incrementAndGet);

      push.up("warm " + check.name());
      end.run();
      push.down("ended " + check.name());
      assertEquals(1, news.get());
    }
  }

  @Test
  void of_noneOrTooMany_throws() {
    assertEquals(
        "parts: 0 (expected: 1..100 checks)",
        assertThrows(IllegalArgumentException.class, AllCheck::of).getMessage());
    List<HealthCheck> many = Collections.nCopies(101, FIT);
    assertThrows(IllegalArgumentException.class, () -> new AllCheck(many));
    assertThrows(IllegalArgumentException.class, () -> new AnyCheck(many));
    assertThrows(IllegalArgumentException.class, AnyCheck::of);
    assertEquals("any", new AnyCheck(many.subList(0, 100)).name());
  }

  @Test
  void equals_sameParts_isOneCheck() {
    AllCheck all = AllCheck.of(TcpCheck.create(), HttpCheck.get("/"));
    assertEquals(AllCheck.of(TcpCheck.create(), HttpCheck.get("/")), all);
    assertNotEquals(AllCheck.of(HttpCheck.get("/"), TcpCheck.create()), all);
    assertEquals("all[tcp, smtp]", AllCheck.of(TcpCheck.create(), SmtpCheck.create()).toString());
    assertEquals("any[tcp, smtp]", AnyCheck.of(TcpCheck.create(), SmtpCheck.create()).toString());
    assertTrue(AnyCheck.of(FIT).equals(AnyCheck.of(FIT)));
  }

  private CompletableFuture<CheckResult> run(HealthCheck check) {
    return check.check(clock.target()).toCompletableFuture();
  }

  private CheckResult now(HealthCheck check) {
    return run(check).getNow(null);
  }

  private record Throwing(RuntimeException thrown) implements HealthCheck {
    @Override
    public String name() {
      return "own";
    }

    @Override
    public CompletionStage<CheckResult> check(CheckTarget target) {
      throw thrown;
    }
  }
}
