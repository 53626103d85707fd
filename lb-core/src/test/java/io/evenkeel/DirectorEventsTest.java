package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.health.CheckResult;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.InitialState;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Outcome;
import io.evenkeel.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What listeners are told. */
class DirectorEventsTest extends DirectorKit {

  @Test
  void events_wholeLife_comeInOrderAndBeforeCloseReturns() {
    Director director = started(ab().build());
    director.edit().quiesce(V, A).put(VirtualService.builder(W).build()).apply();
    director.edit().remove(W).apply();
    director.close();

    assertEquals(
        List.of(
            "tcp 127.0.0.1:80: add service scheduler rr",
            "tcp 127.0.0.1:80: add server 127.0.0.1:81 weight 1 no check",
            "tcp 127.0.0.1:80: add server 127.0.0.1:82 weight 1 no check",
            "director started, virtual services: 1",
            "every server has had its first verdict",
            "tcp 127.0.0.1:80: edit server 127.0.0.1:81 weight 0 no check",
            "tcp 127.0.0.1:8080: add service scheduler wlc",
            "tcp 127.0.0.1:8080: no server left, connections are closed",
            "tcp 127.0.0.1:8080: remove service",
            "director stopped, connections cut off: 0"),
        heard.texts());
    assertEquals(Event.Kind.STOPPED, heard.kinds().get(9));
  }

  /** The data plane is told of the new list before anybody hears of what has changed in it. */
  @Test
  void event_ofAServer_isHeardWhenItIsInEffect() throws Exception {
    CompletableFuture<CheckResult> ofA = new CompletableFuture<>();
    CompletableFuture<CheckResult> ofB = new CompletableFuture<>();
    FakeCheck other = new FakeCheck();
    check.answer(() -> ofA);
    other.answer(() -> ofB);
    CompletableFuture<Director> self = new CompletableFuture<>();
    CompletableFuture<Boolean> isReadyWhenHeard = new CompletableFuture<>();
    Director director =
        closing(
                builder(
                        VirtualService.builder(V)
                            .realServer(RealServer.of(A.toString()).withChecks(patient(check)))
                            .realServer(RealServer.of(B.toString()).withChecks(patient(other)))
                            .build())
                    .executor(Runnable::run)
                    .listener(
                        event -> {
                          if (event.kind() == Event.Kind.READY) {
                            isReadyWhenHeard.complete(self.join().ready().isDone());
                          }
                        })
                    .build())
            .start();
    self.complete(director);
    CompletableFuture<Void> ready = director.ready().toCompletableFuture();
    Logger logger = (Logger) LoggerFactory.getLogger(Director.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.INFO);
    List<String> early = new CopyOnWriteArrayList<>();
    Await.until("checked", () -> check.runs() > 0 && other.runs() > 0);

    try {
      // On the control thread, behind which both results wait: A's bears out what it began with.
      plane.onApply(
          edited -> {
            heard.forget();
            ofA.complete(CheckResult.fail("ill"));
            ofB.complete(CheckResult.pass("fine"));
            plane.onApply(
                changed -> {
                  early.addAll(heard.texts());
                  logged.list.forEach(line -> early.add(line.getFormattedMessage()));
                  early.add("ready: " + ready.isDone());
                  return CompletableFuture.completedFuture(null);
                });
            return CompletableFuture.completedFuture(null);
          });
      director.edit().weight(V, A, 2).apply();
      heard.await(Event.Kind.READY);
    } finally {
      logger.setLevel(null);
      logger.detachAppender(logged);
    }

    assertTrue(isReadyWhenHeard.get(60, TimeUnit.SECONDS));
    assertTrue(ready.isDone());
    assertEquals("ready: false", early.get(early.size() - 1));
    assertFalse(early.toString().contains(" up: "), early::toString);
    List<Event.Kind> kinds = heard.kinds();
    assertEquals(
        List.of(Event.Kind.SERVER_UP, Event.Kind.SERVICE_UP, Event.Kind.READY),
        kinds.subList(kinds.size() - 3, kinds.size()));
  }

  /** Begins down, and waits for its first result, which decides. */
  private static CheckSpec patient(FakeCheck what) {
    return spec(what).counts(1, 1).timeout(Duration.ofHours(1)).initially(InitialState.DOWN);
  }

  @Test
  void event_ofADataPlane_saysWhatItReported() throws Exception {
    CompletableFuture<Event> reported = new CompletableFuture<>();
    AtomicReference<PlaneContext> context = new AtomicReference<>();
    closing(
            builder(ab().build())
                .dataPlane(
                    given -> {
                      context.set(given);
                      return new FakePlane();
                    })
                .listener(
                    e -> {
                      if (e.kind() == Event.Kind.DATA_PLANE) {
                        reported.complete(e);
                      }
                    })
                .build())
        .start();

    context.get().reporter().report(V, "somebody was here");

    Event event = reported.get(60, TimeUnit.SECONDS);
    assertEquals(V, event.service());
    assertNull(event.server());
    assertEquals("somebody was here", event.text());
  }

