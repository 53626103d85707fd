package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Draining a server. */
class DirectorDrainTest extends DirectorKit {
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void drain_lastConnectionReleased_completes() throws Exception {
    Director director = started(ab().build());
    Assignment first = dispatchedTo(director, A);
    Assignment second = dispatchedTo(director, A);
    first.established();

    CompletableFuture<List<Drained>> drained = drain(director, A, LONG);

    assertEquals(List.of(B, B, B), List.of(next(director), next(director), next(director)));
    assertEquals(0, status(director, A).weight());
    second.release(Outcome.SUCCESS);
    director.status();
    assertFalse(drained.isDone());
    first.release(Outcome.SUCCESS);

    assertEquals(List.of(new Drained(V, A, 0)), drained.get(60, TimeUnit.SECONDS));
    heard.await(Event.Kind.DRAINED);
    assertTrue(
        heard
            .texts()
            .contains("tcp 127.0.0.1:80: server 127.0.0.1:81 drained, connections left: 0"));
  }

  @Test
  void drain_idle_completesAtOnce() throws Exception {
    Director director = started(ab().build());

    assertEquals(List.of(new Drained(V, A, 0)), drain(director, A, LONG).get(60, TimeUnit.SECONDS));
  }

  @Test
  void drain_deadline_completesWithWhatIsLeft() throws Exception {
    Director director = started(ab().build());
    Assignment first = dispatchedTo(director, A);
    dispatchedTo(director, A).established();

    List<Drained> drained = drain(director, A, Duration.ofMillis(20)).get(60, TimeUnit.SECONDS);

    assertEquals(List.of(new Drained(V, A, 2)), drained);
    assertEquals(2, first.destination().open());
    assertEquals(
        List.of(new Drained(V, A, 2)), drain(director, A, Duration.ZERO).get(60, TimeUnit.SECONDS));
  }

  @Test
  void drain_several_completeTogetherInTheEditsOrder() throws Exception {
    Director director = started(ab().build());
    Assignment a = dispatchedTo(director, A);
    Assignment b = dispatchedTo(director, B);

    CompletableFuture<List<Drained>> drained =
        director.edit().drain(V, B, LONG).drain(V, A, LONG).apply().drained();
    a.release(Outcome.SUCCESS);
    heard.await(Event.Kind.DRAINED);
    assertFalse(drained.isDone());
    b.release(Outcome.SUCCESS);

    assertEquals(
        List.of(new Drained(V, B, 0), new Drained(V, A, 0)), drained.get(60, TimeUnit.SECONDS));
  }

  @Test
  void drain_oneServerTwice_eachIsReported() throws Exception {
    Director director = started(ab().build());

    assertEquals(
        List.of(new Drained(V, A, 0), new Drained(V, A, 0)),
        director
            .edit()
            .drain(V, A, LONG)
            .drain(V, A, LONG)
            .apply()
            .drained()
            .get(60, TimeUnit.SECONDS));
  }

  @Test
  void drain_executorRejects_completesAllTheSame() throws Exception {
    AtomicBoolean full = new AtomicBoolean();
    Director director =
        closing(
                builder(ab().build())
                    .executor(
                        task -> {
                          if (full.get()) {
                            throw new RejectedExecutionException("full");
                          }
                          task.run();
                        })
                    .build())
            .start();
    full.set(true);

    assertEquals(List.of(new Drained(V, A, 0)), drain(director, A, LONG).get(60, TimeUnit.SECONDS));
  }

  @Test
  void drain_directorClosed_completesWithWhatIsLeft() throws Exception {
    Director director = started(ab().build());
    dispatchedTo(director, A);
    CompletableFuture<List<Drained>> drained = drain(director, A, LONG);

    director.close(Duration.ZERO);

    assertEquals(List.of(new Drained(V, A, 1)), drained.get(60, TimeUnit.SECONDS));
  }

  @Test
  void drain_editRefused_drainsNothing() {
    Director director = started(ab().build());
    plane.problems("no");

    assertThrows(
        InvalidConfigurationException.class,
        () -> director.edit().drain(V, A, Duration.ZERO).apply());

    assertEquals(1, status(director, A).weight());
    // Every event has been heard then.
    director.close();
    assertFalse(heard.kinds().contains(Event.Kind.DRAINED));
  }

  @Test
  void drain_negativeDeadline_throws() {
    Director director = started(ab().build());

    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> director.edit().drain(V, A, Duration.ofSeconds(-1)));

    assertEquals("deadline: PT-1S (expected: 0 or more)", e.getMessage());
  }

  /** Longer than nanoseconds in a long can say. */
  @Test
  void drain_endlessDeadline_waitsForTheLastConnection() throws Exception {
    Director director = started(ab().build());
    Assignment open = dispatchedTo(director, A);

    CompletableFuture<List<Drained>> endless =
        drain(director, A, Duration.ofSeconds(Long.MAX_VALUE));

    // Ends after several polls of the first.
    drain(director, A, Duration.ofMillis(30)).get(60, TimeUnit.SECONDS);
    assertFalse(endless.isDone());
    open.release(Outcome.SUCCESS);
    assertEquals(List.of(new Drained(V, A, 0)), endless.get(60, TimeUnit.SECONDS));
  }

  /** 0 left means that the server may be stopped, which would cut its connection off. */
  @Test
  void drain_removedInTheSameEdit_waitsForItsConnections() throws Exception {
    Director director = started(ab().build());
    Assignment open = dispatchedTo(director, A);

    CompletableFuture<List<Drained>> drained =
        director.edit().drain(V, A, LONG).removeServer(V, A).apply().drained();

    assertFalse(drained.isDone(), () -> "drained: " + drained.join());
    open.release(Outcome.SUCCESS);
    assertEquals(List.of(new Drained(V, A, 0)), drained.get(60, TimeUnit.SECONDS));
  }

  @Test
  void drain_removedWhileItDrains_waitsForItsConnections() throws Exception {
    Director director = started(ab().build());
    Assignment open = dispatchedTo(director, A);
    CompletableFuture<List<Drained>> drained = drain(director, A, LONG);

    director.edit().removeServer(V, A).apply();

    assertFalse(drained.isDone());
    open.release(Outcome.SUCCESS);
    assertEquals(List.of(new Drained(V, A, 0)), drained.get(60, TimeUnit.SECONDS));
  }

  /** What the example in {@link Edit} begins: drain, then remove. */
  @Test
  void drained_thenAnotherEdit_works() throws Exception {
    Director director = started(ab().build());
    Assignment open = dispatchedTo(director, A);

    CompletableFuture<Applied> removed =
        drain(director, A, LONG).thenApply(left -> director.edit().removeServer(V, A).apply());
    open.release(Outcome.SUCCESS);

    assertEquals(1, removed.get(60, TimeUnit.SECONDS).changes().size());
  }

  private static CompletableFuture<List<Drained>> drain(
      Director director, Endpoint server, Duration deadline) {
    return director.edit().drain(V, server, deadline).apply().drained();
  }
}
