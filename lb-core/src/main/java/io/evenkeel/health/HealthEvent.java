package io.evenkeel.health;

/**
 * What happened to a server. Immutable.
 *
 * @param kind what
 * @param reason in words
 */
public record HealthEvent(Kind kind, String reason) {

  /** What can happen. */
  public enum Kind {
    /** A check passed. */
    CHECK_PASSED,
    /** A check failed. */
    CHECK_FAILED,
    /** A connection to the server did not come about. */
    CONNECT_FAILED,
    /** A server that has no check was left alone long enough to be tried again. */
    RETRY_DUE
  }
}
