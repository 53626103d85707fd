package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.SlowStart;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who warms up in a running director, and from when on. */
class DirectorSlowStartTest extends DirectorKit {
  private static final long DURATION = 1_000_000_000L;

  /** Nothing at first: whether a server warms up does not hang on a coin. */
  private static final SlowStart SLOW =
      SlowStart.over(Duration.ofNanos(DURATION)).withFloor(0).withAggression(1);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - DURATION / 2);

  private Director startedAt(VirtualService service) {
    return closing(builder(service).nanoTime(clock::get).build()).start();
  }

  private static VirtualService.Builder slow() {
    return ab().slowStart(SLOW);
  }

  /** How many of 3000 clients, each with an address of its own, a server gets. */
  private static int share(Director director, Endpoint server) {
    Flow flow = new Flow(0);
    Assignment assignment = new Assignment();
    int count = 0;
    for (int i = 0; i < 3000; i++) {
      flow.client(0, 0xffff_0a00_0000L + i, 4711);
      assertTrue(director.dispatcher(V).dispatch(flow, assignment));
      count += assignment.destination().endpoint().equals(server) ? 1 : 0;
      assignment.release(Outcome.SUCCESS);
    }
    return count;
  }

  @Test
  void start_serversThatItBeginsWith_areWarm() {
    Director director = startedAt(slow().build());

    assertEquals(1500, share(director, B));
  }

  @Test
  void apply_serverAdded_startsAtTheFloorAndIsWarmAfterTheDuration() {
    Director director = startedAt(slow().build());

    director.edit().putServer(V, RealServer.of(C.toString())).apply();

    assertEquals(0, share(director, C));
    clock.addAndGet(DURATION - 1);
    // One nanosecond's part of the choices is too small to be met.
    assertEquals(1000, share(director, C));
    assertTrue(isWarmingUp(director, C));
    clock.addAndGet(1);
    assertEquals(1000, share(director, C));
    assertFalse(isWarmingUp(director, C));
  }

  private static boolean isWarmingUp(Director director, Endpoint server) {
    return cell(director, server).warmUp() != null;
  }

  @Test
  void apply_serverRemovedAndBack_warmsUpAgain() {
    Director director = startedAt(slow().build());

    director.edit().removeServer(V, B).apply();
    director.edit().putServer(V, RealServer.of(B.toString())).apply();

    assertEquals(0, share(director, B));
  }

  @Test
  void apply_weightOrCheckEdited_isNoNewServer() {
    Director director = startedAt(slow().build());

    director.edit().weight(V, B, 0).apply();
    director.edit().weight(V, B, 1).apply();

    assertEquals(1500, share(director, B));
  }

  @Test
  void stateChanged_downAndUpAgain_startsSlowly() throws Exception {
    Director director =
        startedAt(
            VirtualService.builder(V)
                .scheduler("rr")
                .realServer(A.toString())
                .realServer(RealServer.of(B.toString()).withChecks(spec()))
                .slowStart(SLOW)
                .build());
    check.fail();
    heard.await(Event.Kind.SERVER_DOWN);
    check.pass();
    heard.await(Event.Kind.SERVER_UP);

    assertEquals(0, share(director, B));
    clock.addAndGet(DURATION);
    share(director, B);
    assertEquals(1500, share(director, B));
  }

  /** Nobody could connect to it: it may have been started again. */
  @Test
  void stateChanged_suspectAndUpAgain_startsSlowly() throws Exception {
    Director director =
        startedAt(
            VirtualService.builder(V)
                .scheduler("rr")
                .realServer(A.toString())
                .realServer(RealServer.of(B.toString()).withChecks(spec()))
                .slowStart(SLOW)
                .build());
    dispatchedTo(director, B).release(Outcome.CONNECT_FAILED);
    heard.await(Event.Kind.SERVER_SUSPECT);
    heard.await(Event.Kind.SERVER_UP);

    assertEquals(0, share(director, B));
  }

  /** A third of the clients are C's; half of them, and always the same, go there at half time. */
  @Test
  void dispatch_schedulerByAddress_eachClientMovesOnce() {
    for (String name : List.of("maglev", "maglev:size=131071", "ring:balance=0", "rendezvous")) {
      Director director = startedAt(slow().scheduler(name).build());
      director.edit().putServer(V, RealServer.of(C.toString())).apply();
      assertEquals(0, share(director, C), name);

      clock.addAndGet(DURATION / 2);
      int half = share(director, C);
      assertEquals(half, share(director, C), name);
      clock.addAndGet(DURATION / 2);
      share(director, C);
      int all = share(director, C);
      assertEquals(0.5, half / (double) all, 0.1, name);
      director.close(Duration.ZERO);
    }
  }

  @Test
  void apply_slowStartSwitched_countsForServersAddedFromThenOn() {
    Director director = startedAt(ab().build());

    director.edit().slowStart(V, SLOW).apply();
    assertEquals(1500, share(director, B));
    director.edit().putServer(V, RealServer.of(C.toString())).apply();
    assertEquals(0, share(director, C));
    director.edit().slowStart(V, null).apply();
    assertEquals(1000, share(director, C));
  }

  @Test
  void warmth_applicationSaysIt_standsInsteadOfTheTime() {
    Director director = startedAt(slow().build());

    director.warmth(V, B, 0);
    clock.addAndGet(2 * DURATION);
    assertEquals(0, share(director, B));
    director.warmth(V, B, 1);
    assertEquals(1500, share(director, B));
  }

  @Test
  void warmth_unknownOrOutOfRange_saysWhatIsExpected() {
    Director director = startedAt(slow().build());

    assertRefused(
        "virtual service: tcp 127.0.0.1:8080 (expected: one of [tcp 127.0.0.1:80])",
        () -> director.warmth(W, A, 0.5));
    assertRefused(
        "real server: 127.0.0.1:83 (expected: one of [127.0.0.1:81, 127.0.0.1:82]"
            + " of tcp 127.0.0.1:80)",
        () -> director.warmth(V, C, 0.5));
    assertRefused("warmth: 1.5 (expected: 0..1)", () -> director.warmth(V, A, 1.5));
    director.close(Duration.ZERO);
    assertThrows(IllegalStateException.class, () -> director.warmth(V, A, 0.5));
  }

  @Test
  void apply_schedulerWithFlags_isFoundByItsName() {
    Director director = startedAt(ab().scheduler("sh:sh-port,sh-fallback").build());

    assertTrue(share(director, A) > 0);
    assertEquals(
        List.of("scheduler: sh:no (expected: one of "),
        director.edit().put(ab().scheduler("sh:no").build()).dryRun().problems().stream()
            .map(text -> text.substring(0, text.indexOf("one of ") + 7))
            .toList());
  }

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
