package io.evenkeel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Explanation.Candidate;
import io.evenkeel.Explanation.Nobody;
import io.evenkeel.Explanation.Scheduled;
import io.evenkeel.Explanation.SorryServer;
import io.evenkeel.Explanation.TemplateHit;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.PersistenceSpec;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.SlowStart;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Assignment;
import io.evenkeel.pool.Exclusion;
import io.evenkeel.pool.Flow;
import io.evenkeel.pool.Outcome;
import io.evenkeel.schedule.Reasoning.Compared;
import io.evenkeel.schedule.Reasoning.InWords;
import io.evenkeel.schedule.Reasoning.Turn;
import io.evenkeel.schedule.Reasoning.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Why a director's dispatcher chose; what schedulers say is their own tests'. */
class ExplanationTest extends DirectorKit {
  private static final Endpoint D = Endpoint.parse("127.0.0.1:84");
  private static final Endpoint E = Endpoint.parse("127.0.0.1:85");
  private static final Endpoint F = Endpoint.parse("127.0.0.1:86");

  private final Flow flow = new Flow().client(CLIENT);
  private final Assignment assignment = new Assignment();

  private static Candidate idle(Endpoint server) {
    return new Candidate(server, 1, 0, 0, 0, false, null);
  }

  private static RealServer server(Endpoint endpoint) {
    return RealServer.of(endpoint.toString());
  }

  @Test
  void explain_persistentTwin_hasTheEffectsOfDispatch() {
    VirtualService.Builder builder = ab().persistent(PersistenceSpec.perClient());
    Dispatcher asked = started(builder.build()).dispatcher(V);
    Director director = started(builder.build());
    Dispatcher explaining = director.dispatcher(V);

    for (int i = 0; i < 50; i++) {
      Assignment one = new Assignment();
      Assignment other = new Assignment();
      flow.client(0, i / 3, 1);
      assertTrue(asked.dispatch(flow, one));
      Explanation explanation = explaining.explain(flow, other);

      assertEquals(one.destination().endpoint(), other.destination().endpoint());
      assertEquals(other.destination().endpoint(), explanation.chosen());
      assertEquals(i % 3 != 0, explanation.reason() instanceof TemplateHit);
      assertEquals(one.destination().open(), other.destination().open());
      assertEquals(one.destination().templates(), other.destination().templates());
    }
    director.edit().remove(V).apply();
    assertNull(explaining.explain(flow, assignment).chosen());
    assertEquals(1, explaining.refused());
  }

  @Test
  void explain_templateHit_saysTimeLeftAndConnections() {
    PersistenceSpec spec = PersistenceSpec.perClient().timeout(Duration.ofSeconds(90));
    Director director = started(ab().persistent(spec).build());
    dispatched(director);

    Explanation explanation = director.dispatcher(V).explain(flow, assignment);

    assertEquals(B, explanation.chosen());
    assertEquals(new TemplateHit(Duration.ofSeconds(90), 2), explanation.reason());
    assertEquals(
        "persistence template, time left 90.0 s, connections 2 with this one",
        explanation.reason().toString());
    assertEquals(
        List.of(new Candidate(B, 1, 0, 1, 0, false, null), idle(A)), explanation.candidates());
    assignment.release(Outcome.SUCCESS);
    assertEquals(1, assignment.destination().open());
  }

  @Test
  void explain_slowStart_saysWhoWarmsUp() {
    Director director =
        started(ab().scheduler("rr").slowStart(SlowStart.over(Duration.ofMinutes(1))).build());
    director.warmth(V, B, 0);

    Explanation explanation = director.dispatcher(V).explain(flow, assignment);

    assertEquals(A, explanation.chosen());
    assertEquals(
        List.of(new Candidate(B, 1, 0, 0, 0, true, null), idle(A)), explanation.candidates());
  }

  @Test
  void explain_scheduled_saysHowEveryServerStood() throws Exception {
    Director director =
        started(
            VirtualService.builder(V)
                .scheduler("wlc")
                .realServer(server(A))
                .realServer(server(B).withThresholds(1, 0))
                .realServer(server(C).withWeight(0))
                .realServer(server(D).withWeight(7).withChecks(spec()))
                .realServer(server(E))
                .build());
    check.fail();
    heard.await(Event.Kind.SERVER_DOWN);
    Assignment onE = dispatchedTo(director, E);
    onE.established();
    dispatchedTo(director, B);
    dispatchedTo(director, A);
    director.edit().removeServer(V, E).putServer(V, server(F)).apply();
    dispatchedTo(director, F).release(Outcome.CONNECT_FAILED);
    Instant before = Instant.now();

    Explanation explanation = director.dispatcher(V).explain(flow, assignment);

    assertEquals(V, explanation.service());
    assertFalse(explanation.time().isBefore(before));
    assertEquals(A, explanation.chosen());
    assertEquals(A, assignment.destination().endpoint());
    assertEquals(
        new Scheduled(
            "wlc",
            new Compared("least (256 · active + inactive) / weight", List.of(new Value(A, 1)))),
        explanation.reason());
    assertEquals(
        List.of(
            new Candidate(F, 1, 0, 0, 0, false, Exclusion.SUSPENDED),
            new Candidate(C, 0, 0, 0, 0, false, Exclusion.QUIESCED),
            new Candidate(B, 1, 0, 1, 1, false, Exclusion.OVERLOADED),
            new Candidate(A, 1, 0, 1, 0, false, null),
            new Candidate(D, 7, 0, 0, 0, false, Exclusion.DOWN),
            new Candidate(E, 0, 1, 0, 0, false, Exclusion.REMOVED)),
        explanation.candidates());
    onE.release(Outcome.SUCCESS);
    assertEquals(5, director.dispatcher(V).explain(flow, new Assignment()).candidates().size());
  }

