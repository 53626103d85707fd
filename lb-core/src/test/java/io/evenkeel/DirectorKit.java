package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.ServerState;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import io.evenkeel.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** What the tests of a director share: a fake plane, a service with two servers, a listener. */
abstract class DirectorKit {
  static final ServiceKey V = ServiceKey.tcp("127.0.0.1:80");
  static final ServiceKey W = ServiceKey.tcp("127.0.0.1:8080");
  static final Endpoint A = Endpoint.parse("127.0.0.1:81");
  static final Endpoint B = Endpoint.parse("127.0.0.1:82");
  static final Endpoint C = Endpoint.parse("127.0.0.1:83");
  static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);

  final FakePlane plane = new FakePlane();
  final FakeCheck check = new FakeCheck();
  final Heard heard = new Heard();
  private final List<Director> directors = new ArrayList<>();

  /** A listener that remembers. */
  static final class Heard implements EventListener {
    private final List<Event> events = new ArrayList<>();

    @Override
    public synchronized void onEvent(Event event) {
      events.add(event);
    }

    synchronized List<Event.Kind> kinds() {
      return events.stream().map(Event::kind).toList();
    }

    synchronized List<String> texts() {
      return events.stream().map(Event::text).toList();
    }

    void await(Event.Kind kind) throws InterruptedException {
      Await.until(kind + " after " + kinds(), () -> kinds().contains(kind));
    }

    synchronized void forget() {
      events.clear();
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (Director director : directors) {
      // Bounded, so that a director that hangs fails one test and does not end the run.
      async(() -> director.close(Duration.ZERO)).get(30, TimeUnit.SECONDS);
    }
    directors.clear();
  }

  /** A builder of a small director with the fake plane and the listener. */
  final Director.Builder builder(VirtualService... services) {
    Director.Builder builder =
        Director.builder()
            .transport(Transport.NIO)
            .threads(1)
            .dataPlane(context -> plane)
            .listener(heard);
    for (VirtualService service : services) {
      builder.service(service);
    }
    return builder;
  }

  /** Is closed after the test. */
  final Director closing(Director director) {
    directors.add(director);
    return director;
  }

  final Director started(VirtualService... services) {
    return closing(builder(services).build()).start();
  }

  /** Round robin over A and B, the newest of which is B. */
  static VirtualService.Builder ab() {
    return VirtualService.builder(V)
        .scheduler("rr")
        .realServer(A.toString())
        .realServer(B.toString());
  }

  /** Checked every millisecond: two successes, three failures. */
  final CheckSpec spec() {
    return spec(check);
  }

  static CheckSpec spec(FakeCheck what) {
    return CheckSpec.of(what).every(Duration.ofMillis(1), Duration.ofMillis(1));
  }

  static Assignment dispatched(Director director) {
    return director.dispatcher(V).dispatch(CLIENT).orElseThrow();
  }

  /** Who gets the next connection, which ends at once. */
  static Endpoint next(Director director) {
    Assignment assignment = dispatched(director);
    assignment.release(Outcome.SUCCESS);
    return assignment.destination().endpoint();
  }

  /** Asks until a server is chosen, and keeps that connection. */
  static Assignment dispatchedTo(Director director, Endpoint server) {
    for (int i = 0; i < 10; i++) {
      Assignment assignment = dispatched(director);
      if (assignment.destination().endpoint().equals(server)) {
        return assignment;
      }
      assignment.release(Outcome.SUCCESS);
    }
    throw new AssertionError("never chosen: " + server);
  }

  static Destination cell(Director director, Endpoint server) {
    Assignment assignment = dispatchedTo(director, server);
    assignment.release(Outcome.SUCCESS);
    return assignment.destination();
  }

  static ServerStatus status(Director director, Endpoint server) {
    return director.status().stream()
        .filter(s -> s.server().equals(server))
        .findFirst()
        .orElseThrow();
  }

  /** Waits until a server has a state, which is in effect then. */
  static void awaitState(Director director, Endpoint server, ServerState state)
      throws InterruptedException {
    Await.until(server + " " + state, () -> status(director, server).state() == state);
  }

  /** Runs it on a thread of its own. */
  static <T> CompletableFuture<T> async(Callable<T> task) {
    return async(task, new ArrayList<>());
  }

  static <T> CompletableFuture<T> async(Callable<T> task, List<Thread> threads) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(task.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "test");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return result;
  }

  /** The threads of directors that are alive now. */
  static Set<Thread> threads() {
    Set<Thread> all = new HashSet<>(Thread.getAllStackTraces().keySet());
    all.removeIf(thread -> !thread.getName().startsWith("evenkeel"));
    return all;
  }

  static void awaitEnd(Set<Thread> threads) throws InterruptedException {
    assertTrue(!threads.isEmpty());
    Await.until("end of " + threads, () -> threads.stream().noneMatch(Thread::isAlive));
  }
}
