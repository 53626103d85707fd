package io.evenkeel.vrrp.protocol;

/** What a router is (RFC 9568, 6.4). */
public enum Phase {
  /** Not running. */
  INITIALIZE,
  /** Another is master, or nobody is yet. */
  BACKUP,
  /** It has the virtual addresses. */
  MASTER,
  /** Something that it cannot do without is missing; it comes back by itself. */
  FAULT
}