  @Test
  void explain_nobodyEligible_saysThatTheSorryServerTakesIt() {
    Director director = started(ab().sorryServer(C.toString()).build());
    director.edit().quiesce(V, A).quiesce(V, B).apply();
    Dispatcher dispatcher = director.dispatcher(V);

    Explanation explanation = dispatcher.explain(flow, assignment);

    assertEquals(C, explanation.chosen());
    Turn none = new Turn(-1, -1, 2, 0);
    assertEquals(new SorryServer("rr", none), explanation.reason());
    assertTrue(
        explanation.reason().toString().startsWith("sorry server, scheduler rr found nobody: "));
    assignment.release(Outcome.CONNECT_FAILED);
    assertEquals(
        new Explanation(
            V,
            Instant.EPOCH,
            null,
            new Nobody("rr", none),
            List.of(
                new Candidate(B, 0, 0, 0, 0, false, Exclusion.QUIESCED),
                new Candidate(A, 0, 0, 0, 0, false, Exclusion.QUIESCED))),
        atEpoch(dispatcher.explain(flow, assignment)));
    assertFalse(assignment.isAssigned());
    assertEquals(1, dispatcher.refused());
  }

  @Test
  void explain_maintenanceOrNoQuorum_saysWhich() {
    Director director =
        started(ab().sorryServer(C.toString()).isolation(Isolation.DEFAULT.quorum(2, 0)).build());
    director.edit().admin(V, A, AdminState.MAINTENANCE).apply();

    Explanation explanation = director.dispatcher(V).explain(flow, assignment);

    assertEquals(C, explanation.chosen());
    assertEquals(
        List.of(
            new Candidate(A, 1, 0, 0, 0, false, Exclusion.MAINTENANCE),
            new Candidate(B, 1, 0, 0, 0, false, Exclusion.REPLACED)),
        explanation.candidates());
  }

  @Test
  void explain_serviceRemoved_hasNobody() {
    Dispatcher dispatcher = new Dispatcher(V, System::nanoTime);

    assertEquals(
        new Explanation(
            V,
            Instant.EPOCH,
            null,
            new Nobody("none", new InWords("it gives no reasons")),
            List.of()),
        atEpoch(dispatcher.explain(flow, assignment)));
  }

  @Test
  void explain_assignmentInUse_throwsAndHoldsNothing() {
    Director director = started(ab().persistent(PersistenceSpec.perClient()).build());
    Dispatcher dispatcher = director.dispatcher(V);
    assertTrue(dispatcher.dispatch(flow, assignment));

    assertThrows(IllegalStateException.class, () -> dispatcher.explain(flow, assignment));

    assertEquals(1, assignment.destination().open());
    assertEquals(1, dispatcher.templates().get(0).connections());
  }

  private static Explanation atEpoch(Explanation made) {
    return new Explanation(
        made.service(), Instant.EPOCH, made.chosen(), made.reason(), made.candidates());
  }

  @Test
  void toString_scheduled_isReadable() {
    Explanation explanation =
        new Explanation(
            V,
            Instant.EPOCH,
            A,
            new Scheduled("rr", new Turn(0, 1, 3, 0)),
            List.of(
                new Candidate(B, 0, 2, 1, 9, false, Exclusion.QUIESCED),
                new Candidate(A, 1, 0, 0, 0, true, null)));

    assertEquals(
        """
        tcp 127.0.0.1:80 at 1970-01-01T00:00:00Z: 127.0.0.1:81
          scheduler rr: turn: from place 0 to 1 of 0..2
          127.0.0.1:82 weight 0, active 2, inactive 1, threshold 9, excluded: weight 0
          127.0.0.1:81 weight 1, active 0, inactive 0, warming up""",
        explanation.toString());
  }

  @Test
  void toString_nobody_showsTwentyCandidatesAndCountsTheRest() {
    List<Candidate> candidates = new ArrayList<>(Collections.nCopies(22, idle(A)));
    Nobody reason = new Nobody("own", new InWords("no"));
    String text = new Explanation(V, Instant.EPOCH, null, reason, candidates).toString();

    assertTrue(text.startsWith("tcp 127.0.0.1:80 at 1970-01-01T00:00:00Z: nobody\n"));
    assertTrue(text.contains("\n  no sorry server, scheduler own found nobody: no\n"));
    assertTrue(text.endsWith("\n  and 2 more"), text);
    assertEquals(23, text.lines().count());
  }

  @Test
  void candidates_changedLater_areNotSeen() {
    List<Candidate> candidates = new ArrayList<>();
    Explanation explanation =
        new Explanation(V, Instant.EPOCH, null, new Nobody("own", new InWords("no")), candidates);
    candidates.add(idle(A));

    assertEquals(List.of(), explanation.candidates());
  }
}
