package io.evenkeel.health;

import static io.evenkeel.health.ServerState.DOWN;
import static io.evenkeel.health.ServerState.SUSPECT;
import static io.evenkeel.health.ServerState.UP;
import static io.evenkeel.model.AdminState.DRAIN;
import static io.evenkeel.model.AdminState.MAINTENANCE;
import static io.evenkeel.model.AdminState.READY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.AdminState;
import io.evenkeel.model.FailureAction;
import io.evenkeel.model.Isolation;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotationTest {
  private static final Rotation.Place REPLACED =
      new Rotation.Place(-1, -1, false, Rotation.Absence.REPLACED);
  private static final Rotation.Place DOWN_AND_OUT =
      new Rotation.Place(-1, -1, false, Rotation.Absence.DOWN);
  private static final ServerHealth LIVE = health(UP, 1, READY);
  private static final ServerHealth DEAD = health(DOWN, 1, READY);

  private static Rotation.Place listed(int weight, int templateWeight, boolean open) {
    return new Rotation.Place(weight, templateWeight, open, null);
  }

  private static ServerHealth health(ServerState state, int weight, AdminState admin) {
    return new ServerHealth(state, "r", weight, admin, false);
  }

  private static VirtualService service(Isolation isolation, int servers) {
    VirtualService.Builder builder = VirtualService.tcp("v:80").isolation(isolation);
    for (int i = 1; i <= servers; i++) {
      builder.realServer("a:" + i);
    }
    return builder.build();
  }

  private static Rotation of(Isolation isolation, boolean hadQuorum, List<ServerHealth> servers) {
    return Rotation.of(service(isolation, servers.size()), servers, false, hadQuorum);
  }

  private static List<ServerHealth> servers(int live, int dead) {
    List<ServerHealth> all = new ArrayList<>();
    for (int i = 0; i < live + dead; i++) {
      all.add(i < live ? LIVE : DEAD);
    }
    return all;
  }

  private static Rotation.Place place(Isolation isolation, ServerHealth server) {
    // A second server keeps the quorum.
    return of(isolation, true, List.of(server, LIVE)).places().get(0);
  }

  /** Every state, what an operator or the server says, and ejection. */
  @ParameterizedTest
  @CsvSource({
    "UP, READY, false, 7, 7, true,",
    "UP, READY, true, 7, 7, false,",
    "UP, DRAIN, false, 0, 0, true,",
    "UP, DRAIN, true, 0, 0, false,",
    "UP, MAINTENANCE, false, -1, -1, false, MAINTENANCE",
    "SUSPECT, READY, false, 7, 7, false,",
    "SUSPECT, READY, true, 7, 7, false,",
    "SUSPECT, DRAIN, false, 0, 0, false,",
    "SUSPECT, MAINTENANCE, false, -1, -1, false, MAINTENANCE",
    "DOWN, READY, false, -1, -1, false, DOWN",
    "DOWN, READY, true, -1, -1, false, DOWN",
    "DOWN, DRAIN, false, -1, -1, false, DOWN",
    "DOWN, MAINTENANCE, false, -1, -1, false, MAINTENANCE",
  })
  void place_eachState_isAsTheTableSays(
      ServerState state,
      AdminState admin,
      boolean ejected,
      int weight,
      int templateWeight,
      boolean open,
      Rotation.@Nullable Absence absence) {
    assertEquals(
        new Rotation.Place(weight, templateWeight, open, absence),
        place(Isolation.DEFAULT, new ServerHealth(state, "r", 7, admin, ejected)));
  }

  @ParameterizedTest
  @CsvSource({"REMOVE, -1, -1, false, DOWN", "INHIBIT, 0, 0, true,", "QUIESCE, 0, -1, false,"})
  void place_down_isWhatItsActionSays(
      FailureAction action,
      int weight,
      int templateWeight,
      boolean open,
      Rotation.@Nullable Absence absence) {
    Rotation.Place expected = new Rotation.Place(weight, templateWeight, open, absence);

    assertEquals(expected, place(Isolation.DEFAULT.onFailure(action), DEAD));

    VirtualService own =
        VirtualService.tcp("v:80")
            .realServer(RealServer.of("a:1").withOnFailure(action))
            .realServer("b:1")
            .build();
    assertEquals(expected, Rotation.of(own, List.of(DEAD, LIVE), false, true).places().get(0));
  }

  @ParameterizedTest
  @CsvSource({
    // quorum 5, hysteresis 2: kept from 3 on, gained from 7 on
    "5, 2, true, 3, true",
    "5, 2, true, 2, false",
    "5, 2, false, 6, false",
    "5, 2, false, 7, true",
    "5, 0, true, 5, true",
    "5, 0, true, 4, false",
    "5, 0, false, 4, false",
    "5, 0, false, 5, true",
    "1, 0, true, 1, true",
    "1, 0, true, 0, false",
    "1, 0, false, 1, true",
    // Lost at 0, however large the hysteresis.
    "3, 2, true, 1, true",
    "3, 2, true, 0, false",
  })
  void quorum_atItsEdges_isAsKeepalivedHasIt(
      int quorum, int hysteresis, boolean before, int live, boolean after) {
    Rotation rotation = of(Isolation.DEFAULT.quorum(quorum, hysteresis), before, servers(live, 9));

    assertEquals(after, rotation.quorum());
    assertEquals(live, rotation.liveWeight());
  }

  @Test
  void quorum_nearlyTheLargestInt_doesNotOverflow() {
    Isolation large = Isolation.DEFAULT.quorum(2_000_000_000, 1_000_000_000);

    assertFalse(of(large, false, servers(2, 0)).quorum());
  }

  /** What counts is the weight of those that would get a new client. */
  @Test
  void quorum_weights_areThoseOfTheLive() {
    List<ServerHealth> all =
        List.of(
            health(UP, 3, READY),
            health(UP, 0, READY),
            health(SUSPECT, 5, READY),
            health(DOWN, 7, READY),
            health(UP, 11, DRAIN),
            health(UP, 13, MAINTENANCE),
            new ServerHealth(UP, "r", 17, READY, true));

    assertEquals(3, of(Isolation.DEFAULT, true, all).liveWeight());
  }

  @Test
  void sorry_quorumLost_standsInForTheLive() {
    VirtualService service = service(Isolation.DEFAULT.quorum(2, 0), 3);
    List<ServerHealth> all = List.of(LIVE, DEAD, health(UP, 0, READY));

    Rotation with = Rotation.of(service, all, true, true);
    assertTrue(with.sorry());
    // Who is quiesced keeps the clients that persistence ties to it.
    assertEquals(List.of(REPLACED, DOWN_AND_OUT, listed(0, 0, true)), with.places());

    Rotation without = Rotation.of(service, all, false, true);
    assertFalse(without.quorum());
    assertFalse(without.sorry());
    assertEquals(listed(1, 1, true), without.places().get(0));
  }

  @Test
  void sorry_quorumHeld_doesNot() {
    Rotation rotation = Rotation.of(service(Isolation.DEFAULT, 2), List.of(LIVE, DEAD), true, true);

    assertFalse(rotation.sorry());
    assertEquals(listed(1, 1, true), rotation.places().get(0));
  }

  @ParameterizedTest
  @CsvSource({
    "50, 5, 5, false",
    "50, 4, 6, true",
    "50, 0, 1, true",
    "50, 1, 1, false",
    "100, 9, 1, true",
    "100, 10, 0, false",
    "1, 1, 99, false",
    "1, 0, 100, true",
    "0, 0, 10, false",
  })
  void panic_atItsEdge_isBelowTheShare(int percent, int live, int dead, boolean panic) {
    Rotation rotation = of(Isolation.DEFAULT.panicBelow(percent), true, servers(live, dead));

    assertEquals(panic, rotation.panic());
    assertEquals(
        panic ? live + dead : live,
        rotation.places().stream().filter(Rotation.Place::open).count());
  }

  /** Who shall not work does not count, and gets nothing even then. */
  @Test
  void panic_notWanted_neitherCountsNorGets() {
    List<ServerHealth> all =
        List.of(
            LIVE,
            health(DOWN, 1, READY),
            health(SUSPECT, 1, READY),
            new ServerHealth(UP, "r", 1, READY, true),
            health(UP, 1, MAINTENANCE),
            health(DOWN, 1, DRAIN),
            health(DOWN, 0, READY));

    Rotation rotation = of(Isolation.DEFAULT.panicBelow(26), true, all);

    assertTrue(rotation.panic());
    Rotation.Place open = listed(1, 1, true);
    Rotation.Place maintained = new Rotation.Place(-1, -1, false, Rotation.Absence.MAINTENANCE);
    assertEquals(
        List.of(open, open, open, open, maintained, DOWN_AND_OUT, DOWN_AND_OUT), rotation.places());
    assertFalse(of(Isolation.DEFAULT.panicBelow(25), true, all).panic());
  }

  @Test
  void panic_sorryServerAnswers_isNone() {
    Rotation rotation =
        Rotation.of(service(Isolation.DEFAULT.panicBelow(50), 2), List.of(DEAD, DEAD), true, true);

    assertTrue(rotation.sorry());
    assertFalse(rotation.panic());
    assertEquals(List.of(DOWN_AND_OUT, DOWN_AND_OUT), rotation.places());
  }
}
