package io.evenkeel.vrrp.protocol;

/** What a packet is. */
public sealed interface Received {

  /**
   * It is valid.
   *
   * @param advertisement that it carries
   * @param addressesMatch whether its addresses are those of this router; if not it counts all the
   *     same
   * @param intervalMatches whether its interval is this router's own; of version 2 always
   */
  record Accepted(Advertisement advertisement, boolean addressesMatch, boolean intervalMatches)
      implements Received {}

  /**
   * It is not, and changes nothing.
   *
   * @param rejection why not
   * @param detail for the log, such as {@code ttl: 254 (expected: 255)}
   */
  record Rejected(Rejection rejection, String detail) implements Received {}
}
