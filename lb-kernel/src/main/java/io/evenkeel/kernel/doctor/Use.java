package io.evenkeel.kernel.doctor;

import java.util.Locale;

/** What IPVS is to do. */
public enum Use {
  /** Packets and answers through the director (masquerading). */
  NAT,
  /** Packets to real servers on the director's link, answers past it (direct routing). */
  DR,
  /** Packets to real servers anywhere, in a tunnel, answers past the director. */
  TUN,
  /** Services of packets that netfilter marks. */
  MARKS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
