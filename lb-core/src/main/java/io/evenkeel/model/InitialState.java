package io.evenkeel.model;

import java.util.Locale;

/** What is held of a server before its check has said anything. */
public enum InitialState {
  /** It is fit, until {@code fall} checks have failed. */
  UP,
  /** It is not, until {@code rise} checks have passed. */
  DOWN,
  /** It is not, until the first check has passed: keepalived's {@code alpha}. */
  ALPHA;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
