package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.ServerState;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What follows for the traffic from who is alive. */
class DirectorHealthTest extends DirectorKit {
  private static final Endpoint SORRY = Endpoint.parse("127.0.0.1:99");

  /** A is checked, B is not. */
  private VirtualService.Builder aChecked() {
    return aChecked(spec());
  }

  private static VirtualService.Builder aChecked(CheckSpec how) {
    return VirtualService.builder(V)
        .scheduler("rr")
        .realServer(RealServer.of(A.toString()).withChecks(how))
        .realServer(B.toString());
  }

  @Test
  void check_fails_serverIsOutUntilItPasses() throws Exception {
    Director director = started(aChecked().build());
    check.fail();
    awaitState(director, A, ServerState.DOWN);

    assertEquals("fake: ill after 3 of 3", status(director, A).reason());
    assertEquals(List.of("tcp 127.0.0.1:80 127.0.0.1:82=1"), plane.last());
    assertEquals(List.of(B, B), List.of(next(director), next(director)));

    check.pass();
    awaitState(director, A, ServerState.UP);
    // As a new one, it stands at the head.
    assertEquals(List.of("tcp 127.0.0.1:80 127.0.0.1:81=1 127.0.0.1:82=1"), plane.last());
    heard.await(Event.Kind.SERVER_UP);
    assertTrue(
        heard
            .texts()
            .containsAll(
                List.of(
                    "tcp 127.0.0.1:80: server 127.0.0.1:81 down: fake: ill after 3 of 3",
                    "tcp 127.0.0.1:80: server 127.0.0.1:81 up: fake: fine after 2 of 2")));
    assertFalse(heard.kinds().contains(Event.Kind.SERVICE_DOWN));
  }

  @Test
  void connectFailed_checked_isOutAtOnceAndBackWhenProven() throws Exception {
    // It stays suspect for as long as its check hangs.
    Director director = started(aChecked(spec().timeout(Duration.ofHours(1))).build());
    Assignment assignment = dispatchedTo(director, A);
    CompletableFuture<CheckResult> hanging = new CompletableFuture<>();
    check.answer(() -> hanging);

    assignment.release(Outcome.CONNECT_FAILED);

    // At once: before the director has heard of it.
    assertEquals(List.of(B, B), List.of(next(director), next(director)));
    awaitState(director, A, ServerState.SUSPECT);
    assertEquals(List.of(B, B), List.of(next(director), next(director)));

    check.pass();
    hanging.complete(CheckResult.pass("fine"));
    awaitState(director, A, ServerState.UP);
    assertEquals("fake: fine after 2 of 2", status(director, A).reason());
    dispatchedTo(director, A);
  }

  @Test
  void connectFailed_notChecked_isSuspectWithItsReason() throws Exception {
    Director director = started(ab().build());

    dispatchedTo(director, A).release(Outcome.CONNECT_FAILED);

    awaitState(director, A, ServerState.SUSPECT);
    assertEquals("a connection failed", status(director, A).reason());
    // It stays in the list: whoever carries it knows by the cell.
    assertEquals(List.of("tcp 127.0.0.1:80 127.0.0.1:82=1 127.0.0.1:81=1"), plane.last());
  }

  @Test
  void connectFailed_lastServer_serviceIsDown() throws Exception {
    VirtualService one = VirtualService.builder(V).realServer(A.toString()).build();
    Director director = started(one);

    dispatched(director).release(Outcome.CONNECT_FAILED);
    heard.await(Event.Kind.SERVER_SUSPECT);
    // Whatever the suspicion caused comes before this.
    director.edit().put(VirtualService.builder(W).realServer(B.toString()).build()).apply();
    heard.await(Event.Kind.CONFIGURED);
    Await.until("the edit", () -> heard.texts().toString().contains("8080: add server"));

    assertTrue(
        heard.texts().contains("tcp 127.0.0.1:80: no server left, connections are closed"),
        () -> heard.texts().toString());
  }

