package io.evenkeel.vrrp.lab;

import static io.evenkeel.vrrp.lab.Host.HIGH;
import static io.evenkeel.vrrp.lab.Host.LOW;

import io.evenkeel.vrrp.protocol.Version;
import java.io.IOException;
import java.util.Locale;

/**
 * What happens to two routers, of which the one on {@link Host#HIGH} has the higher priority where
 * nothing else is said.
 */
enum Scenario {
  START_TOGETHER(
      "both start",
      play -> {
        play.start(HIGH, LOW);
        play.rest();
      }),
  START_LOW_FIRST(
      "the one of higher priority starts when the other is master",
      play -> {
        play.start(LOW);
        play.awaitOwner(LOW);
        play.start(HIGH);
        play.rest();
      }),
  /** And started again, where its addresses still are. */
  KILL(
      "the master is killed by SIGKILL, its addresses stay, and it starts again when the other is"
          + " master",
      play -> {
        play.start(HIGH, LOW);
        play.prepare(HIGH);
        play.awaitOwner(HIGH);
        play.align(HIGH);
        play.kill(HIGH);
        play.awaitBoth();
        play.start(HIGH);
        play.rest();
      }),
  STOP(
      "the master is stopped",
      play -> {
        play.begin();
        play.stop(HIGH);
        play.rest();
      }),
  LINK_DOWN(
      "the master's cable is pulled, and plugged in again when the other is master",
      play -> {
        play.begin();
        play.cable(HIGH, false);
        play.awaitOwner(LOW);
        play.align(LOW);
        play.cable(HIGH, true);
        play.rest();
      }),
  PRIORITY_CHANGE(
      "the master's priority falls below the other's, and rises again",
      play -> {
        play.begin();
        play.priority(HIGH, 50);
        play.awaitOwner(LOW);
        play.align(LOW);
        play.priority(HIGH, 150);
        play.rest();
      }),
  PREEMPT(
      "the master is stopped, and starts again when the other is master", Scenario::leaveAndReturn),
  PREEMPT_DELAY(
      "the same with a preempt delay of 2 s",
      play -> {
        play.set(HIGH, play.settings(HIGH).preemptDelaySeconds(2));
        leaveAndReturn(play);
        play.awaitOwner(HIGH);
        play.rest();
      }),
  NOPREEMPT(
      "the same without preemption",
      play -> {
        play.set(HIGH, play.settings(HIGH).withoutPreemption());
        leaveAndReturn(play);
      }),
  /** It comes, is master at once, and leaves. */
  OWNER(
      "an owner (255) starts when the other is master, and is stopped",
      play -> {
        play.set(HIGH, play.settings(HIGH).priority(255));
        play.start(LOW);
        play.awaitOwner(LOW);
        play.align(LOW);
        play.start(HIGH);
        play.awaitOwner(HIGH);
        play.align(HIGH);
        play.stop(HIGH);
        play.rest();
      }),
  AUTH_PASS("as preempt, with a password", play -> authenticated(play, "PASS")),
  AUTH_AH("as preempt, with an authentication header", play -> authenticated(play, "AH")),
  WRONG_AUTH(
      "both start, with different passwords",
      play -> {
        play.set(HIGH, play.settings(HIGH).authentication("PASS", "one"));
        play.set(LOW, play.settings(LOW).authentication("PASS", "other"));
        play.start(HIGH, LOW);
        play.rest();
      }),
  /**
   * A master comes whose interval is twice the backup's, and is lost. In version 2 they do not hear
   * each other, and stay: keepalived then advertises no more, as each advertisement that it drops
   * starts its timer again.
   */
  INTERVAL_CHANGE(
      "a master comes whose interval is twice the other's, and its cable is pulled (in version 2"
          + " they do not hear each other: it stays)",
      play -> {
        play.set(HIGH, play.settings(HIGH).intervalMillis(2 * play.settings(LOW).intervalMillis()));
        play.start(LOW);
        play.awaitOwner(LOW);
        play.start(HIGH);
        play.awaitAnswer(HIGH);
        if (play.settings(HIGH).version() == Version.V3) {
          play.align(HIGH);
          play.cable(HIGH, false);
        }
        play.rest();
      }),
  /** Who comes later stays backup; of two masters the higher address decides. */
  EQUAL_PRIORITY(
      "one starts when another of the same priority and a lower address is master; then it hears"
          + " the other no more",
      play -> {
        play.set(HIGH, play.settings(HIGH).priority(100));
        play.start(LOW);
        play.awaitOwner(LOW);
        play.start(HIGH);
        play.rest();
        play.align(LOW);
        play.deaf(HIGH, true);
        play.awaitOwner(HIGH);
        play.deaf(HIGH, false);
        play.rest();
      }),
  /** The master stands still, and goes on when there is another. */
  STALL(
      "the master stands still (SIGSTOP), and goes on when the other is master",
      play -> {
        play.begin();
        play.pause(HIGH, true);
        play.awaitBoth();
        play.align(LOW);
        play.pause(HIGH, false);
        play.rest();
      });

  private interface Script {
    void play(Play play) throws IOException;
  }

  /** In words. */
  final String text;

  // None of them has a state.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Script script;

  Scenario(String text, Script script) {
    this.text = text;
    this.script = script;
  }

  void play(Play play) throws IOException {
    script.play(play);
  }

  /** Authentication is version 2's. */
  boolean isOf(Version version) {
    return version == Version.V2 || !(this == AUTH_PASS || this == AUTH_AH || this == WRONG_AUTH);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void leaveAndReturn(Play play) throws IOException {
    play.begin();
    play.stop(HIGH);
    play.awaitOwner(LOW);
    play.align(LOW);
    play.start(HIGH);
    play.rest();
  }

  private static void authenticated(Play play, String type) throws IOException {
    play.set(HIGH, play.settings(HIGH).authentication(type, "secret"));
    play.set(LOW, play.settings(LOW).authentication(type, "secret"));
    leaveAndReturn(play);
  }
}
