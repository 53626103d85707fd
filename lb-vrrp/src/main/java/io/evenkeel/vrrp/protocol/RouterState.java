package io.evenkeel.vrrp.protocol;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * All that a member of a group remembers. Immutable. Times are monotonic, in ns, and compared by
 * subtraction.
 *
 * @param phase what it is; all members of a group are the same
 * @param priority effective, 1..255; an owner that gives way to another owner has 254
 * @param primary the address it sends from
 * @param isFaulty whether something that it cannot do without is missing
 * @param heard whose advertisement it has heard last since it became what it is; null: nobody's
 * @param intervalNanos the interval it goes by: of a backup of version 3 the master's
 * @param timerNanos of a backup when the master counts as down; of a master when its next
 *     advertisement is due
 * @param earliestNanos before it becomes no master ({@link GroupConfig#takeDelayNanos})
 * @param isWilling of a backup: it would be master, and waits for its group, a delay or the gate
 * @param preemptNanos when it may preempt a master of lower priority; null: it hears none, or does
 *     not wait
 * @param conflict with another master; null: there is none
 * @param announceNanos when a master announces its addresses again; null: never
 * @param preempted the master whose place it has taken, and who may say so once more until the next
 *     advertisement is due; null: none
 */
public record RouterState(
    Phase phase,
    int priority,
    InetAddress primary,
    boolean isFaulty,
    @Nullable HeardMaster heard,
    long intervalNanos,
    long timerNanos,
    long earliestNanos,
    boolean isWilling,
    @Nullable Long preemptNanos,
    @Nullable Conflict conflict,
    @Nullable Long announceNanos,
    @Nullable InetAddress preempted) {

  /**
   * Whose advertisement was heard last. Immutable.
   *
   * @param address its sender
   * @param priority 1..255; 0: it resigned
   * @param intervalNanos its own
   * @param atNanos when
   */
  public record HeardMaster(InetAddress address, int priority, long intervalNanos, long atNanos) {}

  /**
   * Two masters. Immutable.
   *
   * @param yieldsNanos an owner that hears another owner after this gives way
   * @param overNanos when it counts as over, unless the other master is heard again
   */
  public record Conflict(long yieldsNanos, long overNanos) {}
}