  @Test
  void check_lastServerFails_serviceIsDownAndUpAgain() throws Exception {
    VirtualService one =
        VirtualService.builder(V)
            .realServer(RealServer.of(A.toString()).withChecks(spec()))
            .sorryServer(SORRY.toString())
            .build();
    Director director = started(one);
    check.fail();
    heard.await(Event.Kind.SERVICE_DOWN);
    assertEquals(SORRY, next(director));

    check.pass();
    heard.await(Event.Kind.SERVICE_UP);
    assertEquals(A, next(director));
    assertEquals(
        List.of(
            "tcp 127.0.0.1:80: server 127.0.0.1:81 down: fake: ill after 3 of 3",
            "tcp 127.0.0.1:80: no server left, the sorry server 127.0.0.1:99 answers",
            "tcp 127.0.0.1:80: server 127.0.0.1:81 up: fake: fine after 2 of 2",
            "tcp 127.0.0.1:80: has a server again"),
        heard.texts().stream().filter(t -> t.startsWith("tcp") && !t.contains(" add ")).toList());
  }

  @Test
  void dispatch_allQuiesced_sorryServerAnswersUntilItFails() throws Exception {
    Director director = started(ab().sorryServer(SORRY.toString()).build());
    assertEquals(B, next(director));

    director.edit().quiesce(V, A).quiesce(V, B).apply();
    assertEquals(SORRY, next(director));
    heard.await(Event.Kind.SERVICE_DOWN);

    dispatched(director).release(Outcome.CONNECT_FAILED);
    assertTrue(director.dispatcher(V).dispatch(CLIENT).isEmpty());
    assertEquals(1, director.dispatcher(V).refused());

    director.edit().weight(V, A, 1).apply();
    assertEquals(A, next(director));
    heard.await(Event.Kind.SERVICE_UP);
  }

  @Test
  void check_oneServerInTwoServices_isRunOnceAndBothFollow() throws Exception {
    VirtualService other =
        VirtualService.builder(W)
            .realServer(RealServer.of(A.toString()).withChecks(spec()))
            .realServer(C.toString())
            .build();
    Director director = started(aChecked().build(), other);
    check.fail();

    Await.until(
        "both down",
        () -> director.status().stream().filter(s -> s.state() == ServerState.DOWN).count() == 2);

    // Said to planes a moment after.
    Await.until("offered", () -> !plane.last().toString().contains(A.toString()));
    assertEquals(
        List.of("tcp 127.0.0.1:80 127.0.0.1:82=1", "tcp 127.0.0.1:8080 127.0.0.1:83=1"),
        plane.last());
  }

  @Test
  void check_serverRemoved_isNotRunAnyMore() throws Exception {
    FakeCheck other = new FakeCheck();
    Director director =
        started(aChecked().realServer(RealServer.of(C.toString()).withChecks(spec(other))).build());
    Await.until("a check", () -> check.runs() > 0);

    director.edit().removeServer(V, A).apply();
    int runs = check.runs();
    // As often as that A's would have been run.
    int others = other.runs();
    Await.until("the other's checks", () -> other.runs() > others + 10);

    assertEquals(runs, check.runs());
  }

  /** One check's verdict on a server is not another's, unless the one takes the other's place. */
  @Test
  void apply_newServiceWithAnotherCheckOfADownServer_beginsUp() throws Exception {
    FakeCheck other = new FakeCheck();
    other.answer(CompletableFuture::new);
    Director director = started(aChecked().build());
    check.fail();
    awaitState(director, A, ServerState.DOWN);

    director.edit().put(onlyA(spec(other))).apply();

    assertEquals(
        List.of(ServerState.DOWN, ServerState.UP),
        director.status().stream()
            .filter(s -> s.server().equals(A))
            .map(ServerStatus::state)
            .toList());
    assertEquals(
        List.of("tcp 127.0.0.1:80 127.0.0.1:82=1", "tcp 127.0.0.1:8080 127.0.0.1:81=1"),
        plane.last());
  }

