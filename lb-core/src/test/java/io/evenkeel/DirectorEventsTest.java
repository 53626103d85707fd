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

  /** The plane stops the making of the new list half way. */
  @Test
  void event_ofAServer_isHeardWhenItIsInEffect() throws Exception {
    // A failure would bear the first state out, which is a first verdict.
    CompletableFuture<CheckResult> first = new CompletableFuture<>();
    check.answer(() -> first);
    CheckSpec patient = spec().timeout(Duration.ofHours(1)).initially(InitialState.DOWN);
    VirtualService service =
        VirtualService.builder(V)
            .realServer(RealServer.of(A.toString()).withChecks(patient))
            .build();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch left = new CountDownLatch(1);
    Director director = started(service);
    CompletableFuture<Void> ready = director.ready().toCompletableFuture();
    plane.onApply(
        services -> {
          entered.countDown();
          try {
            assertTrue(left.await(10, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return CompletableFuture.completedFuture(null);
        });
    Logger logger = (Logger) LoggerFactory.getLogger(Director.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.INFO);
    check.pass();
    first.complete(CheckResult.pass("fine"));

    try {
      assertTrue(entered.await(10, TimeUnit.SECONDS));
      // What was told would be heard within this time.
      Thread.sleep(50);
      assertFalse(heard.kinds().contains(Event.Kind.SERVER_UP), () -> heard.texts().toString());
      assertFalse(ready.isDone());
      assertEquals(
          List.of(), logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    } finally {
      logger.setLevel(null);
      logger.detachAppender(logged);
      left.countDown();
    }
    heard.await(Event.Kind.READY);
    List<Event.Kind> kinds = heard.kinds();
    assertEquals(
        List.of(Event.Kind.SERVER_UP, Event.Kind.SERVICE_UP, Event.Kind.READY),
        kinds.subList(kinds.size() - 3, kinds.size()));
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

    Event event = reported.get(10, TimeUnit.SECONDS);
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

    Event event = edited.get(10, TimeUnit.SECONDS);
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
                    .listenerTimeout(Duration.ofSeconds(1))
                    .build())
            .start();

    director.edit().quiesce(V, A).apply();

    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
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
                .listenerTimeout(Duration.ofSeconds(20))
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
    async(() -> director.close(Duration.ZERO)).get(10, TimeUnit.SECONDS);

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

    assertEquals(1, applied.get(10, TimeUnit.SECONDS).changes().size());
    assertEquals(0, status(director, A).weight());
  }
}
