package io.evenkeel.vrrp.protocol;

/** Whether a backup of higher priority takes the place of a master of lower priority. */
public enum Preemption {
  /** It does, after the delay that is configured. */
  ALLOWED,
  /** It does not, as long as that master lives. */
  FORBIDDEN
}
