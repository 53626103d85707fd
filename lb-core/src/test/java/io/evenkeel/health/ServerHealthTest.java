package io.evenkeel.health;

import static io.evenkeel.health.DynamicWeight.Kind.ABSOLUTE;
import static io.evenkeel.health.DynamicWeight.Kind.OFFSET;
import static io.evenkeel.health.DynamicWeight.Kind.PERCENT;
import static io.evenkeel.health.ServerState.DOWN;
import static io.evenkeel.health.ServerState.SUSPECT;
import static io.evenkeel.health.ServerState.UP;
import static io.evenkeel.model.AdminState.DRAIN;
import static io.evenkeel.model.AdminState.MAINTENANCE;
import static io.evenkeel.model.AdminState.READY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.AdminState;
import io.evenkeel.model.RealServer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerHealthTest {
  private static final RealServer SERVER = RealServer.of("a:1").withWeight(10);

  private static Health check(
      ServerState state, String reason, @Nullable DynamicWeight weight, AdminState admin) {
    return new Health(state, 0, reason, 0, true, weight, admin, 0, 0);
  }

  private static Health weighing(DynamicWeight.Kind kind, int value) {
    return check(UP, "r", new DynamicWeight(kind, value), READY);
  }

  private static int weight(RealServer server, Health... checks) {
    return ServerHealth.of(server, List.of(checks), false).weight();
  }

  @Test
  void of_severalChecks_isTheWorstAndItsReason() {
    Health fine = check(UP, "fine", null, READY);
    Health ill = check(DOWN, "ill", null, READY);
    Health doubtful = check(SUSPECT, "doubtful", null, READY);

    assertEquals("ill", ServerHealth.of(SERVER, List.of(fine, ill, doubtful), false).reason());
    assertEquals(DOWN, ServerHealth.of(SERVER, List.of(doubtful, ill), false).state());
    assertEquals(SUSPECT, ServerHealth.of(SERVER, List.of(fine, doubtful), false).state());
    assertEquals(UP, ServerHealth.of(SERVER, List.of(fine, fine), false).state());
  }

  @Test
  void of_adminStates_isTheStrictest() {
    Health drain = check(UP, "r", null, DRAIN);

    assertEquals(DRAIN, ServerHealth.of(SERVER, List.of(drain), false).admin());
    assertEquals(
        MAINTENANCE, ServerHealth.of(SERVER.withAdmin(MAINTENANCE), List.of(drain), false).admin());
  }

  @Test
  void of_dynamicWeights_addUpToTheConfiguredOne() {
    assertEquals(10, weight(SERVER, check(UP, "r", null, READY)));
    assertEquals(3, weight(SERVER, weighing(ABSOLUTE, 3)));
    assertEquals(7, weight(SERVER, weighing(OFFSET, -3)));
    assertEquals(5, weight(SERVER, weighing(PERCENT, 50)));
    // 10 - 7 - 3 + 4
    assertEquals(
        4, weight(SERVER, weighing(ABSOLUTE, 3), weighing(OFFSET, -3), weighing(OFFSET, 4)));
  }

  @Test
  void of_dynamicWeights_stayInRange() {
    assertEquals(0, weight(SERVER, weighing(OFFSET, -11)));
    assertEquals(65535, weight(SERVER, weighing(OFFSET, 65535)));
    assertEquals(65535, weight(SERVER, weighing(PERCENT, 6_553_500)));
  }

  /** Who quiesced it does not want a check to undo that. */
  @Test
  void of_weightZero_staysZero() {
    assertEquals(0, weight(SERVER.withWeight(0), weighing(ABSOLUTE, 9), weighing(OFFSET, 9)));
  }

  @ParameterizedTest
  @CsvSource({"10, 0, 0", "10, 1, 1", "10, 10, 1", "10, 11, 2", "10, 100, 10", "3, 50, 2"})
  void offset_percent_isRoundedUp(int configured, int percent, int expected) {
    assertEquals(expected - configured, new DynamicWeight(PERCENT, percent).offset(configured));
  }

  @ParameterizedTest
  @CsvSource({
    "ABSOLUTE, -1, 0..65535",
    "ABSOLUTE, 65536, 0..65535",
    "OFFSET, -65536, -65535..65535",
    "OFFSET, 65536, -65535..65535",
    "PERCENT, -1, 0..6553500",
    "PERCENT, 6553501, 0..6553500",
  })
  void new_outOfRange_throws(DynamicWeight.Kind kind, int value, String range) {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> new DynamicWeight(kind, value));

    assertEquals(
        "dynamic weight: " + kind + " " + value + " (expected: " + range + ")", e.getMessage());
  }

  @Test
  void isLive_upReadyAndInLine_only() {
    assertTrue(new ServerHealth(UP, "r", 1, READY, false).isLive());
    assertFalse(new ServerHealth(UP, "r", 1, READY, true).isLive());
    assertFalse(new ServerHealth(UP, "r", 1, DRAIN, false).isLive());
    assertFalse(new ServerHealth(SUSPECT, "r", 1, READY, false).isLive());
    assertFalse(new ServerHealth(DOWN, "r", 1, READY, false).isLive());
  }
}
