package io.evenkeel.kernel.ipvs;

/**
 * The three flags of a service that mean what its scheduler says (IP_VS_SVC_F_SCHED1..3 in
 * linux/ip_vs.h): with sh and mh the first is fallback (a server of weight 0 or over its threshold
 * is passed over), the second port (the client's port is hashed, too).
 */
public enum SchedulerFlag {
  /** {@code flag-1}, {@code sh-fallback}, {@code mh-fallback}. */
  FIRST(0x08),
  /** {@code flag-2}, {@code sh-port}, {@code mh-port}. */
  SECOND(0x10),
  /** {@code flag-3}. */
  THIRD(0x20);

  private final int bit;

  SchedulerFlag(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }
}
