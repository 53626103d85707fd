package io.evenkeel.vrrp.protocol;

/**
 * How one router behaves. Immutable.
 *
 * @param version of the protocol: of version 2 the skew time is parts of a second, and a backup
 *     goes by its own interval
 * @param priority 1..254; 255: it owns the addresses
 * @param startsAsMaster keepalived's {@code state MASTER}: at the start it waits for one interval
 *     instead of the whole master-down interval
 * @param intervalNanos between two of its advertisements
 * @param downTimerAdverts how many intervals without one make a master down, 1..100
 * @param preemption whether it takes the place of a living master
 * @param preemptDelayNanos how long it waits before it does, 0 or more, from the first
 *     advertisement of lower priority on
 * @param answersLower whether a master answers one of lower priority at once (RFC 9568, 6.4.3)
 * @param announceAgainNanos how long after it has become master it announces its addresses again;
 *     0: it does not
 * @param announceEveryNanos between two more announcements; 0: none
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
    long announceEveryNanos) {}
