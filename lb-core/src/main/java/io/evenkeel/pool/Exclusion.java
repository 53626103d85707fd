package io.evenkeel.pool;

/** Why a destination may not be chosen. */
public enum Exclusion {
  /** Its weight is 0. */
  QUIESCED("weight 0"),
  /** A connection to it failed, and nothing has worked since. */
  SUSPENDED("suspended"),
  /** Too many connections to it went wrong, or it is on trial and has enough of them. */
  EJECTED("ejected"),
  /** It has as many connections as its upper threshold allows, or had, and still too many. */
  OVERLOADED("overloaded"),
  /** It is warming up, and the choice is among those that are warm. */
  WARMING_UP("warming up"),
  /** Its check says that it is down. */
  DOWN("down"),
  /** It is in maintenance, as its operator or it itself says. */
  MAINTENANCE("in maintenance"),
  /** The service has no quorum, and the sorry server stands in for it. */
  REPLACED("replaced by the sorry server"),
  /** It was removed, and connections or persistence templates of it are left. */
  REMOVED("removed");

  private final String words;

  Exclusion(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
