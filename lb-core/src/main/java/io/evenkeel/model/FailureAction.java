package io.evenkeel.model;

import java.util.Locale;

/** What becomes of a real server that is down. Open connections are another matter. */
public enum FailureAction {
  /** It is taken from the list, as by keepalived: every client gets another server. */
  REMOVE,
  /**
   * Its weight is 0: it gets no new clients, and those that persistence ties to it stay
   * (keepalived's {@code inhibit_on_failure}).
   */
  INHIBIT,
  /**
   * Its weight is 0, and it keeps its place in the list, so that hashes of other clients stay where
   * they are; those that persistence ties to it get another server.
   */
  QUIESCE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
