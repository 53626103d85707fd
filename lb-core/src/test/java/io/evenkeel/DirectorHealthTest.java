package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.ServerState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What follows for the traffic from who is alive. */
class DirectorHealthTest extends DirectorKit {
  private static final Endpoint SORRY = Endpoint.parse("127.0.0.1:99");

  /** A is checked, B is not. */
  private VirtualService.Builder aChecked() {
    return VirtualService.builder(V)
        .scheduler("rr")
        .realServer(RealServer.of(A.toString()).withCheck(spec()))
        .realServer(B.toString());
  }

  private static void awaitState(Director director, Endpoint server, ServerState state)
      throws InterruptedException {
    Await.until(server + " " + state, () -> status(director, server).state() == state);
  }

  @Test
  void check_fails_serverIsOutUntilItPasses() throws Exception {
    Director director = started(aChecked().build());
    check.fail();
    awaitState(director, A, ServerState.DOWN);

    assertEquals("fake: ill, 3 of 3", status(director, A).reason());
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
                    "tcp 127.0.0.1:80: server 127.0.0.1:81 down: fake: ill, 3 of 3",
                    "tcp 127.0.0.1:80: server 127.0.0.1:81 up: fake: fine, 2 of 2")));
    assertFalse(heard.kinds().contains(Event.Kind.SERVICE_DOWN));
  }

  @Test
  void connectFailed_checked_isOutAtOnceAndBackWhenProven() throws Exception {
    Director director = started(aChecked().build());
    Assignment assignment = dispatchedTo(director, A);
    check.answer(CompletableFuture::new);

    assignment.release(Outcome.CONNECT_FAILED);

    // At once: before the director has heard of it.
    assertEquals(List.of(B, B), List.of(next(director), next(director)));
    awaitState(director, A, ServerState.SUSPECT);
    assertEquals(List.of(B, B), List.of(next(director), next(director)));

    check.pass();
    awaitState(director, A, ServerState.UP);
    assertEquals("fake: fine, 2 of 2", status(director, A).reason());
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
            .realServer(RealServer.of(A.toString()).withCheck(spec()))
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
            "tcp 127.0.0.1:80: server 127.0.0.1:81 down: fake: ill, 3 of 3",
            "tcp 127.0.0.1:80: no server left, the sorry server 127.0.0.1:99 answers",
            "tcp 127.0.0.1:80: server 127.0.0.1:81 up: fake: fine, 2 of 2",
            "tcp 127.0.0.1:80: has a server again"),
        heard.texts().stream()
            .filter(t -> !t.contains("director") && !t.contains(" add "))
            .toList());
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
            .realServer(RealServer.of(A.toString()).withCheck(spec()))
            .realServer(C.toString())
            .build();
    Director director = started(aChecked().build(), other);
    check.fail();

    Await.until(
        "both down",
        () -> director.status().stream().filter(s -> s.state() == ServerState.DOWN).count() == 2);

    assertEquals(
        List.of("tcp 127.0.0.1:80 127.0.0.1:82=1", "tcp 127.0.0.1:8080 127.0.0.1:83=1"),
        plane.last());
  }

  @Test
  void check_serverRemoved_isNotRunAnyMore() throws Exception {
    Director director = started(aChecked().build());
    Await.until("a check", () -> check.runs() > 0);

    director.edit().removeServer(V, A).apply();
    int runs = check.runs();
    director.edit().weight(V, B, 2).apply();
    director.edit().weight(V, B, 3).apply();

    assertEquals(runs, check.runs());
  }

  /** Another rhythm says nothing about whether the server is alive. */
  @Test
  void apply_timingOfADownServersCheckChanged_staysDown() throws Exception {
    Director director = started(aChecked().build());
    check.fail();
    awaitState(director, A, ServerState.DOWN);

    CheckSpec slower = spec().every(Duration.ofHours(1), Duration.ofHours(1));
    director.edit().putServer(V, RealServer.of(A.toString()).withCheck(slower)).apply();

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
        new ServerStatus(V, A, 1, ServerState.UP, "not checked yet", 1, 1, 2, 3, 5),
        status(director, A));
    assertEquals(List.of(A, B), director.status().stream().map(ServerStatus::server).toList());
  }
}
