package io.evenkeel.vrrp.protocol;

/** What a router notices without changing its phase. */
public enum Sight {
  /** A master heard another of lower priority, or of the same and a lower address. */
  LOWER_PRIORITY,
  /** An owner heard another owner. */
  TWO_OWNERS,
  /** The master resigned. */
  RESIGNED,
  /** The exclusive gate was not passed. */
  GATE_REFUSED,
  /** A member waits until all of its group want to be master. */
  GROUP_WAITS
}
