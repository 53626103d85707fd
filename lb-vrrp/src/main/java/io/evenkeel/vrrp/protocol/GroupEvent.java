package io.evenkeel.vrrp.protocol;

import java.net.InetAddress;

/** What happens to a group. Members are known by their position in {@link GroupConfig#routers}. */
public sealed interface GroupEvent {

  /** It shall run. */
  record Start() implements GroupEvent {}

  /**
   * It shall end; nothing but {@link Start} has an effect afterwards. What is told of priority,
   * address and faults is remembered, and a gate that is passed too late is given back.
   */
  record Stop() implements GroupEvent {}

  /** Time has passed. Whatever has come before is to be told before this. */
  record Tick() implements GroupEvent {}

  /**
   * A valid advertisement has come.
   *
   * @param member for whom
   * @param source who sent it
   * @param priority 0..255
   * @param intervalNanos its sender's
   */
  record Heard(int member, InetAddress source, int priority, long intervalNanos)
      implements GroupEvent {}

  /**
   * What is tracked has changed the priority. A backup's timer moves by the difference of the skew
   * times, a master says it with its next advertisement, an owner's is not changed.
   *
   * @param member whose
   * @param effective 1..254; 255 of an owner
   */
  record PriorityChanged(int member, int effective) implements GroupEvent {}

  /**
   * The address it sends from has changed.
   *
   * @param member whose
   * @param primary it decides between masters of the same priority
   */
  record PrimaryChanged(int member, InetAddress primary) implements GroupEvent {}

  /**
   * Something that a member cannot do without is missing, or is back.
   *
   * @param member which
   * @param isFaulty whether anything is missing
   */
  record Fault(int member, boolean isFaulty) implements GroupEvent {}

  /**
   * The exclusive gate was passed.
   *
   * @param attempt the number of the {@link GroupAction.Ask}
   * @param untilNanos until when it holds
   */
  record Granted(long attempt, long untilNanos) implements GroupEvent {}

  /**
   * The exclusive gate was not passed.
   *
   * @param attempt the number of the {@link GroupAction.Ask}
   */
  record Refused(long attempt) implements GroupEvent {}

  /**
   * A planned switch-over: a master resigns, and takes over again only when no other has been
   * master for twice the master-down interval, when it has heard another and lost it, or after
   * {@link Reclaim}. A backup is not changed by it.
   */
  record HandOver() implements GroupEvent {}

  /**
   * A planned hand-back: a backup of higher priority takes over now, whatever preemption says, or
   * as soon as the delays of {@link GroupConfig} are over. If it has heard nobody yet it first
   * waits for an advertisement, or for the master-down interval. With an exclusive gate it only
   * ends what {@link HandOver} began: there the other is to hand over.
   */
  record Reclaim() implements GroupEvent {}
}
