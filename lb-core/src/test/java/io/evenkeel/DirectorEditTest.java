package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Change;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Configuration;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.Probe;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import io.evenkeel.pool.TwoThreads;
import io.evenkeel.schedule.Scheduler;
import io.evenkeel.schedule.Schedulers;
import io.evenkeel.transport.Transport;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Changing a director that runs: all or nothing. */
class DirectorEditTest extends DirectorKit {
  private static final String OLD = "tcp 127.0.0.1:80 127.0.0.1:82=1 127.0.0.1:81=1";

  @Test
  void apply_severalSteps_areMadeTogether() {
    Director director = started(ab().build());
    int calls = plane.calls();

    Applied applied =
        director
            .edit()
            .removeServer(V, A)
            .putServer(V, RealServer.of(C.toString()).withWeight(5))
            .weight(V, B, 2)
            .put(VirtualService.builder(W).build())
            .apply();

    assertEquals(
        List.of(
            Change.Kind.REMOVE_SERVER,
            Change.Kind.EDIT_SERVER,
            Change.Kind.ADD_SERVER,
            Change.Kind.ADD_SERVICE),
        applied.changes().stream().map(Change::kind).toList());
    assertEquals(List.of(), applied.drained().join());
    assertEquals(calls + 1, plane.calls());
    assertEquals(
        List.of("tcp 127.0.0.1:80 127.0.0.1:83=5 127.0.0.1:82=2", "tcp 127.0.0.1:8080"),
        plane.last());
    assertEquals(List.of(C, B, C), List.of(next(director), next(director), next(director)));
  }

  @Test
  void apply_nothing_changesNothing() {
    Director director = started(ab().build());

    assertEquals(List.of(), director.edit().apply().changes());
    assertEquals(List.of(), director.edit().weight(V, A, 1).apply().changes());
  }

  @Test
  void apply_serviceRemoved_itsDispatcherFindsNobody() {
    Director director = started(ab().build(), VirtualService.builder(W).build());
    Dispatcher dispatcher = director.dispatcher(V);
    Assignment open = dispatched(director);

    director.edit().remove(V).apply();

    assertTrue(dispatcher.dispatch(CLIENT).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> director.dispatcher(V));
    assertEquals(List.of("tcp 127.0.0.1:8080"), plane.last());
    assertEquals(1, open.destination().open());
  }

  /** A plane may have to look at all its connections. */
  @Test
  void apply_serversRemoved_planeIsToldOnceOfAll() {
    Director director =
        started(ab().build(), VirtualService.builder(W).sorryServer(C.toString()).build());

    director.edit().weight(V, A, 2).apply();
    director.edit().removeServer(V, A).removeServer(V, B).remove(W).apply();

    assertEquals(List.of(Set.of(A, B, C)), plane.removed());
  }

  @Test
  void apply_edited_dispatcherStaysTheSame() {
    Director director = started(ab().build());
    Dispatcher dispatcher = director.dispatcher(V);

    director.edit().put(ab().scheduler("wlc").build()).apply();

    assertSame(dispatcher, director.dispatcher(V));
  }

  @Test
  void apply_planeFails_oldIsGivenBackAndNothingChanged() {
    FakePlane second = new FakePlane();
    Director director = closing(builder(ab().build()).dataPlane(c -> second).build()).start();
    Configuration before = director.configuration();
    second.failOnce(new IllegalStateException("127.0.0.1:80: address already in use"));

    InvalidConfigurationException e =
        assertThrows(
            InvalidConfigurationException.class,
            () -> director.edit().removeServer(V, A).remove(V).apply());

    assertEquals("127.0.0.1:80: address already in use", e.getMessage());
    assertEquals(before, director.configuration());
    assertEquals(List.of(OLD), plane.last());
    assertEquals(List.of(OLD), second.last());
    assertEquals(List.of(B, A), List.of(next(director), next(director)));
  }

  /** A plane is written by others too: it may throw rather than return a stage that failed. */
  @Test
  void apply_planeThrows_oldIsGivenBackAndNothingChanged() {
    FakePlane second = new FakePlane();
    Director director = closing(builder(ab().build()).dataPlane(c -> second).build()).start();
    Configuration before = director.configuration();
    second.onApply(
        services -> {
          second.onApply(later -> CompletableFuture.completedFuture(null));
          throw new UnsupportedOperationException("oops");
        });

    assertThrows(RuntimeException.class, () -> director.edit().removeServer(V, A).apply());

    assertEquals(before, director.configuration());
    assertEquals(List.of(OLD), plane.last());
  }

