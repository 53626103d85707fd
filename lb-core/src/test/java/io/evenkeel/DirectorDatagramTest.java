package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.Protocol;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Datagrams that are scheduled each by itself. */
class DirectorDatagramTest extends DirectorKit {
  private static final ServiceKey DNS = ServiceKey.udp("127.0.0.1:53");
  private static final long SECOND = 1_000_000_000L;

  private final Flow flow = new Flow(0).protocol(Protocol.UDP);
  private final AtomicLong clock = new AtomicLong();

  private Director startedAt(VirtualService.Builder service) {
    return closing(builder(service.build()).nanoTime(clock::get).build()).start();
  }

  private static VirtualService.Builder dns() {
    return VirtualService.builder(DNS)
        .scheduler("rr")
        .realServer(A.toString())
        .realServer(B.toString())
        .onePacket();
  }

  private Endpoint next(Director director, int client) {
    Destination server =
        director.dispatcher(DNS).datagram(flow.client(0, 0xffff_0a00_0000L + client, 5353));
    assertNotNull(server);
    assertEquals(0, server.open());
    return server.endpoint();
  }

  @Test
  void datagram_any_isOneConnectionThatHasEnded() {
    Director director = startedAt(dns());

    assertEquals(B, next(director, 1));
    assertEquals(A, next(director, 1));
    assertEquals(B, next(director, 1));
    assertEquals(2, status(director, B).connections());
    assertEquals(0, status(director, B).inactive());
    Destination b = director.dispatcher(DNS).dispatch(CLIENT).orElseThrow().destination();
    assertEquals(1, b.released(Outcome.SUCCESS));
  }

  /** 300 s after the last datagram, and not a nanosecond more. */
  @Test
  void datagram_persistentClient_eachProlongsItsTemplate() {
    Director director = startedAt(dns().persistent(PersistenceSpec.perClient()));

    assertEquals(B, next(director, 1));
    assertEquals(A, next(director, 2));
    clock.set(300 * SECOND - 1);
    assertEquals(B, next(director, 1));
    assertEquals(0, director.dispatcher(DNS).templates().get(0).connections());
    clock.set(600 * SECOND - 2);
    assertEquals(B, next(director, 1));
    clock.set(900 * SECOND - 2);
    // The rotation goes on: after A, B, and then A for the client that has no template any more.
    assertEquals(B, next(director, 3));
    assertEquals(A, next(director, 1));
  }

  @Test
  void datagram_nobody_isRefusedAndCounted() {
    Director director = startedAt(VirtualService.builder(DNS).onePacket());

    assertNull(director.dispatcher(DNS).datagram(flow));
    assertEquals(1, director.dispatcher(DNS).refused());
    director.edit().put(dns().sorryServer(C.toString()).build()).quiesce(DNS, A).apply();
    director.edit().quiesce(DNS, B).apply();
    assertEquals(C, next(director, 1));
    assertEquals(1, director.dispatcher(DNS).refused());
  }

  @Test
  void datagram_serviceWithoutOnePacket_throws() {
    Director director = startedAt(dns());
    final Dispatcher dispatcher = director.dispatcher(DNS);

    director.edit().onePacket(DNS, false).apply();
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> dispatcher.datagram(flow));
    assertEquals(
        "datagram: udp 127.0.0.1:53 is not scheduled by the packet (expected: onePacket)",
        e.getMessage());
    director.edit().onePacket(DNS, true).apply();
    assertEquals(B, next(director, 1));
    director.edit().remove(DNS).apply();
    assertNull(dispatcher.datagram(flow));
  }

  /** As in the kernel: the one connection of the moment is over the threshold, and then gone. */
  @Test
  void datagram_upperThresholdReached_isOverloadedUntilBelowTheLower() {
    Director director =
        startedAt(
            VirtualService.builder(DNS)
                .scheduler("rr")
                .realServer(RealServer.of(A.toString()).withThresholds(2, 1))
                .realServer(B.toString())
                .onePacket());
    assertEquals(B, opened(director));
    assertEquals(A, opened(director));

    flow.client(CLIENT);
    assertEquals(B, director.dispatcher(DNS).datagram(flow).endpoint());
    assertEquals(A, director.dispatcher(DNS).datagram(flow).endpoint());
    assertEquals(B, director.dispatcher(DNS).datagram(flow).endpoint());
    assertEquals(B, director.dispatcher(DNS).datagram(flow).endpoint());
  }

  private static Endpoint opened(Director director) {
    return director.dispatcher(DNS).dispatch(CLIENT).orElseThrow().destination().endpoint();
  }
}
