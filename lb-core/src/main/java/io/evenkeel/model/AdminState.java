package io.evenkeel.model;

import java.util.Locale;

/** Whether a real server shall work at all, as somebody says who knows better than its checks. */
public enum AdminState {
  /** It works, as far as its checks say. */
  READY,
  /** It gets no new clients; those that persistence ties to it stay. As with weight 0. */
  DRAIN,
  /** It is out, whatever its checks say, even where all others are down. */
  MAINTENANCE;

  /**
   * What holds when two have a say.
   *
   * @param other what the other one says
   * @return the one that lets less through
   */
  public AdminState and(AdminState other) {
    return compareTo(other) >= 0 ? this : other;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
