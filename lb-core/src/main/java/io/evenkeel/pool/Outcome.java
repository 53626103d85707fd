package io.evenkeel.pool;

import java.util.Locale;

/** How the use of an {@link Assignment} ended. */
public enum Outcome {
  /** The server did its work. */
  SUCCESS,
  /**
   * No connection came about: refused, unreachable or timed out. The server gets no new connections
   * from now on, until its check, or some seconds without one, clears it.
   */
  CONNECT_FAILED,
  /** The server owed an answer and fell silent, so that the open connection was ended. */
  TIMED_OUT,
  /** An open connection broke: reset by the server, or an error while it was used. */
  FAILED,
  /** The server answered that it cannot: a status of 500..599, for instance. */
  SERVER_ERROR,
  /**
   * It ended early, and not by the server: the client broke it, or the caller ended it, because
   * nobody used it, at its deadline, on shutdown, or for want of resources.
   */
  ABORTED;

  private static final Outcome[] VALUES = values();

  static int count() {
    return VALUES.length;
  }

  /**
   * Whether it speaks against the server.
   *
   * @return true for all but success and what the server has no part in
   */
  public boolean isFailure() {
    return this != SUCCESS && this != ABORTED;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
