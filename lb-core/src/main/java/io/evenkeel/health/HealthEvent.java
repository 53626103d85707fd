package io.evenkeel.health;

import io.evenkeel.model.AdminState;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a server. Immutable.
 *
 * @param kind what
 * @param reason in words
 * @param weight what a check said of the server's weight; null: nothing
 * @param admin what a check said of whether the server wants to work; null: nothing
 */
public record HealthEvent(
    Kind kind, String reason, @Nullable DynamicWeight weight, @Nullable AdminState admin) {

  /** What can happen. */
  public enum Kind {
    /** A check passed. */
    CHECK_PASSED,
    /** A check failed. */
    CHECK_FAILED,
    /** A connection to the server did not come about. */
    CONNECT_FAILED,
    /** A suspect server was left alone long enough to be tried again. */
    RETRY_DUE
  }

  /**
   * With nothing said of weight or will to work.
   *
   * @param kind what happened
   * @param reason in words
   */
  public HealthEvent(Kind kind, String reason) {
    this(kind, reason, null, null);
  }
}
