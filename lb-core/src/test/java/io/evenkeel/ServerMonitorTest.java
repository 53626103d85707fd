// Over 500 lines: one small case for each edge of one small machine.
package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.Health;
import io.evenkeel.health.HealthCheck;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One server's health over time that the test moves. */
class ServerMonitorTest {
  private static final Endpoint ENDPOINT = Endpoint.parse("127.0.0.1:80");
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(3);
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final Duration NANO = Duration.ofNanos(1);

  private final ManualScheduler time = new ManualScheduler();
  private final FakeCheck check = new FakeCheck();
  private final CheckSpec spec =
      CheckSpec.of(check).every(INTERVAL, RETRY).timeout(TIMEOUT).counts(2, 3);
  private final List<ServerState> changes = new ArrayList<>();
  private int passes;
  private int proofs;

  private final MonitorListener heard =
      new MonitorListener() {
        @Override
        public void changed(ServerMonitor monitor) {
          changes.add(monitor.health().state());
        }

        @Override
        public void passed(ServerMonitor monitor) {
          passes++;
        }

        @Override
        public void proven() {
          proofs++;
        }
      };

  private ServerMonitor monitor(@Nullable CheckSpec how) {
    return new ServerMonitor(
        new ServerMonitor.Key(ENDPOINT, how),
        new ServerMonitor.Where(ADDRESS, null),
        Health.initial(how, 0),
        null,
        time,
        time::nanoTime,
        heard);
  }

  /** Started, and its first check done. */
  private ServerMonitor checked() {
    ServerMonitor monitor = monitor(spec);
    monitor.start(0.5);
    time.advance(time.pending().get(0));
    time.runDue();
    assertEquals(1, check.runs());
    return monitor;
  }

  private void nextCheck() {
    time.advance(time.pending().get(0));
    time.runDue();
  }

  @Test
  void start_checked_firstCheckIsAtItsPhaseOfTheWarmup() {
    for (int i = 0; i < 100; i++) {
      ManualScheduler fresh = new ManualScheduler();
      new ServerMonitor(
              new ServerMonitor.Key(ENDPOINT, spec),
              new ServerMonitor.Where(ADDRESS, null),
              Health.initial(spec, 0),
              null,
              fresh,
              fresh::nanoTime,
              heard)
          .start(i / 128.0);

      Duration first = fresh.pending().get(0);
      assertEquals(INTERVAL.multipliedBy(i).dividedBy(128), first);
    }
  }

  @Test
  void start_notChecked_schedulesNothing() {
    ServerMonitor monitor = monitor(null);
    monitor.start(0.5);

    assertEquals(List.of(), time.pending());
    assertEquals(ServerState.UP, monitor.health().state());
  }

  @Test
  void check_target_isWhatIsConfigured() {
    checked();

    assertSame(ENDPOINT, check.target().endpoint());
    assertSame(ADDRESS, check.target().address());
    assertEquals(TIMEOUT, check.target().timeout());
  }

  @Test
  void check_passes_nextAfterTheInterval() {
    ServerMonitor monitor = checked();

    assertEquals(List.of(INTERVAL), time.pending());
    time.advance(INTERVAL.minus(NANO));
    assertEquals(1, check.runs());
    time.advance(NANO);
    assertEquals(2, check.runs());
    time.runDue();
    assertEquals(2, monitor.passed());
    assertEquals(0, monitor.failed());
    assertEquals(List.of(), changes);
  }

