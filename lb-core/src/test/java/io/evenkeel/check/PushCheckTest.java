package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.DynamicWeight;
import io.evenkeel.model.AdminState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushCheckTest {
  private static final DynamicWeight HALF = new DynamicWeight(DynamicWeight.Kind.PERCENT, 50);

  private final PushCheck push = PushCheck.named("web 1");

  @Test
  void check_nothingSaid_findsNothing() {
    assertEquals(CheckResult.none("nothing was said yet"), result());
  }

  @Test
  void check_said_isTheLastWord() {
    push.up("warm");
    assertEquals(CheckResult.pass("warm"), result());
    push.down("draining");
    assertEquals(CheckResult.fail("draining"), result());
    assertEquals(CheckResult.fail("draining"), result());
  }

  @Test
  void check_weightAndAdmin_holdOn() {
    push.weight(HALF);
    push.admin(AdminState.MAINTENANCE);
    assertEquals(CheckResult.Verdict.NONE, result().verdict());
    push.up("warm");
    assertEquals(CheckResult.pass("warm").with(HALF).with(AdminState.MAINTENANCE), result());
    push.admin(AdminState.READY);
    push.down("cold");
    assertEquals(CheckResult.fail("cold").with(HALF).with(AdminState.READY), result());
  }

  @Test
  void watch_changes_areToldAfterTheyHold() {
    List<CheckResult> told = new ArrayList<>();
    Runnable end = push.watch(() -> told.add(result()));

    push.up("warm");
    push.up("warm");
    push.weight(HALF);
    push.down("cold");
    end.run();
    push.up("warm");

    assertEquals(
        List.of(
            CheckResult.pass("warm"),
            CheckResult.pass("warm").with(HALF),
            CheckResult.fail("cold").with(HALF)),
        told);
  }

  @Test
  void watch_sameWatcherTwice_endsOneAtATime() {
    List<String> told = new ArrayList<>();
    Runnable watcher = () -> told.add("news");
    Runnable first = push.watch(watcher);
    push.watch(watcher);

    first.run();
    first.run();
    push.up("warm");

    assertEquals(List.of("news"), told);
  }

  /** No word that a thread says of the weight is lost to another one's of the state. */
  @Test
  void say_twoThreads_loseNothing() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      PushCheck one = PushCheck.named("one");
      CountDownLatch start = new CountDownLatch(1);
      Thread weight =
          new Thread(
              () -> {
                start.countDown();
                one.weight(HALF);
              });
      weight.start();
      start.await();
      one.up("warm");
      weight.join();
      assertEquals(
          CheckResult.pass("warm").with(HALF), one.check(null).toCompletableFuture().join());
    }
  }

  @Test
  void equals_another_isAnotherCheck() {
    assertNotEquals(PushCheck.named("web 1"), push);
    assertEquals("push", push.name());
    assertEquals("push:web 1", push.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb"})
  void named_badName_throws(String name) {
    assertThrows(IllegalArgumentException.class, () -> PushCheck.named(name));
  }

  @Test
  void say_null_throwsAndChangesNothing() {
    push.up("warm");
    assertThrows(NullPointerException.class, () -> push.up(null));
    assertThrows(NullPointerException.class, () -> push.down(null));
    assertThrows(NullPointerException.class, () -> push.weight(null));
    assertThrows(NullPointerException.class, () -> push.admin(null));
    assertThrows(NullPointerException.class, () -> push.watch(null));
    push.weight(HALF);
    assertEquals(CheckResult.pass("warm").with(HALF), result());
  }

  private CheckResult result() {
    return push.check(null).toCompletableFuture().join();
  }
}