  @Test
  void apply_newServiceWithTheCheckOfADownServer_saysThatItIsDown() throws Exception {
    Director director = started(aChecked().build());
    check.fail();
    heard.await(Event.Kind.SERVER_DOWN);
    heard.forget();

    director.edit().put(onlyA(spec())).apply();

    heard.await(Event.Kind.SERVICE_DOWN);
    assertEquals(
        List.of(
            "tcp 127.0.0.1:8080: server 127.0.0.1:81 down: fake: ill after 3 of 3",
            "tcp 127.0.0.1:8080: no server left, connections are closed"),
        heard.texts().stream().filter(t -> t.startsWith("tcp") && !t.contains(" add ")).toList());
  }

  @Test
  void apply_checkOfADownServerRemoved_saysThatItIsUp() throws Exception {
    Director director = started(aChecked().build());
    check.fail();
    heard.await(Event.Kind.SERVER_DOWN);

    director.edit().putServer(V, RealServer.of(A.toString())).apply();

    heard.await(Event.Kind.SERVER_UP);
    dispatchedTo(director, A);
  }

  private static VirtualService onlyA(CheckSpec how) {
    return VirtualService.builder(W)
        .realServer(RealServer.of(A.toString()).withChecks(how))
        .build();
  }

  /** A user's own scheduler may throw: the other services and the planes follow all the same. */
  @Test
  void check_schedulerThrowsAtTheChange_othersFollowAndTheServerComesBack() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    Scheduler moody =
        (list, previous) -> {
          if (failures.getAndDecrement() > 0) {
            throw new IllegalStateException("oops");
          }
          return Schedulers.roundRobin().selector(list, previous);
        };
    Director director =
        closing(
                builder(aChecked().scheduler("moody").build(), onlyA(spec()))
                    .scheduler("moody", moody)
                    .build())
            .start();
    failures.set(1);
    check.fail();

    heard.await(Event.Kind.SERVICE_DOWN);
    assertEquals(2, heard.kinds().stream().filter(k -> k == Event.Kind.SERVER_DOWN).count());
    Await.until("offered", () -> plane.last().contains("tcp 127.0.0.1:8080"));
    assertEquals(List.of(B, B), List.of(next(director), next(director)));

    check.pass();
    heard.await(Event.Kind.SERVICE_UP);
    dispatchedTo(director, A);
  }

  /** Another rhythm says nothing about whether the server is alive. */
  @Test
  void apply_timingOfADownServersCheckChanged_staysDown() throws Exception {
    Director director = started(aChecked().build());
    check.fail();
    awaitState(director, A, ServerState.DOWN);

    CheckSpec slower = spec().every(Duration.ofHours(1), Duration.ofHours(1));
    director.edit().putServer(V, RealServer.of(A.toString()).withChecks(slower)).apply();

    assertEquals(ServerState.DOWN, status(director, A).state());
    assertEquals(List.of(B, B), List.of(next(director), next(director)));
  }

  /** A data plane that throws must not end the checks. */
  @Test
  void check_planeThrowsAtTheChange_serverComesBackAllTheSame() throws Exception {
    Director director = started(aChecked().build());
    plane.onApply(
        services -> {
          throw new IllegalStateException("oops");
        });
    check.fail();
    awaitState(director, A, ServerState.DOWN);
    plane.onApply(services -> CompletableFuture.completedFuture(null));

    check.pass();

    awaitState(director, A, ServerState.UP);
  }

  @Test
  void status_running_countsWhatWasCarried() {
    Director director = started(ab().build());
    Assignment open = dispatchedTo(director, A);
    open.established();
    open.destination().countFromClient(3);
    open.destination().countToClient(5);
    dispatchedTo(director, A);

    assertEquals(
        new ServerStatus(
            V, A, 1, 1, AdminState.READY, ServerState.UP, "not checked yet", null, 1, 1, 2, 3, 5),
        status(director, A));
    assertEquals(List.of(A, B), director.status().stream().map(ServerStatus::server).toList());
  }
}