  @Test
  void check_failsAndPasses_isDownAndUpAtTheEdges() {
    check.fail();
    ServerMonitor monitor = checked();
    assertEquals(List.of(RETRY), time.pending());
    nextCheck();
    assertEquals(ServerState.UP, monitor.health().state());
    nextCheck();
    assertEquals(ServerState.DOWN, monitor.health().state());
    assertEquals("fake: ill after 3 of 3", monitor.health().reason());
    // Where it would be without the retries.
    assertEquals(List.of(INTERVAL.minus(RETRY.multipliedBy(2))), time.pending());

    check.pass();
    nextCheck();
    assertEquals(ServerState.DOWN, monitor.health().state());
    assertEquals(List.of(RETRY), time.pending());
    nextCheck();
    assertEquals(ServerState.UP, monitor.health().state());

    assertEquals(List.of(ServerState.DOWN, ServerState.UP), changes);
    assertEquals(2, monitor.passed());
    assertEquals(3, monitor.failed());
  }

  @Test
  void check_noAnswer_failsAtItsTimeout() {
    check.answer(CompletableFuture::new);
    ServerMonitor monitor = checked();

    // The check's own time-out has 50 ms to say more.
    time.advance(TIMEOUT.plusMillis(50).minus(NANO));
    assertEquals(0, monitor.failed());
    time.advance(NANO);

    assertEquals(1, monitor.failed());
    assertEquals(List.of(RETRY.minus(TIMEOUT).minusMillis(50)), time.pending());
  }

  @Test
  void check_answersAfterTheTimeout_isIgnored() {
    CompletableFuture<CheckResult> late = new CompletableFuture<>();
    check.answer(() -> late);
    ServerMonitor monitor = checked();
    check.answer(CompletableFuture::new);
    time.advance(TIMEOUT.plusMillis(50));
    nextCheck();
    assertEquals(2, check.runs());

    // The second check is running when the first one's answer comes.
    late.complete(CheckResult.pass("late"));
    time.runDue();

    assertEquals(0, monitor.passed());
    assertEquals(1, monitor.failed());
  }

  @Test
  void check_answers_itsTimeoutIsCancelled() {
    CompletableFuture<CheckResult> answer = new CompletableFuture<>();
    check.answer(() -> answer);
    ServerMonitor monitor = checked();
    assertEquals(List.of(TIMEOUT.plusMillis(50)), time.pending());

    answer.complete(CheckResult.pass("fine"));
    time.runDue();

    assertEquals(1, monitor.passed());
    assertEquals(List.of(INTERVAL), time.pending());
  }

  @Test
  void check_throws_countsAsFailed() {
    check.answer(
        () -> {
          throw new IllegalStateException("oops");
        });

    assertEquals(1, checked().failed());
    assertEquals(List.of(RETRY), time.pending());
  }

  @Test
  void check_completesExceptionally_countsAsFailed() {
    check.answer(() -> CompletableFuture.failedFuture(new IOException("oops")));
    ServerMonitor monitor = checked();
    nextCheck();
    nextCheck();

    assertEquals("fake: java.io.IOException: oops after 3 of 3", monitor.health().reason());
  }

  @Test
  void check_stageOfAFailedStage_namesTheFailureItself() {
    check.answer(
        () ->
            CompletableFuture.failedFuture(new IOException("oops"))
                .thenApply(ok -> CheckResult.pass("fine")));
    ServerMonitor monitor = checked();
    nextCheck();
    nextCheck();

    assertEquals("fake: java.io.IOException: oops after 3 of 3", monitor.health().reason());
  }

  /** A fault of this host says nothing about the server. */
  @Test
  void check_noResult_changesNothingAndIsRunAgainAfterTheInterval() {
    ServerMonitor monitor = checked();
    Health before = monitor.health();
    check.answer(() -> CompletableFuture.completedFuture(CheckResult.none("no socket")));
    for (int i = 0; i < 5; i++) {
      assertEquals(List.of(INTERVAL), time.pending());
      nextCheck();
    }

    assertSame(before, monitor.health());
    assertEquals(6, check.runs());
    assertEquals(1, monitor.passed());
    assertEquals(0, monitor.failed());
  }

  @Test
  void check_noStage_countsAsFailed() {
    check.answer(() -> null);

    assertEquals(1, checked().failed());
    assertEquals(List.of(RETRY), time.pending());
  }

