package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.evenkeel.health.ServerState;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.OutlierSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Outcome;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DirectorMetersTest extends DirectorKit {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private Director metered() {
    return closing(builder(ab().build()).meterRegistry(registry).build()).start();
  }

  private RequiredSearch of(Endpoint server, String name, String... tags) {
    return registry
        .get(name)
        .tag("service", V.toString())
        .tag("server", server.toString())
        .tags(tags);
  }

  private double counter(Endpoint server, String name, String... tags) {
    return of(server, name, tags).functionCounter().count();
  }

  private double gauge(Endpoint server, String name, String... tags) {
    return of(server, name, tags).gauge().value();
  }

  @Test
  void meters_connections_haveTheRightValues() {
    Director director = metered();
    Assignment active = dispatchedTo(director, A);
    active.established();
    active.destination().countConnect(TimeUnit.MILLISECONDS.toNanos(4));
    active.destination().countFromClient(10);
    active.destination().countToClient(20);
    dispatchedTo(director, A);
    Assignment ended = dispatchedTo(director, A);
    ended.release(Outcome.TIMED_OUT);
    ended.release(Outcome.TIMED_OUT);

    assertEquals(3, counter(A, "evenkeel.connections"));
    assertEquals(1, gauge(A, "evenkeel.connections.active"));
    assertEquals(1, gauge(A, "evenkeel.connections.inactive"));
    assertEquals(10, counter(A, "evenkeel.bytes", "direction", "in"));
    assertEquals(20, counter(A, "evenkeel.bytes", "direction", "out"));
    assertEquals(1, counter(A, "evenkeel.released", "outcome", "timed_out"));
    assertEquals(0, counter(A, "evenkeel.released", "outcome", "success"));
    assertEquals(1, counter(A, "evenkeel.released.twice"));
    FunctionTimer connect = of(A, "evenkeel.connect.time").functionTimer();
    assertEquals(1, connect.count());
    assertEquals(4, connect.totalTime(TimeUnit.MILLISECONDS));
    assertEquals(0, counter(B, "evenkeel.released.twice"));
  }

  @Test
  void meters_refusal_isCounted() {
    Director director = metered();
    director.edit().quiesce(V, A).quiesce(V, B).apply();

    director.dispatcher(V).dispatch(CLIENT);

    assertEquals(1, registry.get("evenkeel.refused").functionCounter().count());
  }

  @Test
  void meters_health_showStateAndChecks() throws Exception {
    Director director = metered();
    director.edit().putServer(V, RealServer.of(A.toString()).withChecks(spec())).apply();
    Await.until("a check", () -> counter(A, "evenkeel.checks", "result", "pass") > 0);
    assertEquals(1, gauge(A, "evenkeel.server.state", "state", "up"));
    assertEquals(0, gauge(A, "evenkeel.server.state", "state", "down"));

    check.fail();
    Await.until("down", () -> status(director, A).state() == ServerState.DOWN);

    assertEquals(0, gauge(A, "evenkeel.server.state", "state", "up"));
    assertEquals(1, gauge(A, "evenkeel.server.state", "state", "down"));
    Await.until("failures", () -> counter(A, "evenkeel.checks", "result", "fail") >= 3);
  }

  @Test
  void meters_isolation_showQuorumPanicAndEjection() throws Exception {
    Director director = metered();
    assertEquals(List.of(2.0, 1.0, 0.0), ofService());
    assertEquals(0, gauge(B, "evenkeel.server.ejected"));

    Isolation strict =
        Isolation.DEFAULT.quorum(2, 0).panicBelow(60).outliers(OutlierSpec.none().consecutive(1));
    director.edit().isolation(V, strict).apply();
    dispatchedTo(director, B).release(Outcome.FAILED);
    heard.await(Event.Kind.PANIC);

    assertEquals(List.of(1.0, 0.0, 1.0), ofService());
    assertEquals(1, gauge(B, "evenkeel.server.ejected"));
  }

  private List<Double> ofService() {
    return Stream.of("weight", "quorum", "panic")
        .map(name -> registry.get("evenkeel.service." + name).gauge().value())
        .toList();
  }

  @Test
  void meters_edited_countOn() {
    Director director = metered();
    next(director);
    next(director);

    director.edit().weight(V, A, 7).apply();

    assertEquals(1, counter(A, "evenkeel.connections"));
    assertEquals(1, counter(B, "evenkeel.connections"));
  }

  /** A registry that reports steps counts from where a meter was made. */
  @Test
  void meters_edited_areTheSameOnes() {
    Director director = metered();
    Meter before = of(A, "evenkeel.connections").functionCounter();

    director.edit().weight(V, B, 7).apply();

    assertSame(before, of(A, "evenkeel.connections").functionCounter());
  }

  @Test
  void meters_serverOrServiceRemoved_vanish() {
    Director director = metered();
    int perServer = metersOf(A).size();
    assertEquals(2 * perServer + 4, registry.getMeters().size());

    director.edit().removeServer(V, A).apply();
    assertEquals(List.of(), metersOf(A));
    assertEquals(perServer, metersOf(B).size());

    director.edit().putServer(V, RealServer.of(A.toString())).apply();
    assertEquals(perServer, metersOf(A).size());

    director.edit().remove(V).apply();
    assertEquals(List.of(), registry.getMeters());
  }

  @Test
  void meters_closed_vanish() {
    Director director = metered();

    director.close();

    assertEquals(List.of(), registry.getMeters());
  }

  private List<Meter> metersOf(Endpoint server) {
    return registry.getMeters().stream()
        .filter(m -> server.toString().equals(m.getId().getTag("server")))
        .toList();
  }
}