  /** A user's own scheduler may throw as well. */
  @Test
  void apply_schedulerThrows_nothingChanged() {
    AtomicBoolean moody = new AtomicBoolean();
    Scheduler scheduler =
        (list, previous) -> {
          if (moody.get()) {
            throw new IllegalStateException("oops");
          }
          return Schedulers.roundRobin().selector(list, previous);
        };
    Director director =
        closing(
                builder(
                        ab().build(),
                        VirtualService.builder(W)
                            .scheduler("moody")
                            .realServer(A.toString())
                            .build())
                    .scheduler("moody", scheduler)
                    .build())
            .start();
    final Configuration before = director.configuration();
    final int calls = plane.calls();

    moody.set(true);
    assertThrows(
        InvalidConfigurationException.class,
        () -> director.edit().quiesce(V, A).weight(W, A, 2).apply());
    moody.set(false);

    assertEquals(before, director.configuration());
    assertEquals(List.of(B, A), List.of(next(director), next(director)));
    // What a plane carries cannot always be given back: another may have taken the port.
    assertEquals(calls, plane.calls());
  }

  @Test
  void apply_severalProblems_areAllNamed() {
    Director director = started(ab().build());
    int calls = plane.calls();
    plane.problems("first thing", "second thing");

    InvalidConfigurationException e =
        assertThrows(
            InvalidConfigurationException.class,
            () ->
                director
                    .edit()
                    .put(
                        VirtualService.builder(W)
                            .scheduler("best")
                            .realServer("nosuch.invalid:81")
                            .realServer(
                                RealServer.of(C.toString()).withChecks(CheckSpec.of(new NoCheck())))
                            .build())
                    .apply());

    assertEquals(
        List.of(
            "real server: nosuch.invalid:81 cannot be resolved"
                + " (expected: an address or a known name)",
            "scheduler: best (expected: one of " + String.join(", ", Schedulers.names()) + ")",
            "check: NoCheck[] (expected: an io.evenkeel.health.HealthCheck)",
            "first thing",
            "second thing"),
        e.problems());
    assertEquals(String.join("; ", e.problems()), e.getMessage());
    assertNull(e.getCause());
    assertEquals(calls, plane.calls());
    assertEquals(1, director.configuration().services().size());
  }

  private record NoCheck() implements Probe {
    @Override
    public String name() {
      return "none";
    }
  }

  @Test
  void apply_stepOnWhatIsNotThere_throws() {
    Director director = started(ab().build());

    assertProblem(
        "virtual service: tcp 127.0.0.1:8080 (expected: one of [tcp 127.0.0.1:80])",
        director.edit().quiesce(W, A));
    assertProblem(
        "real server: 127.0.0.1:83 (expected: one of [127.0.0.1:81, 127.0.0.1:82]"
            + " of tcp 127.0.0.1:80)",
        director.edit().removeServer(V, C));
    assertProblem("weight: -1 (expected: 0..65535)", director.edit().weight(V, A, -1));
  }

  @Test
  void apply_oneServerByNameAndAddress_throws() {
    Director director = started(ab().build());

    assertProblem(
        "real server: localhost:81 has the address of 127.0.0.1:81 in tcp 127.0.0.1:80",
        director.edit().putServer(V, RealServer.of("localhost:81")));
  }

  private static void assertProblem(String expected, Edit edit) {
    assertEquals(
        expected, assertThrows(InvalidConfigurationException.class, edit::apply).getMessage());
    assertEquals(List.of(expected), edit.dryRun().problems());
  }

  @Test
  void apply_ownScheduler_isKnownByItsName() {
    Director director =
        closing(
                builder(ab().scheduler("last").build())
                    .scheduler("last", (list, p) -> (flow, now) -> list.get(list.size() - 1))
                    .build())
            .start();

    assertEquals(List.of(A, A), List.of(next(director), next(director)));
  }

  @Test
  void dryRun_valid_saysWhatAndChangesNothing() {
    Director director = started(ab().build());
    final Configuration before = director.configuration();
    final int calls = plane.calls();
    plane.problems("cannot do that");

    DryRun dryRun = director.edit().removeServer(V, A).dryRun();

    assertEquals(
        List.of("tcp 127.0.0.1:80: remove server 127.0.0.1:81"),
        dryRun.changes().stream().map(Change::text).toList());
    assertEquals(List.of("cannot do that"), dryRun.problems());
    assertEquals(before, director.configuration());
    assertEquals(calls, plane.calls());
    assertEquals(List.of(B, A), List.of(next(director), next(director)));
  }

