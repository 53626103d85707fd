package io.evenkeel.kernel.ipvs;

import java.util.Locale;

/** What IPVS balances, with its IP protocol number. */
public enum IpvsProtocol {
  /** RFC 9293. */
  TCP(6),
  /** RFC 768. */
  UDP(17),
  /** RFC 9260. */
  SCTP(132);

  private final int number;

  IpvsProtocol(int number) {
    this.number = number;
  }

  /**
   * The IP protocol number.
   *
   * @return as IANA assigns it
   */
  public int number() {
    return number;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
