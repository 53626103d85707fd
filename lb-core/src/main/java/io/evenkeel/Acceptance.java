package io.evenkeel;

import java.util.Locale;

/** What became of a persistence template that another node, or a file, told of. */
public enum Acceptance {
  /** The client goes to that server. */
  ACCEPTED,
  /**
   * The client stays with another server, to which it has connections here or went later than was
   * told, or the server that was told is down and this one is not.
   */
  KEPT,
  /** Its time was over when it came. */
  EXPIRED,
  /**
   * The service's clients are grouped by another prefix, of which this is not the first address.
   */
  OTHER_PREFIX,
  /** The service does not have this server. */
  UNKNOWN_SERVER,
  /** The service is not persistent. */
  NOT_PERSISTENT,
  /** There is no such service. */
  UNKNOWN_SERVICE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
