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
  /** An open connection fell silent and was ended. */
  TIMED_OUT,
  /** An open connection broke: reset by one side, or an error while it was used. */
  FAILED,
  /** The caller itself ended it early: at its deadline, on shutdown, or for want of resources. */
  ABORTED;

  private static final Outcome[] VALUES = values();

  static int count() {
    return VALUES.length;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