  /** A check that says nothing must not end all checking. */
  @Test
  void check_completesWithNull_countsAsFailedAndIsRunAgain() {
    check.answer(() -> CompletableFuture.completedFuture(null));
    ServerMonitor monitor = checked();

    assertEquals(1, monitor.failed());
    assertEquals(List.of(RETRY), time.pending());
  }

  /** However long a check takes, the next one is due at a fixed time. */
  @Test
  void check_takesTime_nextIsDueAfterTheIntervalFromItsStart() {
    CompletableFuture<CheckResult> answer = new CompletableFuture<>();
    check.answer(() -> answer);
    checked();
    time.advance(TIMEOUT.minus(NANO));
    answer.complete(CheckResult.pass("fine"));
    time.runDue();

    assertEquals(List.of(INTERVAL.minus(TIMEOUT).plus(NANO)), time.pending());
  }

  @Test
  void check_takesLongerThanTheInterval_oneThatFailsIsRunAtOnceAgain() {
    ServerMonitor monitor =
        monitor(spec.every(Duration.ofMillis(100), Duration.ofMillis(100)).counts(1, 9));
    check.answer(CompletableFuture::new);
    monitor.start(0);
    time.runDue();
    time.advance(TIMEOUT.plusMillis(50));

    assertEquals(1, monitor.failed());
    assertEquals(2, check.runs());
  }

  @Test
  void check_takesLongerThanTheInterval_thatPassesKeepsItsTimes() {
    CompletableFuture<CheckResult> answer = new CompletableFuture<>();
    check.answer(() -> answer);
    ServerMonitor monitor =
        monitor(spec.every(Duration.ofMillis(100), Duration.ofMillis(100)).counts(1, 9));
    monitor.start(0);
    time.runDue();
    time.advance(Duration.ofMillis(230));
    answer.complete(CheckResult.pass("slow"));
    time.runDue();

    assertEquals(List.of(Duration.ofMillis(70)), time.pending());
  }

  @Test
  void check_passes_isSaidEachTimeAndProvenOnce() {
    checked();
    nextCheck();

    assertEquals(2, passes);
    assertEquals(1, proofs);
  }

  @Test
  void check_fails_isProvenByTheVerdictAlone() {
    check.fail();
    checked();
    nextCheck();
    assertEquals(0, proofs);
    nextCheck();

    assertEquals(1, proofs);
    assertEquals(0, passes);
  }

  @Test
  void check_weightSaid_isAChangeOnce() {
    check.answer(
        () ->
            CompletableFuture.completedFuture(
                CheckResult.pass("half")
                    .with(new DynamicWeight(DynamicWeight.Kind.PERCENT, 50))
                    .with(AdminState.DRAIN)));
    ServerMonitor monitor = checked();
    nextCheck();
    assertEquals(List.of(ServerState.UP), changes);
    assertEquals(AdminState.DRAIN, monitor.health().admin());

    // A result that says nothing of them changes nothing.
    check.pass();
    nextCheck();

    assertEquals(List.of(ServerState.UP), changes);
    assertEquals(50, Objects.requireNonNull(monitor.health().weight()).value());
    assertEquals(AdminState.DRAIN, monitor.health().admin());
  }

  @Test
  void check_hasNews_isRunAtOnceAndOnceMoreIfItWasRunning() {
    ServerMonitor monitor = checked();
    check.news();
    time.runDue();
    assertEquals(2, check.runs());

    CompletableFuture<CheckResult> answer = new CompletableFuture<>();
    check.answer(() -> answer);
    check.news();
    time.runDue();
    check.news();
    time.runDue();
    assertEquals(3, check.runs());
    check.pass();
    answer.complete(CheckResult.pass("fine"));
    time.runDue();
    assertEquals(4, check.runs());
    assertEquals(List.of(INTERVAL), time.pending());

    monitor.stop();
    check.news();
    time.advance(Duration.ofDays(1));
    assertEquals(4, check.runs());
  }

