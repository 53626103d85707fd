// Over 500 lines: one small case for each thing that isolation promises.
package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.BreakerSpec;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.FailureAction;
import io.evenkeel.model.InitialState;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.OutlierSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a service's traffic when its servers fail. */
class DirectorIsolationTest extends DirectorKit {
  private static final Endpoint SORRY = Endpoint.parse("127.0.0.1:99");

  /** A is checked by the kit's check, B is not checked. */
  private VirtualService.Builder aChecked(Isolation isolation) {
    return VirtualService.builder(V)
        .scheduler("rr:exact")
        .isolation(isolation)
        .realServer(RealServer.of(A).withChecks(spec()))
        .realServer(B.toString());
  }

  private void awaitDown(Director director) throws InterruptedException {
    check.fail();
    Await.until("down", () -> status(director, A).state() == ServerState.DOWN);
    // The list is made behind the transition.
    Await.until("published", () -> status(director, A).effectiveWeight() == 0 || panics());
  }

  private boolean panics() {
    return heard.kinds().contains(Event.Kind.PANIC);
  }

  private static Set<Endpoint> nextFour(Director director) {
    Set<Endpoint> all = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      all.add(next(director));
    }
    return all;
  }

  @Test
  void down_inhibited_keepsItsPlaceAndItsPersistentClients() throws Exception {
    Director director =
        started(
            aChecked(Isolation.DEFAULT.onFailure(FailureAction.INHIBIT))
                .persistent(Duration.ofMinutes(1))
                .build());
    director.edit().weight(V, B, 0).apply();
    assertEquals(A, next(director));
    director.edit().weight(V, B, 1).apply();

    awaitDown(director);

    assertTrue(plane.last().get(0).contains("127.0.0.1:81=0"), plane.last().toString());
    assertEquals(A, next(director));
  }

  @Test
  void down_quiesced_keepsItsPlaceAndNoClient() throws Exception {
    Director director =
        started(
            aChecked(Isolation.DEFAULT.onFailure(FailureAction.QUIESCE))
                .persistent(Duration.ofMinutes(1))
                .build());
    director.edit().weight(V, B, 0).apply();
    assertEquals(A, next(director));
    director.edit().weight(V, B, 1).apply();
    assertEquals(A, next(director));

    awaitDown(director);

    assertTrue(plane.last().get(0).contains("127.0.0.1:81=0"), plane.last().toString());
    assertEquals(B, next(director));
  }

  @Test
  void down_removed_isOutOfTheList() throws Exception {
    Director director = started(aChecked(Isolation.DEFAULT).build());

    awaitDown(director);

    assertEquals(List.of("tcp 127.0.0.1:80 127.0.0.1:82=1"), plane.last());
    assertEquals(List.of(), plane.cut());
  }

  @ParameterizedTest
  @EnumSource
  void down_connectionsToBeClosed_planesAreTold(FailureAction action) throws Exception {
    Director director =
        started(aChecked(Isolation.DEFAULT.onFailure(action).closeConnections(true)).build());

    awaitDown(director);

    Await.until("cut", () -> plane.cut().equals(List.of(Set.of(A))));
  }

  @Test
  void panic_tooFewLive_allGetConnectionsUntilEnoughAreBack() throws Exception {
    Director director =
        started(aChecked(Isolation.DEFAULT.panicBelow(60).closeConnections(true)).build());
    check.fail();
    heard.await(Event.Kind.PANIC);

    assertEquals(Set.of(A, B), nextFour(director));
    assertEquals(List.of(), plane.cut());

    // Who refuses all the same is left alone for a moment, and then tried again.
    for (int weight = 2; !isSeenLeftAlone(director, weight); weight++) {
      assertTrue(weight < 20, "never looked at within a second");
      Await.until("tried again", () -> nextFour(director).contains(A));
    }
    Await.until("tried again", () -> nextFour(director).contains(A));

    check.pass();
    heard.await(Event.Kind.PANIC_OVER);
    assertEquals(Set.of(A, B), nextFour(director));
  }

  /**
   * Fails a connection to A, and looks at who is chosen then, and after an edit; false if the
   * second for which A is left alone was over by then.
   */
  private static boolean isSeenLeftAlone(Director director, int weight) {
    final long start = System.nanoTime();
    dispatchedTo(director, A).release(Outcome.CONNECT_FAILED);
    Set<Endpoint> atOnce = nextFour(director);
    director.edit().weight(V, B, weight).apply();
    Set<Endpoint> afterTheEdit = nextFour(director);
    if (System.nanoTime() - start >= TimeUnit.SECONDS.toNanos(1)) {
      return false;
    }
    assertEquals(Set.of(B), atOnce);
    assertEquals(Set.of(B), afterTheEdit);
    return true;
  }

  @Test
  void panic_over_connectionsOfThoseThatStayDownAreClosed() throws Exception {
    FakeCheck second = new FakeCheck();
    Director director =
        started(
            aChecked(Isolation.DEFAULT.panicBelow(50).closeConnections(true))
                .realServer(RealServer.of(C).withChecks(spec(second)))
                .build());
    check.fail();
    Await.until("cut", () -> plane.cut().contains(Set.of(A)));
    second.fail();
    heard.await(Event.Kind.PANIC);
    assertEquals(List.of(Set.of(A)), plane.cut());

    check.pass();
    heard.await(Event.Kind.PANIC_OVER);

    Await.until("cut", () -> plane.cut().contains(Set.of(C)));
    assertEquals(ServerState.DOWN, status(director, C).state());
  }

  /** Tied to A, which becomes something while the list is still being made. */
  private void assertStaysTied(Isolation isolation, Runnable becomes) throws Exception {
    AtomicBoolean armed = new AtomicBoolean();
    CompletableFuture<Void> entered = new CompletableFuture<>();
    CompletableFuture<Void> held = new CompletableFuture<>();
    Scheduler slow =
        (list, previous) -> {
          if (armed.get()) {
            entered.complete(null);
            held.join();
          }
          return Schedulers.roundRobin().selector(list, previous);
        };
    Director director =
        closing(
                builder(
                        aChecked(isolation)
                            .scheduler("slow")
                            .persistent(Duration.ofMinutes(1))
                            .build())
                    .scheduler("slow", slow)
                    .build())
            .start();
    director.edit().weight(V, B, 0).apply();
    assertEquals(A, next(director));
    director.edit().weight(V, B, 1).apply();
    armed.set(true);
    becomes.run();
    entered.get(60, TimeUnit.SECONDS);

    Endpoint tied = next(director);
    InetSocketAddress stranger = new InetSocketAddress("127.0.0.99", 1);
    Set<Endpoint> others = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      Assignment assignment =
          director.dispatcher(V).dispatch(new InetSocketAddress("127.0.9." + i, 1)).orElseThrow();
      others.add(assignment.destination().endpoint());
    }
    armed.set(false);
    held.complete(null);

    assertEquals(A, tied);
    assertEquals(Set.of(B), others);
    Await.until("published", () -> status(director, A).effectiveWeight() == 0);
    assertEquals(A, next(director));
    assertEquals(
        B, director.dispatcher(V).dispatch(stranger).orElseThrow().destination().endpoint());
  }

  @Test
  void down_inhibited_tiedClientsStayAndNoOthersComeAllTheWhile() throws Exception {
    assertStaysTied(Isolation.DEFAULT.onFailure(FailureAction.INHIBIT), check::fail);
  }

  @Test
  void drainedByItsAgent_tiedClientsStayAndNoOthersComeAllTheWhile() throws Exception {
    assertStaysTied(
        Isolation.DEFAULT,
        () ->
            check.answer(
                () ->
                    CompletableFuture.completedFuture(
                        CheckResult.pass("m").with(AdminState.DRAIN))));
  }

  @Test
  void suspect_oneOfItsChecksIsSlow_isBackAfterSomeSeconds() throws Exception {
    CheckSpec hourly =
        CheckSpec.of(new FakeCheck())
            .every(Duration.ofHours(1), Duration.ofHours(1))
            .warmup(Duration.ZERO);
    Director director =
        started(
            VirtualService.builder(V)
                .scheduler("rr")
                .realServer(RealServer.of(A).withChecks(spec(), hourly))
                .realServer(B.toString())
                .build());
    dispatchedTo(director, A).release(Outcome.CONNECT_FAILED);
    heard.await(Event.Kind.SERVER_SUSPECT);

    heard.await(Event.Kind.SERVER_UP);
  }

  @Test
  void edit_timingOfTwoLikeChecks_eachGoesOnWithItsOwnVerdict() throws Exception {
    check.answer(
        () ->
            CompletableFuture.completedFuture(
                check.target().address().getPort() == 1001
                    ? CheckResult.fail("ill")
                    : CheckResult.pass("fine")));
    Director director =
        started(
            VirtualService.builder(V)
                .realServer(RealServer.of(A).withChecks(spec().port(1001), spec().port(1002)))
                .realServer(B.toString())
                .build());
    Await.until("down", () -> status(director, A).state() == ServerState.DOWN);

    Duration hour = Duration.ofHours(1);
    director
        .edit()
        .putServer(
            V,
            RealServer.of(A)
                .withChecks(
                    spec().port(1001).every(hour, hour), spec().port(1002).every(hour, hour)))
        .apply();

    assertEquals(ServerState.DOWN, status(director, A).state());
  }

  /** The check is taken away from a server that is down and ejected: both ends are told. */
  @Test
  void edit_endsADownServersCheckAndItsEjection_bothAreTold() throws Exception {
    OutlierSpec one = OutlierSpec.none().consecutive(1).endedByCheck(false);
    Director director = started(aChecked(Isolation.DEFAULT.outliers(one)).build());
    dispatchedTo(director, A).release(Outcome.TIMED_OUT);
    heard.await(Event.Kind.SERVER_EJECTED);
    assertEquals("1 failures in a row", status(director, A).ejection());
    check.fail();
    heard.await(Event.Kind.SERVER_DOWN);
    heard.forget();

    director.edit().put(ab().build()).apply();

    heard.await(Event.Kind.SERVER_RETURNED);
    assertTrue(heard.kinds().contains(Event.Kind.SERVER_UP), () -> heard.texts().toString());
    assertEquals(Event.Kind.CONFIGURED, heard.kinds().get(0));
    assertNull(status(director, A).ejection());
  }

  @Test
  void quorum_lost_sorryServerAnswersAlthoughSomeAreLive() throws Exception {
    Director director =
        started(aChecked(Isolation.DEFAULT.quorum(2, 0)).sorryServer(SORRY.toString()).build());
    check.fail();
    heard.await(Event.Kind.SERVICE_DOWN);

    assertEquals(Set.of(SORRY), nextFour(director));
    assertTrue(
        heard
            .texts()
            .contains(
                "tcp 127.0.0.1:80: no quorum, live weight 1 (expected: 2), the sorry server"
                    + " 127.0.0.1:99 answers"),
        () -> heard.texts().toString());

    check.pass();
    heard.await(Event.Kind.SERVICE_UP);
    assertEquals(Set.of(A, B), nextFour(director));
  }

  @Test
  void quorum_lostAndSorryServerDown_thoseThatAreLiveAnswer() throws Exception {
    FakeCheck sorryCheck = new FakeCheck();
    sorryCheck.fail();
    Director director =
        started(
            aChecked(Isolation.DEFAULT.quorum(2, 0))
                .sorryServer(RealServer.of(SORRY).withChecks(spec(sorryCheck)))
                .build());
    Await.until("sorry", () -> heard.texts().toString().contains("127.0.0.1:99 down"));
    check.fail();
    heard.await(Event.Kind.SERVICE_DOWN);
    assertEquals(Set.of(B), nextFour(director));

    sorryCheck.pass();
    Await.until("sorry", () -> nextFour(director).equals(Set.of(SORRY)));
  }

  @Test
  void maintenance_byTheOperator_noCheckOverridesIt() throws Exception {
    Director director = started(aChecked(Isolation.DEFAULT.panicBelow(100)).build());

    director.edit().admin(V, A, AdminState.MAINTENANCE).apply();
    assertEquals(Set.of(B), nextFour(director));
    assertEquals(AdminState.MAINTENANCE, status(director, A).admin());

    int before = check.runs();
    Await.until("checks go on", () -> check.runs() > before + 5);
    assertEquals(Set.of(B), nextFour(director));

    director.edit().admin(V, A, AdminState.READY).apply();
    assertEquals(Set.of(A, B), nextFour(director));
  }

  @Test
  void agent_wordsAndWeight_areFollowedAndTold() throws Exception {
    Director director = started(aChecked(Isolation.DEFAULT).build());
    check.answer(
        () -> CompletableFuture.completedFuture(CheckResult.pass("m").with(AdminState.DRAIN)));
    Await.until("drained", () -> status(director, A).admin() == AdminState.DRAIN);
    Await.until("published", () -> nextFour(director).equals(Set.of(B)));
    heard.await(Event.Kind.SERVER_ADMIN);

    DynamicWeight nine = new DynamicWeight(DynamicWeight.Kind.ABSOLUTE, 9);
    check.answer(
        () ->
            CompletableFuture.completedFuture(
                CheckResult.pass("m").with(AdminState.READY).with(nine)));
    Await.until("nine", () -> status(director, A).effectiveWeight() == 9);
    heard.await(Event.Kind.SERVER_WEIGHT);
    assertEquals(1, status(director, A).weight());
    assertTrue(plane.last().get(0).contains("127.0.0.1:81=9"), plane.last().toString());
  }

  @Test
  void checks_several_oneThatFailsIsEnough() throws Exception {
    FakeCheck second = new FakeCheck();
    Director director =
        started(
            VirtualService.builder(V)
                .scheduler("rr:exact")
                .realServer(RealServer.of(A).withChecks(spec(), spec(second)))
                .realServer(B.toString())
                .build());
    second.fail();
    Await.until("down", () -> status(director, A).state() == ServerState.DOWN);
    assertEquals("fake: ill after 3 of 3", status(director, A).reason());

    check.fail();
    int runs = check.runs();
    Await.until("first failed too", () -> check.runs() > runs + 5);
    second.pass();
    int more = second.runs();
    Await.until("second passed", () -> second.runs() > more + 5);
    assertEquals(ServerState.DOWN, status(director, A).state());

    check.pass();
    awaitState(director, A, ServerState.UP);
    assertEquals(Set.of(A, B), nextFour(director));
  }

  @Test
  void alpha_notProven_getsNothingUntilTheFirstSuccess() throws Exception {
    check.answer(CompletableFuture::new);
    CheckSpec slow = spec().timeout(Duration.ofHours(1)).initially(InitialState.ALPHA);
    CompletableFuture<CheckResult> first = new CompletableFuture<>();
    check.answer(() -> first);
    Director director =
        started(
            VirtualService.builder(V)
                .scheduler("rr:exact")
                .realServer(RealServer.of(A).withChecks(slow))
                .realServer(B.toString())
                .build());
    assertEquals(Set.of(B), nextFour(director));
    CompletableFuture<Void> ready = director.ready();
    Await.until("run", () -> check.runs() == 1);
    assertFalse(ready.isDone());

    first.complete(CheckResult.pass("fine"));

    ready.get(60, TimeUnit.SECONDS);
    heard.await(Event.Kind.READY);
    Await.until("both", () -> nextFour(director).equals(Set.of(A, B)));
  }

  @Test
  void ready_closedBefore_fails() throws Exception {
    check.answer(CompletableFuture::new);
    CheckSpec slow = spec().timeout(Duration.ofHours(1));
    Director director =
        started(VirtualService.builder(V).realServer(RealServer.of(A).withChecks(slow)).build());
    CompletableFuture<Void> ready = director.ready();

    director.close(Duration.ZERO);

    ExecutionException e =
        assertThrows(ExecutionException.class, () -> ready.get(60, TimeUnit.SECONDS));
    assertTrue(e.getCause().getMessage().contains("CLOSED"), e.getCause().getMessage());
  }

  @Test
  void history_transitions_areRememberedInOrderAndOverEdits() throws Exception {
    Director director = started(aChecked(Isolation.DEFAULT).build());
    assertEquals(List.of(), director.history(V, A));
    check.fail();
    heard.await(Event.Kind.SERVER_DOWN);
    director.edit().weight(V, A, 2).apply();
    check.pass();
    heard.await(Event.Kind.SERVER_UP);

    assertEquals(
        List.of(Event.Kind.SERVER_DOWN, Event.Kind.SERVER_UP),
        director.history(V, A).stream().map(Event::kind).toList());
    assertEquals(List.of(), director.history(V, Endpoint.parse("127.0.0.1:7")));
    assertEquals(List.of(), director.history(W, A));
  }

  @Test
  void history_long_isBounded() throws Exception {
    CheckSpec nervous = spec().counts(1, 1);
    Director director =
        started(VirtualService.builder(V).realServer(RealServer.of(A).withChecks(nervous)).build());
    AtomicInteger runs = new AtomicInteger();
    check.answer(
        () ->
            CompletableFuture.completedFuture(
                runs.incrementAndGet() % 2 == 0 ? CheckResult.pass("p") : CheckResult.fail("f")));
    Await.until("flapping", () -> runs.get() > 2 * Follower.HISTORY);

    assertEquals(Follower.HISTORY, director.history(V, A).size());
  }

  /** However many servers fail at the same moment, the list is made anew once or a few times. */
  @Test
  void down_manyAtOnce_listIsMadeOnceForTheBurst() throws Exception {
    int servers = 200;
    AtomicInteger lists = new AtomicInteger();
    Scheduler counting =
        (list, previous) -> {
          lists.incrementAndGet();
          return Schedulers.roundRobin().selector(list, previous);
        };
    List<CompletableFuture<CheckResult>> answers = new ArrayList<>();
    VirtualService.Builder service = VirtualService.builder(V).scheduler("counting");
    for (int i = 0; i < servers; i++) {
      CompletableFuture<CheckResult> answer = new CompletableFuture<>();
      answers.add(answer);
      FakeCheck own = new FakeCheck();
      own.answer(() -> answer);
      service.realServer(
          RealServer.of("127.0.1." + (i + 1) + ":80")
              .withChecks(spec(own).counts(1, 1).timeout(Duration.ofHours(1))));
    }
    Director director =
        closing(builder(service.build()).scheduler("counting", counting).build()).start();
    CompletableFuture<CheckResult> held = new CompletableFuture<>();
    int before = lists.get();

    // The control thread is held up, so that all results wait when it goes on.
    CompletableFuture<Void> holding = new CompletableFuture<>();
    plane.onApply(
        services -> {
          holding.complete(null);
          held.join();
          return CompletableFuture.completedFuture(null);
        });
    CompletableFuture<Applied> edit =
        async(() -> director.edit().put(VirtualService.builder(W).build()).apply());
    holding.get(60, TimeUnit.SECONDS);
    answers.forEach(answer -> answer.complete(CheckResult.fail("ill")));
    plane.onApply(services -> CompletableFuture.completedFuture(null));
    held.complete(CheckResult.pass("go"));
    edit.get(60, TimeUnit.SECONDS);
    Await.until(
        "all down", () -> director.status().stream().allMatch(s -> s.state() == ServerState.DOWN));

    Await.until("published", () -> lists.get() > before);
    assertTrue(lists.get() - before <= 3, "lists made: " + (lists.get() - before));
  }

  @Test
  void outlier_failuresInARow_ejectedAndBackAfterItsTime() throws Exception {
    OutlierSpec three =
        OutlierSpec.none()
            .consecutive(3)
            .every(Duration.ofMillis(10))
            // Long enough to look at who is chosen meanwhile on a busy machine.
            .ejection(Duration.ofSeconds(5), Duration.ofSeconds(5));
    Director director = started(aChecked(Isolation.DEFAULT.outliers(three)).build());
    List<Assignment> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      open.add(dispatchedTo(director, B));
    }
    open.forEach(assignment -> assignment.release(Outcome.SERVER_ERROR));
    heard.await(Event.Kind.SERVER_EJECTED);

    assertEquals(Set.of(A), nextFour(director));
    assertEquals(0, status(director, B).effectiveWeight());
    heard.await(Event.Kind.SERVER_RETURNED);
    Await.until("published", () -> nextFour(director).equals(Set.of(A, B)));
    assertEquals(
        List.of(Event.Kind.SERVER_EJECTED, Event.Kind.SERVER_RETURNED),
        director.history(V, B).stream().map(Event::kind).toList());
  }

  @Test
  void outlier_checkPasses_endsTheEjection() throws Exception {
    OutlierSpec one =
        OutlierSpec.none()
            .consecutive(1)
            .ejection(Duration.ofHours(1), Duration.ofHours(1))
            .endedByCheck(true);
    Director director = started(aChecked(Isolation.DEFAULT.outliers(one)).build());
    dispatchedTo(director, A).release(Outcome.TIMED_OUT);
    heard.await(Event.Kind.SERVER_EJECTED);

    heard.await(Event.Kind.SERVER_RETURNED);

    Await.until("published", () -> nextFour(director).equals(Set.of(A, B)));
  }

  @Test
  void breaker_opens_serverIsOut() throws Exception {
    BreakerSpec breaker = new BreakerSpec(50, 4, 10, Duration.ofHours(1), 1);
    Director director = started(aChecked(Isolation.DEFAULT.breaker(breaker)).build());
    List<Assignment> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      open.add(dispatchedTo(director, B));
    }
    open.forEach(assignment -> assignment.release(Outcome.SERVER_ERROR));

    heard.await(Event.Kind.SERVER_EJECTED);

    assertEquals(Set.of(A), nextFour(director));
  }

  @Test
  void breaker_checkPasses_staysOpenForItsTime() throws Exception {
    BreakerSpec breaker = new BreakerSpec(50, 2, 2, Duration.ofHours(1), 1);
    Director director = started(aChecked(Isolation.DEFAULT.breaker(breaker)).build());
    open(director, A);

    int runs = check.runs();
    Await.until("more checks passed", () -> check.runs() > runs + 3);

    assertEquals(Set.of(B), nextFour(director));
    assertFalse(heard.kinds().contains(Event.Kind.SERVER_RETURNED));
  }

  /** A's breaker opens, by two connections that fail. */
  private Destination open(Director director, Endpoint server) throws InterruptedException {
    List<Assignment> open = List.of(dispatchedTo(director, server), dispatchedTo(director, server));
    open.forEach(assignment -> assignment.release(Outcome.SERVER_ERROR));
    heard.await(Event.Kind.SERVER_EJECTED);
    return open.get(0).destination();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void breaker_trialFullAndOtherServerDown_nobodyIsRefused(int panicBelow) throws Exception {
    BreakerSpec breaker = new BreakerSpec(50, 2, 2, Duration.ofHours(1), 1);
    FakeCheck second = new FakeCheck();
    Director director =
        started(
            VirtualService.builder(V)
                .scheduler("rr:exact")
                .isolation(
                    Isolation.DEFAULT
                        .panicBelow(panicBelow)
                        .outliers(OutlierSpec.none().endedByCheck(true))
                        .breaker(breaker))
                .realServer(RealServer.of(A).withChecks(spec()))
                .realServer(RealServer.of(B).withChecks(spec(second)))
                .build());
    Destination a = open(director, A);
    Await.until("on trial", () -> a.isOnTrial() && a.isAvailable());
    dispatchedTo(director, A);
    Await.until("bound", a::isEjected);

    second.fail();
    Await.until("down", () -> status(director, B).state() == ServerState.DOWN);
    Await.until("bound lifted", a::isAvailable);

    dispatchedTo(director, A);
    dispatchedTo(director, A);
    assertTrue(a.isAvailable());
    second.pass();
    Await.until("up", () -> status(director, B).state() == ServerState.UP);
    Await.until("bound again", a::isEjected);
  }

  @Test
  void outliers_othersDown_lastOneStays() throws Exception {
    FakeCheck second = new FakeCheck();
    OutlierSpec one = OutlierSpec.none().consecutive(1);
    Director director =
        started(
            VirtualService.builder(V)
                .scheduler("rr:exact")
                .isolation(Isolation.DEFAULT.outliers(one))
                .realServer(A.toString())
                .realServer(RealServer.of(B).withChecks(spec(second)))
                .build());
    second.fail();
    Await.until("down", () -> status(director, B).effectiveWeight() == 0);

    dispatchedTo(director, A).release(Outcome.TIMED_OUT);
    second.pass();
    Await.until("up", () -> status(director, B).effectiveWeight() == 1);
    assertFalse(heard.kinds().contains(Event.Kind.SERVER_EJECTED));

    dispatchedTo(director, A).release(Outcome.TIMED_OUT);
    heard.await(Event.Kind.SERVER_EJECTED);
    assertEquals(Set.of(B), nextFour(director));
    second.fail();
    heard.await(Event.Kind.SERVER_RETURNED);
    // The list follows the event.
    Await.until(
        "one to choose",
        () ->
            director.dispatcher(V).dispatch(CLIENT).stream()
                .peek(chosen -> chosen.release(Outcome.SUCCESS))
                .anyMatch(chosen -> true));
    assertEquals(Set.of(A), nextFour(director));
  }

  @Test
  void drain_deadlineOver_whatIsOpenIsCut() throws Exception {
    Director director = started(ab().build());
    dispatchedTo(director, A);

    Applied applied = director.edit().drainAndClose(V, A, Duration.ofMillis(20)).apply();

    assertEquals(1, applied.drained().get(60, TimeUnit.SECONDS).get(0).connectionsLeft());
    assertEquals(List.of(Set.of(A)), plane.cut());
    assertNotEquals(A, next(director));
  }
}
