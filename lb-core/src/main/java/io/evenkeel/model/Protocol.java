package io.evenkeel.model;

import java.util.Locale;

/** Transport protocol of a virtual service. */
public enum Protocol {
  /** RFC 9293. */
  TCP,
  /** RFC 768. */
  UDP;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