  @Test
  void apply_twoThreads_loseNothing() throws Exception {
    Director director = started(ab().build());

    TwoThreads.run(() -> addServers(director, 1000), () -> addServers(director, 2000));

    VirtualService service = director.configuration().service(V).orElseThrow();
    assertEquals(2 + 2 * 30, service.realServers().size());
    assertEquals(2 + 2 * 30, director.status().size());
  }

  private static Void addServers(Director director, int firstPort) {
    for (int i = 0; i < 30; i++) {
      director.edit().putServer(V, RealServer.of("127.0.0.1:" + (firstPort + i))).apply();
    }
    return null;
  }

  @Test
  void apply_onAnEventLoop_isRefused() throws Exception {
    EventLoopGroup group = Transport.NIO.newGroup(1, "handed-in");
    try {
      Director director = closing(builder(ab().build()).eventLoopGroup(group).build()).start();

      assertRefused(group.submit(() -> director.edit().quiesce(V, A).apply()));
      assertRefused(group.submit(director::status));
      assertRefused(group.submit(director::configuration));
      assertRefused(group.submit(() -> director.edit().dryRun()));
      assertRefused(group.submit(() -> director.close(Duration.ZERO)));
      assertEquals(1, status(director, A).weight());
    } finally {
      closeAll();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** At once: the edit that runs may need this very event loop. */
  @Test
  void apply_onAnEventLoopWhileAnotherIsApplied_isRefusedAtOnce() throws Exception {
    EventLoopGroup group = Transport.NIO.newGroup(1, "handed-in");
    CompletableFuture<Void> carried = new CompletableFuture<>();
    try {
      Director director = closing(builder(ab().build()).eventLoopGroup(group).build()).start();
      int calls = plane.calls();
      plane.onApply(services -> carried);
      final CompletableFuture<Applied> first = async(() -> director.edit().quiesce(V, B).apply());
      Await.until("the first is being carried", () -> plane.calls() > calls);

      try {
        assertRefused(group.submit(() -> director.edit().quiesce(V, A).apply()));
      } finally {
        carried.complete(null);
      }
      first.get(60, TimeUnit.SECONDS);
    } finally {
      closeAll();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static void assertRefused(Future<?> call) {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> call.get(60, TimeUnit.SECONDS));
    assertInstanceOf(IllegalStateException.class, e.getCause());
    assertEquals(
        "called on handed-in-1-1 (expected: a thread that may block)",
        e.getCause().getMessage().replaceFirst("handed-in-\\d+-", "handed-in-1-"));
  }

  @Test
  void putServer_removedWithOpenConnections_getsItsCellBack() {
    Director director = started(ab().build());
    Assignment open = dispatchedTo(director, A);
    open.established();
    Destination cell = open.destination();

    director.edit().removeServer(V, A).apply();
    assertEquals(List.of(B, B), List.of(next(director), next(director)));
    director.edit().putServer(V, RealServer.of(A.toString())).apply();

    assertSame(cell, cell(director, A));
    assertEquals(1, status(director, A).active());
    open.release(Outcome.SUCCESS);
    assertEquals(0, cell.open());
  }

  @Test
  void putServer_removedWithoutConnections_getsANewCell() {
    Director director = started(ab().build());
    Destination cell = cell(director, A);

    director.edit().removeServer(V, A).apply();
    director.edit().putServer(V, RealServer.of(A.toString())).apply();

    assertNotSame(cell, cell(director, A));
  }

  @Test
  void putServer_removedAndIdleByNow_getsANewCell() {
    Director director = started(ab().build());
    Assignment open = dispatchedTo(director, A);
    director.edit().removeServer(V, A).apply();
    open.release(Outcome.SUCCESS);
    director.edit().weight(V, B, 2).apply();

    director.edit().putServer(V, RealServer.of(A.toString())).apply();

    assertNotSame(open.destination(), cell(director, A));
  }

  /** A selector is made anew when its list or a weight changed, and not for another service. */
  @Test
  void apply_anotherServiceChanged_positionStays() {
    VirtualService wrr =
        VirtualService.builder(V)
            .scheduler("wrr")
            .realServer(A.toString(), 1)
            .realServer(B.toString(), 3)
            .build();
    Director director = started(wrr, VirtualService.builder(W).realServer(A.toString()).build());
    String undisturbed = names(director, 12);

    StringBuilder disturbed = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      disturbed.append(names(director, 1));
      director.edit().weight(W, Endpoint.parse(A.toString()), 2 + i).apply();
    }

    assertEquals(undisturbed, disturbed.toString());
  }

  private static String names(Director director, int count) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < count; i++) {
      names.append(next(director).equals(A) ? 'a' : 'b');
    }
    return names.toString();
  }
}