  @Test
  void connectFailed_nextCheckIsSooner_isNotPutOff() {
    ServerMonitor monitor = checked();
    time.advance(INTERVAL.minusSeconds(1));

    monitor.connectFailed();

    assertEquals(List.of(Duration.ofSeconds(1), Health.RETRY_AFTER), time.pending());
  }

  @Test
  void connectFailed_notChecked_isUpAgainAfterFiveSeconds() {
    ServerMonitor monitor = monitor(null);
    monitor.connectFailed();
    assertEquals(ServerState.SUSPECT, monitor.health().state());
    assertEquals(List.of(Duration.ofSeconds(5)), time.pending());

    time.advance(Duration.ofSeconds(5).minus(NANO));
    assertEquals(ServerState.SUSPECT, monitor.health().state());
    time.advance(NANO);

    assertEquals(ServerState.UP, monitor.health().state());
    assertEquals("to be tried again", monitor.health().reason());
    assertEquals(List.of(ServerState.SUSPECT, ServerState.UP), changes);
    assertEquals(List.of(), time.pending());
  }

  @Test
  void connectFailed_againWhileSuspect_doesNotProlongIt() {
    ServerMonitor monitor = monitor(null);
    monitor.connectFailed();
    time.advance(Duration.ofSeconds(4));
    monitor.connectFailed();

    assertEquals(List.of(Duration.ofSeconds(1)), time.pending());
    assertEquals(List.of(ServerState.SUSPECT), changes);
  }

  @Test
  void connectFailed_againAfterTheRetry_waitsAgain() {
    ServerMonitor monitor = monitor(null);
    monitor.connectFailed();
    time.advance(Duration.ofSeconds(5));
    monitor.connectFailed();

    assertEquals(List.of(Duration.ofSeconds(5)), time.pending());
    assertEquals(ServerState.SUSPECT, monitor.health().state());
  }

  @Test
  void connectFailed_checked_checkComesAfterTheRetryIntervalAndProvesIt() {
    Duration second = Duration.ofSeconds(1);
    ServerMonitor monitor = monitor(spec.every(INTERVAL, second));
    monitor.start(0);
    time.runDue();
    monitor.connectFailed();
    assertEquals(ServerState.SUSPECT, monitor.health().state());
    assertEquals("a connection failed", monitor.health().reason());
    assertEquals(List.of(second, Health.RETRY_AFTER), time.pending());

    nextCheck();
    assertEquals(ServerState.SUSPECT, monitor.health().state());
    nextCheck();

    assertEquals(ServerState.UP, monitor.health().state());
    assertEquals("fake: fine after 2 of 2", monitor.health().reason());
    assertEquals(List.of(ServerState.SUSPECT, ServerState.UP), changes);
    assertEquals(List.of(INTERVAL.minusSeconds(2)), time.pending());
  }

  @Test
  void connectFailed_whileACheckRuns_itsResultCounts() {
    CompletableFuture<CheckResult> answer = new CompletableFuture<>();
    check.answer(() -> answer);
    ServerMonitor monitor = checked();

    monitor.connectFailed();
    assertEquals(List.of(TIMEOUT.plusMillis(50), Health.RETRY_AFTER), time.pending());
    answer.complete(CheckResult.pass("fine"));
    time.runDue();

    assertEquals(1, monitor.health().streak());
    assertEquals(List.of(RETRY, Health.RETRY_AFTER), time.pending());
  }

  /** A slow check, or one that cannot be run, must not keep a server out. */
  @Test
  void connectFailed_checkSaysNothing_isUpAgainAfterFiveSeconds() {
    ServerMonitor monitor = checked();
    check.answer(() -> CompletableFuture.completedFuture(CheckResult.none("no socket")));
    monitor.connectFailed();
    time.advance(Health.RETRY_AFTER.minus(NANO));
    assertEquals(ServerState.SUSPECT, monitor.health().state());
    time.advance(NANO);

    assertEquals(ServerState.UP, monitor.health().state());
  }

