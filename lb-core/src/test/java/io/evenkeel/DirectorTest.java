package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Configuration;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.transport.Transport;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import java.net.BindException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The life of a director: starting, being closed, and what it runs on. */
class DirectorTest extends DirectorKit {

  @Test
  void start_new_carriesAndDispatches() {
    Director director = started(ab().build());

    assertEquals(List.of("tcp 127.0.0.1:80 127.0.0.1:82=1 127.0.0.1:81=1"), plane.last());
    assertEquals(List.of(B, A, B), List.of(next(director), next(director), next(director)));
    assertEquals(Configuration.of(List.of(ab().build())), director.configuration());
  }

  @Test
  void start_noServices_runs() {
    Director director = started();

    assertEquals(Configuration.empty(), director.configuration());
    assertEquals(List.of(), director.status());
  }

  @Test
  void start_twice_throws() {
    Director director = started();

    assertState("director: RUNNING (expected: NEW)", director::start);
    assertEquals(Configuration.empty(), director.configuration());
  }

  @Test
  void calls_beforeStart_throw() {
    Director director = closing(builder().build());

    assertNotRunning("director: NEW (expected: RUNNING)", director);
    director.start();
  }

  @Test
  void calls_afterClose_throw() {
    Director director = started(ab().build());
    director.close();

    assertNotRunning("director: CLOSED (expected: RUNNING)", director);
    assertState("director: CLOSED (expected: NEW)", director::start);
  }

  private static void assertNotRunning(String expected, Director director) {
    assertState(expected, director::configuration);
    assertState(expected, director::status);
    assertState(expected, () -> director.dispatcher(V));
    assertState(expected, () -> director.edit().apply());
    assertState(expected, () -> director.edit().dryRun());
  }

  @Test
  void dispatcher_unknownService_namesThoseThatAreThere() {
    Director director = started(ab().build());

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> director.dispatcher(W));

