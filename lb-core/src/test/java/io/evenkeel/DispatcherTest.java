package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DispatcherTest {
  private static final ServiceKey KEY = ServiceKey.udp("v:53");
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);

  private final Dispatcher dispatcher = new Dispatcher(KEY, System::nanoTime);
  private final Destination server = cell("a:1");
  private final Destination sorry = cell("s:1");
  private final Flow flow = new Flow();
  private final Assignment assignment = new Assignment();

  @Test
  void dispatch_new_findsNobody() {
    assertFalse(dispatcher.dispatch(flow, assignment));
    assertFalse(assignment.isAssigned());
    assertEquals(Optional.empty(), dispatcher.dispatch(CLIENT));
    assertEquals(2, dispatcher.refused());
    assertSame(KEY, dispatcher.service());
  }

  @Test
  void dispatch_chosen_fillsTheAssignment() {
    dispatcher.choose((f, now) -> f == flow ? server : null, sorry, null, Roster.NOBODY);
    long before = System.nanoTime();

    assertTrue(dispatcher.dispatch(flow, assignment));

    assertSame(server, assignment.destination());
    assertEquals(1, server.open());
    assertTrue(assignment.startNanos() - before >= 0);
    assertTrue(System.nanoTime() - assignment.startNanos() >= 0);
    assertEquals(0, dispatcher.refused());
  }

  @Test
  void dispatch_nobodyEligible_takesTheSorryServer() {
    dispatcher.choose((f, now) -> null, sorry, null, Roster.NOBODY);

    assertTrue(dispatcher.dispatch(flow, assignment));

    assertSame(sorry, assignment.destination());
    assertEquals(0, dispatcher.refused());
  }

  @Test
  void dispatch_sorryServerSuspended_findsNobody() {
    dispatcher.choose((f, now) -> null, sorry, null, Roster.NOBODY);
    sorry.suspend(true);

    assertFalse(dispatcher.dispatch(flow, assignment));
    assertEquals(1, dispatcher.refused());

    sorry.suspend(false);
    assertTrue(dispatcher.dispatch(flow, assignment));
  }

  @Test
  void dispatch_assignmentInUse_throwsAndCountsNothing() {
    dispatcher.choose((f, now) -> server, null, null, Roster.NOBODY);
    assertTrue(dispatcher.dispatch(flow, assignment));

    assertThrows(IllegalStateException.class, () -> dispatcher.dispatch(flow, assignment));

    assertEquals(1, server.connections());
    assertEquals(0, dispatcher.refused());
  }

  @Test
  void dispatch_shortForm_passesProtocolAndClient() {
    AtomicReference<String> seen = new AtomicReference<>("");
    dispatcher.choose(
        (f, now) -> {
          seen.set(f.protocol() + " " + Long.toHexString(f.clientLow()) + " " + f.clientPort());
          return server;
        },
        null,
        null,
        Roster.NOBODY);

    Assignment own = dispatcher.dispatch(CLIENT).orElseThrow();

    assertEquals("udp ffff7f000001 4711", seen.get());
    assertSame(server, own.destination());
    own.release(Outcome.SUCCESS);
    assertEquals(0, server.open());
  }

  @Test
  void chooseNobody_afterAChoice_findsNobodyAndOpenOnesRunOn() {
    dispatcher.choose((f, now) -> server, sorry, null, Roster.NOBODY);
    assertTrue(dispatcher.dispatch(flow, assignment));

    dispatcher.chooseNobody();

    assertEquals(Optional.empty(), dispatcher.dispatch(CLIENT));
    assertTrue(assignment.isAssigned());
    assertEquals(1, server.open());
  }

  private static Destination cell(String endpoint) {
    return new Destination(KEY, Endpoint.parse(endpoint), CLIENT, suspended -> {});
  }
}
