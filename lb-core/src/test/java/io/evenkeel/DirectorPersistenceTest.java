package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Persistence and thresholds of a running director; their times are the tables' own tests'. */
class DirectorPersistenceTest extends DirectorKit {
  private static final PersistenceSpec SPEC = PersistenceSpec.perClient();

  private static VirtualService.Builder persistent() {
    return ab().persistent(SPEC);
  }

  private static Set<Endpoint> nextFour(Director director) {
    Set<Endpoint> seen = new TreeSet<>();
    for (int i = 0; i < 4; i++) {
      seen.add(next(director));
    }
    return seen;
  }

  @Test
  void dispatch_sameClient_staysWithItsServer() {
    Director director = started(persistent().build());

    assertEquals(Set.of(B), nextFour(director));
  }

  @Test
  void dispatch_serverQuiescedByEdit_staysUnlessExpiring() {
    Director director = started(persistent().build());
    assertEquals(B, next(director));

    director.edit().quiesce(V, B).apply();
    assertEquals(B, next(director));
    director.edit().persistence(V, SPEC.expireQuiescent(true)).apply();
    assertEquals(A, next(director));
    director.edit().weight(V, B, 1).apply();
    assertEquals(A, next(director));
  }

  @Test
  void dispatch_serverRemovedByEdit_goesToAnother() {
    Director director = started(persistent().build());
    Assignment open = dispatched(director);
    assertEquals(B, open.destination().endpoint());

    director.edit().removeServer(V, B).apply();
    assertEquals(A, next(director));
    director.edit().putServer(V, RealServer.of(B.toString())).apply();
    assertEquals(A, next(director));
    open.release(Outcome.SUCCESS);
    assertEquals(A, next(director));
  }

  /** The kernel keeps a removed server in its trash while templates refer to it. */
  @Test
  void dispatch_serverRemovedAndBackBeforeTheClientComes_staysWithIt() {
    Director director = started(persistent().build());
    Assignment ended = dispatched(director);
    ended.release(Outcome.SUCCESS);

    director.edit().removeServer(V, B).apply();
    director.edit().quiesce(V, A).apply();
    director.edit().putServer(V, RealServer.of(B.toString())).apply();

    Assignment again = dispatched(director);
    assertSame(ended.destination(), again.destination());
    assertEquals(1, again.destination().templates());
  }

  @Test
  void dispatch_serverDown_goesToAnother() throws Exception {
    Director director =
        started(
            VirtualService.builder(V)
                .scheduler("rr")
                .realServer(A.toString())
                .realServer(RealServer.of(B.toString()).withChecks(spec()))
                .persistent(SPEC)
                .build());
    assertEquals(B, next(director));

    check.fail();
    heard.await(Event.Kind.SERVER_DOWN);

    assertEquals(A, next(director));
  }

  @Test
  void dispatch_connectFailed_goesToAnother() {
    Director director = started(persistent().build());
    dispatched(director).release(Outcome.CONNECT_FAILED);

    assertEquals(A, next(director));
  }

  @Test
  void edit_persistenceOffAndOn_startsEmpty() {
    Director director = started(ab().build());
    assertEquals(Set.of(A, B), nextFour(director));

    director.edit().persistence(V, SPEC).apply();
    Endpoint own = next(director);
    assertEquals(Set.of(own), nextFour(director));

    assertEquals(1, cell(director, own).templates());
    director.edit().persistence(V, null).apply();
    assertEquals(Set.of(A, B), nextFour(director));
    assertEquals(0, cell(director, own).templates());

    director.edit().persistence(V, SPEC).apply();
    Endpoint other = next(director);
    assertEquals(Set.of(other), nextFour(director));
  }

  @Test
  void edit_schedulerOrWeights_keepsTheTemplates() {
    Director director = started(persistent().build());
    assertEquals(B, next(director));

    director
        .edit()
        .put(
            persistent()
                .scheduler("wlc")
                .realServer(RealServer.of(C.toString()).withWeight(100))
                .build())
        .weight(V, B, 7)
        .apply();

    assertEquals(Set.of(B), nextFour(director));
  }

