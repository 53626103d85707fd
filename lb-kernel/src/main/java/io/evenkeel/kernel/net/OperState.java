package io.evenkeel.kernel.net;

/** Whether a link carries traffic (RFC 2863, ifOperStatus; in the kernel's order). */
public enum OperState {
  /** The driver does not say: it does when the link is up and has a carrier. */
  UNKNOWN,
  /** A part is missing. */
  NOT_PRESENT,
  /** It does not. */
  DOWN,
  /** What is below it does not. */
  LOWER_LAYER_DOWN,
  /** It is tested. */
  TESTING,
  /** It waits for something outside, such as authentication. */
  DORMANT,
  /** It does. */
  UP
}