  @Test
  void connectFailed_checkFailsToo_isNotTriedAgain() {
    ServerMonitor monitor = monitor(spec.counts(2, 9));
    monitor.start(0);
    time.runDue();
    check.fail();
    monitor.connectFailed();
    time.advance(Health.RETRY_AFTER.multipliedBy(3));
    assertEquals(ServerState.SUSPECT, monitor.health().state());

    check.answer(() -> CompletableFuture.completedFuture(CheckResult.pass("fine")));
    time.advance(RETRY.multipliedBy(2));

    assertEquals(ServerState.UP, monitor.health().state());
  }

  /** Those that failed together are not checked together for ever. */
  @Test
  void connectFailed_manyAtOnce_theirChecksStaySpread() {
    Set<Long> moments = new HashSet<>();
    List<ServerMonitor> monitors = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      FakeCheck own = new FakeCheck();
      own.answer(
          () -> {
            if (time.nanoTime() > Duration.ofHours(1).toNanos()) {
              moments.add(time.nanoTime() % INTERVAL.toNanos());
            }
            return CompletableFuture.completedFuture(CheckResult.pass("fine"));
          });
      ServerMonitor monitor = monitor(CheckSpec.of(own).every(INTERVAL, RETRY));
      monitor.start(i / 100.0);
      monitors.add(monitor);
    }
    time.advance(Duration.ofSeconds(33));
    monitors.forEach(ServerMonitor::connectFailed);
    time.advance(Duration.ofHours(2));

    assertEquals(100, moments.size());
  }

  @Test
  void check_throwsAnError_saysWhich() {
    check.answer(
        () -> {
          throw new NoClassDefFoundError("a/B");
        });
    ServerMonitor monitor = monitor(spec.counts(1, 1));
    monitor.start(0);
    time.runDue();

    assertEquals(
        "fake: java.lang.NoClassDefFoundError: a/B after 1 of 1", monitor.health().reason());
  }

  /** What is wrong with a check must not end all checking. */
  @Test
  void check_itsNameThrows_isRunAgain() {
    AtomicInteger runs = new AtomicInteger();
    HealthCheck nameless =
        new HealthCheck() {
          @Override
          public String name() {
            throw new IllegalStateException("a test");
          }

          @Override
          public CompletionStage<CheckResult> check(CheckTarget target) {
            runs.incrementAndGet();
            return CompletableFuture.completedFuture(CheckResult.pass("fine"));
          }

          @Override
          public Runnable watch(Runnable news) {
            throw new IllegalStateException("a test");
          }
        };
    ServerMonitor monitor = monitor(CheckSpec.of(nameless).every(INTERVAL, RETRY));
    monitor.start(0);
    time.advance(INTERVAL.multipliedBy(2));
    monitor.stop();

    assertEquals(3, runs.get());
  }

  @Test
  void stop_scheduledOrRunning_nothingHappensAnyMore() {
    ServerMonitor scheduled = checked();
    scheduled.stop();
    assertEquals(List.of(), time.pending());

    CompletableFuture<CheckResult> answer = new CompletableFuture<>();
    check.answer(() -> answer);
    ServerMonitor running = monitor(spec);
    running.start(0.5);
    nextCheck();
    running.stop();
    answer.complete(CheckResult.fail("ill"));
    time.advance(Duration.ofDays(1));

    assertEquals(0, running.failed());
    assertEquals(2, check.runs());
    assertEquals(List.of(), changes);
  }

  @Test
  void stop_suspect_staysAsItIs() {
    ServerMonitor monitor = monitor(null);
    monitor.connectFailed();
    monitor.stop();
    time.advance(Duration.ofDays(1));

    assertEquals(ServerState.SUSPECT, monitor.health().state());
    assertEquals(List.of(ServerState.SUSPECT), changes);
  }
}