  @Test
  void dispatch_noServer_tiesNobodyToTheSorryServer() {
    Director director = started(persistent().sorryServer(C.toString()).build());
    director.edit().quiesce(V, A).quiesce(V, B).apply();
    assertEquals(C, next(director));

    director.edit().weight(V, A, 1).apply();

    assertEquals(A, next(director));
  }

  @Test
  void dispatch_assignmentInUse_holdsNothing() {
    Director director = started(persistent().build());
    Assignment open = dispatched(director);
    Destination own = open.destination();
    Flow flow = new Flow().client(CLIENT);
    Dispatcher dispatcher = director.dispatcher(V);

    assertThrows(IllegalStateException.class, () -> dispatcher.dispatch(flow, open));

    assertEquals(1, own.open());
    assertEquals(1, own.templates());
  }

  @Test
  void dispatch_everyPort_isOneService() {
    ServiceKey every = ServiceKey.tcp("192.0.2.1:0");
    Director director =
        started(
            VirtualService.builder(every)
                .scheduler("rr")
                .realServer(A.toString())
                .realServer(B.toString())
                .persistent(SPEC)
                .build());
    Dispatcher dispatcher = director.dispatcher(every);

    Assignment one = dispatcher.dispatch(CLIENT).orElseThrow();
    Assignment two = dispatcher.dispatch(CLIENT).orElseThrow();

    assertSame(one.destination(), two.destination());
  }

  @Test
  void templates_ofAService_areListed() {
    Director director = started(persistent().build());
    assertEquals(List.of(), director.dispatcher(V).templates());
    dispatched(director);

    TemplateStatus only = director.dispatcher(V).templates().get(0);

    assertEquals(CLIENT.getAddress(), only.client());
    assertEquals(V, only.service());
    assertEquals(B, only.server());
    assertEquals(1, only.connections());
    assertTrue(only.timeLeft().compareTo(SPEC.timeout()) <= 0);
    assertTrue(only.timeLeft().compareTo(SPEC.timeout().dividedBy(2)) > 0);
    director.edit().persistence(V, null).apply();
    assertEquals(List.of(), director.dispatcher(V).templates());
  }

  @Test
  void thresholds_ofAServer_limitNewClientsOnly() {
    Director director =
        started(
            VirtualService.builder(V)
                .scheduler("rr")
                .realServer(A.toString())
                .realServer(RealServer.of(B.toString()).withThresholds(2, 1))
                .build());
    Assignment first = dispatchedTo(director, B);
    dispatchedTo(director, B);
    assertTrue(first.destination().isOverloaded());
    assertEquals(Set.of(A), nextFour(director));

    director.edit().putServer(V, RealServer.of(B.toString()).withThresholds(4, 1)).apply();
    assertEquals(Set.of(A, B), nextFour(director));

    while (next(director).equals(B)) {}
    director.edit().persistence(V, SPEC).apply();
    dispatchedTo(director, B);
    assertTrue(!first.destination().isOverloaded());
    dispatchedTo(director, B);
    assertTrue(first.destination().isOverloaded());
    assertEquals(B, next(director));

    director.edit().putServer(V, RealServer.of(B.toString())).persistence(V, null).apply();
    assertEquals(Set.of(A, B), nextFour(director));
  }

  @Test
  void meters_persistentService_comeAndGo() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Director director =
        closing(builder(persistent().build()).meterRegistry(registry).build()).start();
    nextFour(director);

    assertEquals(3, lookups(registry, "hit"));
    assertEquals(1, lookups(registry, "miss"));
    assertEquals(
        0,
        registry
            .get("evenkeel.templates.evicted")
            .tag("service", V.toString())
            .functionCounter()
            .count());
    assertEquals(1, registry.get("evenkeel.templates").tag("server", B.toString()).gauge().value());
    assertEquals(0, registry.get("evenkeel.templates").tag("server", A.toString()).gauge().value());

    director.edit().persistence(V, null).apply();
    assertEquals(List.of(), List.copyOf(registry.find("evenkeel.templates.lookups").meters()));
    director.edit().persistence(V, SPEC).apply();
    assertNotEquals(List.of(), List.copyOf(registry.find("evenkeel.templates.lookups").meters()));
  }

  private static double lookups(SimpleMeterRegistry registry, String result) {
    return registry
        .get("evenkeel.templates.lookups")
        .tag("service", V.toString())
        .tag("result", result)
        .functionCounter()
        .count();
  }
}
