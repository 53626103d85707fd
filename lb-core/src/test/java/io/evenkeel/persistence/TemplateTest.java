package io.evenkeel.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The life of one template, to the nanosecond. */
class TemplateTest {
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(300);
  private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);

  /** Near the overflow of the clock, which is compared by subtraction. */
  private static final long START = Long.MAX_VALUE - MINUTE;

  private long now = START;
  private final Template template =
      new Template(Service.cell("a:1"), () -> now, TIMEOUT, START + TIMEOUT);

  private void hold(long at) {
    now = START + at;
    assertTrue(template.hold(now), "expired at " + at);
  }

  private void release(long at) {
    now = START + at;
    template.released();
  }

  private void assertExpiresAt(long at) {
    assertFalse(template.endIfExpired(START + at - 1), "too early");
    assertEquals(1, template.timeLeftNanos(START + at - 1));
    assertEquals(0, template.timeLeftNanos(START + at));
    assertFalse(template.hold(START + at), "held at its end");
    assertFalse(template.hold(START + at + 1), "held after its end");
    assertTrue(template.endIfExpired(START + at), "too late");
  }

  @Test
  void unused_timeout_expires() {
    assertExpiresAt(TIMEOUT);
  }

  @Test
  void hold_justInTime_restartsTheTimer() {
    hold(TIMEOUT - 1);
    release(TIMEOUT);

    assertExpiresAt(TIMEOUT - 1 + TIMEOUT);
  }

  @Test
  void release_beforeTheTimeout_doesNotRestartTheTimer() {
    hold(0);
    release(TIMEOUT - 1);

    assertExpiresAt(TIMEOUT);
  }

  @Test
  void release_atTheTimeout_comesBeforeTheTimer() {
    hold(0);
    release(TIMEOUT);

    assertExpiresAt(TIMEOUT);
  }

  @Test
  void release_afterTheTimeout_waitsForTheRearmedTimer() {
    hold(0);
    release(TIMEOUT + 1);

    assertExpiresAt(TIMEOUT + MINUTE);
  }

  @Test
  void release_atTheRearmedTimer_comesBeforeIt() {
    hold(0);
    release(TIMEOUT + 3 * MINUTE);

    assertExpiresAt(TIMEOUT + 3 * MINUTE);
  }

  @Test
  void release_justAfterTheRearmedTimer_waitsForTheNext() {
    hold(0);
    release(TIMEOUT + 3 * MINUTE + 1);

    assertExpiresAt(TIMEOUT + 4 * MINUTE);
  }

  @Test
  void held_any_doesNotExpire() {
    hold(0);
    hold(0);
    release(1);

    assertFalse(template.endIfExpired(START + 1000 * TIMEOUT));
    assertEquals(1, template.connections());
    assertEquals(MINUTE - 5, template.timeLeftNanos(START + TIMEOUT + 5));
  }

  /** ip_vs_conn_expire writes 60 s into the template, and ip_vs_conn_put restarts with that. */
  @Test
  void hold_afterTheTimerFired_restartsWithAMinute() {
    hold(0);
    hold(TIMEOUT + 10);
    release(TIMEOUT + 11);
    release(TIMEOUT + 12);

    assertExpiresAt(TIMEOUT + 10 + MINUTE);
  }

  @Test
  void hold_whenTheTimerFires_comesAfterIt() {
    hold(0);
    hold(TIMEOUT);
    release(TIMEOUT + 1);
    release(TIMEOUT + 2);

    assertExpiresAt(TIMEOUT + MINUTE);
  }

  @Test
  void hold_afterARelease_knowsThatTheTimerFired() {
    hold(0);
    release(TIMEOUT + 1);
    hold(TIMEOUT + 2);
    release(TIMEOUT + 3);

    assertExpiresAt(TIMEOUT + 2 + MINUTE);
  }

  @Test
  void ended_any_isNotHeldAgain() {
    assertTrue(template.endIfExpired(START + TIMEOUT));

    assertFalse(template.hold(START));
    assertTrue(template.endIfExpired(START));
    assertEquals(0, template.connections());
  }

  @Test
  void count_twice_countsOnce() {
    template.count();
    template.count();
    assertEquals(1, template.destination().templates());

    template.countNoMore();
    template.countNoMore();
    assertEquals(0, template.destination().templates());
  }
}
