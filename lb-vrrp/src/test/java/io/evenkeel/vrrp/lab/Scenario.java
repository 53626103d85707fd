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
      play -> {
        play.start(HIGH, LOW);
        play.rest();
      }),
  START_LOW_FIRST(
      play -> {
        play.start(LOW);
        play.awaitOwner(LOW);
        play.start(HIGH);
        play.rest();
      }),
  /** And started again, where its addresses still are. */
  KILL(
      play -> {
        play.begin();
        play.kill(HIGH);
        play.awaitBoth();
        play.start(HIGH);
        play.rest();
      }),
  STOP(
      play -> {
        play.begin();
        play.stop(HIGH);
        play.rest();
      }),
  LINK_DOWN(
      play -> {
        play.begin();
        play.cable(HIGH, false);
        play.awaitOwner(LOW);
        play.align(LOW);
        play.cable(HIGH, true);
        play.rest();
      }),
  PRIORITY_CHANGE(
      play -> {
        play.begin();
        play.priority(HIGH, 50);
        play.awaitOwner(LOW);
        play.align(LOW);
        play.priority(HIGH, 150);
        play.rest();
      }),
  PREEMPT(Scenario::leaveAndReturn),
  PREEMPT_DELAY(
      play -> {
        play.set(HIGH, play.settings(HIGH).preemptDelaySeconds(2));
        leaveAndReturn(play);
        play.awaitOwner(HIGH);
        play.rest();
      }),
  NOPREEMPT(
      play -> {
        play.set(HIGH, play.settings(HIGH).withoutPreemption());
        leaveAndReturn(play);
      }),
  /** It comes, is master at once, and leaves. */
  OWNER(
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
  AUTH_PASS(play -> authenticated(play, "PASS")),
  AUTH_AH(play -> authenticated(play, "AH")),
  WRONG_AUTH(
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

  // None of them has a state.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Script script;

  Scenario(Script script) {
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