    assertEquals(
        "virtual service: tcp 127.0.0.1:8080 (expected: one of [tcp 127.0.0.1:80])",
        e.getMessage());
  }

  @Test
  void hasQuorum_serversLeave_isLostWithTheLast() {
    Director director = started(ab().build());
    assertTrue(director.hasQuorum(V));

    director.edit().put(ab().build().without(A)).apply();
    assertTrue(director.hasQuorum(V));
    director.edit().put(ab().build().withoutServers()).apply();
    assertFalse(director.hasQuorum(V));
    assertThrows(IllegalArgumentException.class, () -> director.hasQuorum(W));
  }

  /** They may be a hundred thousand, and others have more to do. */
  @Test
  void connections_inParts_areReadByTheCallerOnly() {
    VirtualAddress address = ServiceKey.tcp("127.0.0.1:80");
    ConnectionStatus status =
        new ConnectionStatus(
            CLIENT,
            address,
            address,
            A,
            ConnectionStatus.State.ESTABLISHED,
            Duration.ZERO,
            Duration.ZERO);
    Set<Thread> readers = new HashSet<>();
    List<ConnectionStatus> part =
        new AbstractList<>() {
          @Override
          public ConnectionStatus get(int index) {
            readers.add(Thread.currentThread());
            return status;
          }

          @Override
          public int size() {
            return 2;
          }
        };
    Director director = started(ab().build());
    plane.onConnections(
        () ->
            List.<CompletionStage<List<ConnectionStatus>>>of(
                CompletableFuture.completedFuture(part),
                CompletableFuture.failedFuture(new IllegalStateException("of the test")),
                CompletableFuture.completedFuture(List.of(status))));

    assertEquals(List.of(status, status, status), director.connections());
    assertEquals(Set.of(Thread.currentThread()), readers);
  }

  @Test
  void connections_planeThrows_areNone() {
    Director director = started(ab().build());
    plane.onConnections(
        () -> {
          throw new IllegalStateException("of the test");
        });

    assertEquals(List.of(), director.connections());
  }

  @Test
  void close_running_closesThePlanesOnce() {
    Director director = started(ab().build());
    Dispatcher dispatcher = director.dispatcher(V);
    plane.onClose(grace -> CompletableFuture.completedFuture(grace.toSecondsPart()));

    assertEquals(7, director.close(Duration.ofSeconds(7)));
    assertEquals(0, director.close(Duration.ofSeconds(7)));

    assertEquals(1, plane.closed());
    assertTrue(dispatcher.dispatch(CLIENT).isEmpty());
  }

  @Test
  void close_neverStarted_cannotBeStarted() {
    Director director = builder().build();

    assertEquals(0, director.close(Duration.ZERO));

    assertState("director: CLOSED (expected: NEW)", director::start);
    assertEquals(0, plane.closed());
  }

  @Test
  void close_negativeGrace_throwsAndRunsOn() {
    Director director = started(ab().build());

    assertThrows(IllegalArgumentException.class, () -> director.close(Duration.ofSeconds(-1)));

    assertEquals(B, next(director));
  }

  @Test
  void close_planeFails_othersAreClosedAndAllEnds() throws Exception {
    FakePlane second = new FakePlane();
    Set<Thread> before = threads();
    Director director = closing(builder(ab().build()).dataPlane(context -> second).build()).start();
    Set<Thread> own = newSince(before);
    plane.onClose(grace -> CompletableFuture.failedFuture(new IllegalStateException("stuck")));
    second.onClose(grace -> CompletableFuture.completedFuture(3));

    assertEquals(3, director.close(Duration.ZERO));

    awaitEnd(own);
  }

  /** The same when the plane throws rather than to return a stage that failed. */
  @Test
  void close_planeThrows_othersAreClosedAndAllEnds() throws Exception {
    FakePlane second = new FakePlane();
    Set<Thread> before = threads();
    Director director = builder(ab().build()).dataPlane(context -> second).build().start();
    Set<Thread> own = newSince(before);
    plane.onClose(
        grace -> {
          throw new IllegalStateException("oops");
        });
    try {
      director.close(Duration.ZERO);

      assertEquals(1, second.closed());
      awaitEnd(own);
    } finally {
      plane.onClose(grace -> CompletableFuture.completedFuture(0));
      director.close(Duration.ZERO);
    }
  }

  @Test
  void close_planeThrowsAnError_othersAreClosed() {
    FakePlane second = new FakePlane();
    Director director = closing(builder(ab().build()).dataPlane(context -> second).build()).start();
    plane.onClose(
        grace -> {
          throw new NoClassDefFoundError("a/missing/Jar");
        });

    director.close(Duration.ZERO);

    assertEquals(1, second.closed());
  }

  @Test
  void close_registryThrows_allEndsAllTheSame() throws Exception {
    SimpleMeterRegistry registry =
        new SimpleMeterRegistry() {
          @Override
          public Meter remove(Meter meter) {
            throw new IllegalStateException("oops");
          }
        };
    Set<Thread> before = threads();
    Director director = builder(ab().build()).meterRegistry(registry).build().start();
    Set<Thread> own = newSince(before);

    assertState("oops", () -> director.close(Duration.ZERO));

    awaitEnd(own);
    assertNotRunning("director: CLOSED (expected: RUNNING)", director);
    assertEquals(Event.Kind.STOPPED, heard.kinds().get(heard.kinds().size() - 1));
  }

  /** Longer than nanoseconds in a long can say. */
  @Test
  void close_endlessGrace_waitsForThePlane() {
    Director director = started(ab().build());
    plane.onClose(grace -> later(7));

    assertEquals(7, director.close(ChronoUnit.FOREVER.getDuration()));
  }

  @Test
  void close_interrupted_closesAllTheSame() throws Exception {
    Set<Thread> before = threads();
    Director director = builder(ab().build()).build().start();
    Set<Thread> own = newSince(before);
    plane.onClose(grace -> later(7));

    assertEquals(7, interrupted(() -> director.close(Duration.ZERO)));

    awaitEnd(own);
    assertEquals(Event.Kind.STOPPED, heard.kinds().get(heard.kinds().size() - 1));
  }

  @Test
  void startAndApply_interrupted_areMadeAllTheSame() throws Exception {
    plane.onApply(services -> later(null));
    Director director = closing(builder(ab().build()).build());

    interrupted(director::start);
    interrupted(() -> director.edit().quiesce(V, A).apply());

    assertEquals(0, status(director, A).weight());
  }

  /** What a thread gets that was interrupted before, and still is after. */
  private static <T> T interrupted(Callable<T> call) throws Exception {
    return async(
            () -> {
              Thread.currentThread().interrupt();
              T result = call.call();
              assertTrue(Thread.interrupted());
              return result;
            })
        .get(60, TimeUnit.SECONDS);
  }

  /** Not there yet when it is asked for. */
  private static <T> CompletableFuture<T> later(T value) {
    return new CompletableFuture<T>().completeOnTimeout(value, 20, TimeUnit.MILLISECONDS);
  }

  @Test
  void start_planeFails_nothingRunsAndCannotBeUsedAgain() throws Exception {
    plane.failOnce(new BindException("127.0.0.1:80: address already in use"));
    Director director = builder(ab().build()).build();
    Set<Thread> before = threads();

    InvalidConfigurationException e =
        assertThrows(InvalidConfigurationException.class, director::start);

    assertEquals(List.of("127.0.0.1:80: address already in use"), e.problems());
    assertEquals("127.0.0.1:80: address already in use", e.getMessage());
    assertInstanceOf(BindException.class, e.getCause());
    assertEquals(1, plane.closed());
    Await.until("end of threads", () -> newSince(before).isEmpty());
    assertEquals(List.of(), heard.kinds());
    assertState("director: CLOSED (expected: NEW)", director::start);
  }

  @Test
  void start_factoryThrows_nothingRuns() throws Exception {
    Set<Thread> before = threads();
    Director director =
        builder()
            .dataPlane(
                context -> {
                  throw new IllegalStateException("no such plane");
                })
            .build();

    assertState("no such plane", director::start);

    Await.until("end of threads", () -> newSince(before).isEmpty());
    assertState("director: CLOSED (expected: NEW)", director::start);
  }

  @Test
  void start_serviceTwice_throwsAsDocumented() {
    Director director = closing(builder(ab().build(), ab().build()).build());

    InvalidConfigurationException e =
        assertThrows(InvalidConfigurationException.class, director::start);

    assertEquals(List.of("virtual service: tcp 127.0.0.1:80 twice (expected: once)"), e.problems());
  }

  /** A listening port is open before apply returns: who comes then must be served. */
  @Test
  void start_connectionWhileThePlaneApplies_isServed() {
    CompletableFuture<Boolean> served = new CompletableFuture<>();
    plane.onApply(
        services -> {
          services.forEach(s -> served.complete(s.dispatcher().dispatch(CLIENT).isPresent()));
          return CompletableFuture.completedFuture(null);
        });

    started(ab().build());

    assertTrue(served.getNow(false));
  }

  @Test
  void close_ownThreads_end() throws Exception {
    Set<Thread> before = threads();
    Director director = started(ab().build());
    heard.await(Event.Kind.STARTED);
    Set<Thread> own = newSince(before);
    next(director);
    assertTrue(own.stream().anyMatch(t -> t.getName().startsWith("evenkeel-director")));
    assertTrue(own.stream().anyMatch(t -> t.getName().startsWith("evenkeel-events")));
    assertTrue(own.stream().allMatch(Thread::isDaemon));

    director.close();

    awaitEnd(own);
  }

  @Test
  void close_whatWasHandedIn_staysOpen() throws Exception {
    EventLoopGroup group = Transport.NIO.newGroup(1, "handed-in");
    ExecutorService executor = Executors.newSingleThreadExecutor();
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try {
      Set<Thread> before = threads();
      Director director =
          builder(ab().build())
              .eventLoopGroup(group)
              .executor(executor)
              .meterRegistry(registry)
              .build()
              .start();
      heard.await(Event.Kind.STARTED);
      assertTrue(
          newSince(before).stream().allMatch(t -> t.getName().startsWith("evenkeel-director")));

      director.close();

      assertFalse(registry.isClosed());
      assertFalse(executor.isShutdown());
      assertFalse(group.isShuttingDown());
      assertEquals("works", group.next().submit(() -> "works").get(60, TimeUnit.SECONDS));
    } finally {
      executor.shutdown();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** What waits for the director while it is closed is told so, and does not wait for ever. */
  @Test
  void apply_whileItIsClosed_throws() throws Exception {
    CompletableFuture<Integer> planeClosed = new CompletableFuture<>();
    plane.onClose(grace -> planeClosed);
    Director director = builder(ab().build()).build().start();
    CompletableFuture<Integer> close = async(() -> director.close(Duration.ZERO));
    Await.until("closing", () -> plane.closed() == 1);
    List<Thread> threads = new ArrayList<>();
    CompletableFuture<Applied> apply = async(() -> director.edit().quiesce(V, A).apply(), threads);
    Await.until("waiting for the close", () -> threads.get(0).getState() == Thread.State.WAITING);

    planeClosed.complete(0);
    close.get(60, TimeUnit.SECONDS);

    assertState(
        "director: CLOSED (expected: RUNNING)",
        () -> {
          try {
            apply.get(60, TimeUnit.SECONDS);
          } catch (ExecutionException e) {
            throw e.getCause();
          }
        });
  }

  @Test
  void builder_outOfRange_throws() {
    Director.Builder builder = Director.builder();

    assertThrows(IllegalArgumentException.class, () -> builder.threads(0));
    assertThrows(IllegalArgumentException.class, () -> builder.threads(1025));
    assertThrows(IllegalArgumentException.class, () -> builder.listenerTimeout(Duration.ZERO));
    assertThrows(
        IllegalArgumentException.class, () -> builder.listenerTimeout(Duration.ofMillis(-1)));
  }

  @Test
  void build_builderUsedAgain_directorsAreIndependent() {
    Director.Builder builder = builder(ab().build());
    Director first = closing(builder.build());
    builder.service(VirtualService.builder(W).build());
    Director second = closing(builder.build());

    assertEquals(1, first.start().configuration().services().size());
    assertEquals(2, second.start().configuration().services().size());
  }

  private static Set<Thread> newSince(Set<Thread> before) {
    Set<Thread> own = new HashSet<>(threads());
    own.removeAll(before);
    return own;
  }

  private static void assertState(String expected, Executable call) {
    assertEquals(expected, assertThrows(IllegalStateException.class, call).getMessage());
  }
}
