package io.evenkeel.health;

import java.util.Locale;

/** What is held of a server. */
public enum ServerState {
  /** It gets new connections. */
  UP,
  /** A connection failed: it gets no new ones until its check passes, or for some seconds. */
  SUSPECT,
  /** Its check failed too often: it is out. */
  DOWN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
