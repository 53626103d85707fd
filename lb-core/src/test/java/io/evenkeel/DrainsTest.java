package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When a drain is polled; deadlines are of the real clock, and far away or over. */
class DrainsTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final ServiceKey V = ServiceKey.tcp("127.0.0.1:80");
  private static final Endpoint A = Endpoint.parse("127.0.0.1:81");

  private final ManualScheduler time = new ManualScheduler();
  private final List<Drained> ended = new ArrayList<>();
  private final List<Destination> cut = new ArrayList<>();
  private final Drains drains = new Drains(time, ended::add, cut::add);
  private final Destination destination =
      new Destination(
          V, A, new InetSocketAddress(InetAddress.getLoopbackAddress(), 81), suspended -> {});

  @Test
  void add_chosenBeforeAndClaimedAfter_isWaitedFor() {
    CompletableFuture<Drained> drained = drains.add(destination, LONG, false);
    time.advance(POLL.minusNanos(1));
    assertFalse(drained.isDone());
    Assignment late = new Assignment();
    late.assign(destination, 0);

    time.advance(POLL);
    assertFalse(drained.isDone());
    late.release(Outcome.SUCCESS);
    time.advance(POLL);

    assertEquals(new Drained(V, A, 0), drained.getNow(null));
    assertEquals(List.of(drained.join()), ended);
    assertEquals(List.of(), time.pending());
  }

  @Test
  void add_deadlineBeforeTheFirstPoll_endsThen() {
    new Assignment().assign(destination, 0);

    CompletableFuture<Drained> drained = drains.add(destination, Duration.ZERO, true);
    time.runDue();

    assertEquals(new Drained(V, A, 1), drained.getNow(null));
    assertEquals(List.of(destination), cut);
  }

  @Test
  void endAll_polledAfterwards_endsOnce() {
    new Assignment().assign(destination, 0);
    CompletableFuture<Drained> drained = drains.add(destination, LONG, false);

    drains.endAll();
    assertTrue(drained.isDone());
    assertEquals(List.of(), cut);
    time.advance(POLL);

    assertEquals(List.of(new Drained(V, A, 1)), ended);
    assertEquals(List.of(), time.pending());
  }
}
