package io.evenkeel.vrrp.protocol;

/**
 * How one router behaves. Immutable.
 *
 * @param version of the protocol: of version 2 the skew time is parts of a second, and a backup
 *     goes by its own interval
 * @param priority 1..254; 255: it owns the addresses, becomes master at once, always preempts, and
 *     nothing that is tracked moves its priority
 * @param startsAsMaster keepalived's {@code state MASTER}: at the start it waits for one interval
 *     instead of the whole master-down interval. Of an owner it says nothing; of another it goes
 *     with neither {@link Preemption#FORBIDDEN} nor a preempt delay, since it takes the place of
 *     whoever is master and has not been heard within that time
 * @param intervalNanos between two of its advertisements: of version 2 whole seconds, 1..255 s; of
 *     version 3 hundredths of a second, 10 ms..40.95 s
 * @param downTimerAdverts how many intervals without one make a master down, 1..100. A master that
 *     stood still takes itself for replaced after as many, but at most 3, since the others may have
 *     the usual number
 * @param preemption whether it takes the place of a living master
 * @param preemptDelayNanos how long it waits before it does, 0 or more, from the first
 *     advertisement of lower priority on
 * @param answersLower whether a master answers one of lower priority at once (RFC 9568, 6.4.3)
 * @param announceAgainNanos how long after it has become master it announces its addresses again;
 *     0: it does not
 * @param announceEveryNanos between two more announcements, 0 or more; 0: none
 */
public record RouterConfig(
    Version version,
    int priority,
    boolean startsAsMaster,
    long intervalNanos,
    int downTimerAdverts,
    Preemption preemption,
    long preemptDelayNanos,
    boolean answersLower,
    long announceAgainNanos,
    long announceEveryNanos) {
  private static final int MAX_DOWN_TIMER_ADVERTS = 100;

  /**
   * Checks each value.
   *
   * @throws IllegalArgumentException if one is out of its range, or does not go with another
   */
  public RouterConfig {
    require(priority >= 1 && priority <= Advertisement.OWNER, "priority", priority, "1..255");
    version.requireInterval(intervalNanos);
    require(
        downTimerAdverts >= 1 && downTimerAdverts <= MAX_DOWN_TIMER_ADVERTS,
        "downTimerAdverts",
        downTimerAdverts,
        "1..100");
    require(preemptDelayNanos >= 0, "preemptDelayNanos", preemptDelayNanos, "0 or more");
    if (startsAsMaster
        && priority != Advertisement.OWNER
        && (preemption == Preemption.FORBIDDEN || preemptDelayNanos > 0)) {
      throw new IllegalArgumentException(
          "startsAsMaster: true (expected: false, without preemption or with a preempt delay)");
    }
    require(announceAgainNanos >= 0, "announceAgainNanos", announceAgainNanos, "0 or more");
    require(announceEveryNanos >= 0, "announceEveryNanos", announceEveryNanos, "0 or more");
  }

  static void require(boolean holds, String name, long value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
