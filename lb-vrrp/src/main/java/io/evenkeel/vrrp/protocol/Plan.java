package io.evenkeel.vrrp.protocol;

/** What an operator has asked of a group. */
public enum Plan {
  /** Nothing: its configuration says whether it preempts. */
  NONE,
  /** It has handed over, and leaves a living master alone. */
  HANDED_OVER,
  /** It takes over from a living master of lower priority as soon as it may. */
  RECLAIM
}