  @Test
  void event_ofAServer_saysWhich() throws Exception {
    CompletableFuture<Event> edited = new CompletableFuture<>();
    Director director =
        closing(
                builder(ab().build())
                    .listener(
                        e -> {
                          if (e.text().contains("edit server")) {
                            edited.complete(e);
                          }
                        })
                    .build())
            .start();

    director.edit().quiesce(V, A).apply();

    Event event = edited.get(60, TimeUnit.SECONDS);
    assertEquals(Event.Kind.CONFIGURED, event.kind());
    assertEquals(V, event.service());
    assertEquals(A, event.server());
    assertEquals(event.text(), event.toString());
  }

  @Test
  void listener_blocks_isInterruptedAndTheNextEventComes() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    EventListener blocking =
        event -> {
          if (event.kind() == Event.Kind.STARTED) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          }
        };
    Director director =
        closing(
                Director.builder()
                    .transport(Transport.NIO)
                    .threads(1)
                    .service(ab().build())
                    .listener(blocking)
                    .listener(heard)
                    // Long enough for the other listener's thread to begin on a busy machine.
                    .listenerTimeout(Duration.ofSeconds(3))
                    .build())
            .start();

    director.edit().quiesce(V, A).apply();

    assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    Await.until("edit", () -> heard.texts().toString().contains("weight 0"));
    assertTrue(heard.kinds().contains(Event.Kind.STARTED));
  }

  @Test
  void listener_throws_theNextEventComes() throws Exception {
    Director director =
        closing(
                Director.builder()
                    .transport(Transport.NIO)
                    .threads(1)
                    .listener(
                        event -> {
                          throw new IllegalStateException("oops");
                        })
                    .listener(heard)
                    .build())
            .start();

    director.close();

    assertEquals(List.of(Event.Kind.STARTED, Event.Kind.READY, Event.Kind.STOPPED), heard.kinds());
  }

  /** Who sees a connection fail while the director starts is heard after the start. */
  @Test
  void start_connectionFailsMeanwhile_startedComesFirst() throws Exception {
    plane.onApply(
        services -> {
          plane.onApply(later -> CompletableFuture.completedFuture(null));
          services.forEach(
              s ->
                  s.dispatcher()
                      .dispatch(CLIENT)
                      .ifPresent(assignment -> assignment.release(Outcome.CONNECT_FAILED)));
          return CompletableFuture.completedFuture(null);
        });

    started(ab().build());

    heard.await(Event.Kind.SERVER_SUSPECT);
    assertEquals(
        List.of(Event.Kind.STARTED, Event.Kind.READY, Event.Kind.SERVER_SUSPECT),
        heard.kinds().stream().filter(kind -> kind != Event.Kind.CONFIGURED).toList());
  }

  @Test
  void listener_callsTheDirectorThatIsBeingClosed_doesNotHoldItUp() throws Exception {
    CompletableFuture<Director> self = new CompletableFuture<>();
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    CompletableFuture<String> refused = new CompletableFuture<>();
    Director director =
        closing(
            builder(ab().build())
                .listenerTimeout(Duration.ofMinutes(2))
                .listener(
                    event -> {
                      if (event.kind() == Event.Kind.STOPPED) {
                        closed.complete(self.join().close(Duration.ZERO));
                        try {
                          self.join().edit().quiesce(V, A).apply();
                        } catch (IllegalStateException e) {
                          refused.complete(e.getMessage());
                        }
                      }
                    })
                .build());
    self.complete(director);
    director.start();

    // Half as long as the listener may take.
    async(() -> director.close(Duration.ZERO)).get(60, TimeUnit.SECONDS);

    assertEquals(0, closed.getNow(null));
    assertEquals("director: CLOSED (expected: RUNNING)", refused.getNow(null));
  }

  @Test
  void listener_editsTheDirector_works() throws Exception {
    CompletableFuture<Director> self = new CompletableFuture<>();
    CompletableFuture<Applied> applied = new CompletableFuture<>();
    Director director =
        closing(
            builder(ab().build())
                .listener(
                    event -> {
                      if (event.kind() == Event.Kind.STARTED) {
                        applied.complete(self.join().edit().quiesce(V, A).apply());
                      }
                    })
                .build());
    self.complete(director);
    director.start();

    assertEquals(1, applied.get(60, TimeUnit.SECONDS).changes().size());
    assertEquals(0, status(director, A).weight());
  }
}
