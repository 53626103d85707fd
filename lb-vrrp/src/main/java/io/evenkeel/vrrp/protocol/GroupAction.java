package io.evenkeel.vrrp.protocol;

import java.net.InetAddress;

/** What is to be done, in this order. */
public sealed interface GroupAction {

  /**
   * Send an advertisement.
   *
   * @param member who
   * @param priority that it says
   */
  record Advertise(int member, int priority) implements GroupAction {}

  /**
   * Put the virtual addresses, routes and rules there.
   *
   * @param member whose
   */
  record Take(int member) implements GroupAction {}

  /**
   * Take them away.
   *
   * @param member whose
   */
  record Drop(int member) implements GroupAction {}

  /**
   * Tell the link who has the addresses.
   *
   * @param member whose
   */
  record Announce(int member) implements GroupAction {}

  /**
   * Pass the exclusive gate, or pass it again before its time is over. It is to be answered with
   * {@link GroupEvent.Granted} or {@link GroupEvent.Refused}, within a bound: as long as it is not,
   * nothing is asked again and there is no takeover. Calls and releases follow each other in this
   * order.
   *
   * <p>It comes after a resignation, too, and a fence then ends a host that has resigned: that it
   * did so is no proof that its addresses are gone.
   *
   * @param attempt its number, to be told with the answer
   */
  record Ask(long attempt) implements GroupAction {}

  /**
   * Give the exclusive gate back. The addresses are gone, or were not taken. If it was asked for
   * and this is not answered yet, call it off: a living master has been heard, that no fence is to
   * end. If it is passed all the same, this comes once more.
   */
  record Release() implements GroupAction {}

  /**
   * Tell that a member's phase has changed.
   *
   * @param member which
   * @param from its phase before
   * @param to its phase now
   * @param cause why
   */
  record Changed(int member, Phase from, Phase to, Cause cause) implements GroupAction {}

  /**
   * Count and log what was seen.
   *
   * @param member who saw it
   * @param sight what
   * @param source whose advertisement it was
   */
  record Saw(int member, Sight sight, InetAddress source) implements GroupAction {}
}
