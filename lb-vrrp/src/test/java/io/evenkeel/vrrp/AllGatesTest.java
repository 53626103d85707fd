package io.evenkeel.vrrp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AllGatesTest {
  private final List<String> log = new ArrayList<>();
  private final Set<String> broken = new HashSet<>();

  private ExclusiveGate gate(String name, Duration holds) {
    return new ExclusiveGate() {
      @Override
      public Duration pass() {
        act("pass " + name);
        return holds;
      }

      @Override
      public void release() {
        act("release " + name);
      }
    };
  }

  private void act(String what) {
    log.add(what);
    if (broken.contains(what)) {
      throw new IllegalStateException(what);
    }
  }

  private final ExclusiveGate all =
      ExclusiveGate.all(
          List.of(
              gate("a", Duration.ofSeconds(9)),
              gate("b", Duration.ofSeconds(5)),
              gate("c", ExclusiveGate.FOREVER)));

  @Test
  void pass_all_holdsForTheShortest() throws Exception {
    assertEquals(Duration.ofSeconds(5), all.pass());
    assertEquals(List.of("pass a", "pass b", "pass c"), log);
  }

  @Test
  void pass_oneRefusesAtFirst_givesTheOthersBack() {
    broken.add("pass b");
    broken.add("release b");

    Exception e = assertThrows(IllegalStateException.class, all::pass);

    assertEquals("pass b", e.getMessage());
    assertEquals("release b", e.getSuppressed()[0].getMessage());
    assertEquals(List.of("pass a", "pass b", "release b", "release a"), log);
  }

  /** The master has time left, and asks again. */
  @Test
  void pass_oneRefusesLater_keepsTheOthers() throws Exception {
    all.pass();
    log.clear();
    broken.add("pass b");
    assertThrows(IllegalStateException.class, all::pass);
    assertEquals(List.of("pass a", "pass b"), log);

    // Given back, it is the first time again.
    log.clear();
    all.release();
    assertThrows(IllegalStateException.class, all::pass);
    assertEquals(
        List.of(
            "release c", "release b", "release a", "pass a", "pass b", "release b", "release a"),
        log);
  }

  @Test
  void pass_again_leavesAloneWhatHoldsForever() throws Exception {
    all.pass();
    log.clear();
    assertEquals(Duration.ofSeconds(5), all.pass());
    assertEquals(List.of("pass a", "pass b"), log);

    // Given back, it is the first time again.
    all.release();
    log.clear();
    all.pass();
    assertEquals(List.of("pass a", "pass b", "pass c"), log);
  }

  /** Passed once, and then the last of them refuses. */
  @Test
  void pass_refusedAfterOneThatHoldsForever_passesThatAgain() throws Exception {
    ExclusiveGate both =
        ExclusiveGate.all(
            List.of(gate("c", ExclusiveGate.FOREVER), gate("a", Duration.ofSeconds(9))));
    broken.add("pass a");
    assertThrows(IllegalStateException.class, both::pass);
    broken.clear();
    log.clear();

    both.pass();

    assertEquals(List.of("pass c", "pass a"), log);
  }

  @Test
  void release_oneFails_theOthersAreGivenBack() throws Exception {
    all.pass();
    log.clear();
    broken.add("release c");

    assertThrows(IllegalStateException.class, all::release);

    assertEquals(List.of("release c", "release b", "release a"), log);
  }

  @Test
  void all_none_throws() {
    assertThrows(IllegalArgumentException.class, () -> ExclusiveGate.all(List.of()));
  }
}
