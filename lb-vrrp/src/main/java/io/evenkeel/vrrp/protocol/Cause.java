package io.evenkeel.vrrp.protocol;

/** Why a phase has changed. */
public enum Cause {
  /** It was started. */
  STARTED,
  /** It owns the addresses. */
  OWNER,
  /** No advertisement for the whole master-down interval. */
  MASTER_DOWN,
  /** The master said that it is one no longer. */
  MASTER_RESIGNED,
  /** The master's priority is lower. */
  PREEMPTED,
  /** Another master of higher priority. */
  HIGHER_PRIORITY,
  /** Another master of the same priority and a higher address. */
  HIGHER_ADDRESS,
  /** This process stood still, and another became master meanwhile. */
  STALLED,
  /** Something that it cannot do without is missing. */
  FAULT,
  /** What was missing is back. */
  FAULT_CLEARED,
  /** Another of its group has changed. */
  GROUP,
  /** What the exclusive gate granted is over. */
  GATE_LOST,
  /** A planned switch-over. */
  HANDED_OVER,
  /** A planned hand-back. */
  RECLAIMED,
  /** It was stopped. */
  STOPPED
}
