package io.evenkeel.vrrp.protocol;

/** What the checksum of version 3 on IPv4 covers; programs differ. */
public enum ChecksumForm {
  /** The packet and an IPv4 pseudo header: keepalived, unless it is told otherwise. */
  PSEUDO_HEADER,
  /** The packet alone (RFC 9568, 5.2.8). */
  PLAIN,
  /**
   * The packet and a pseudo header with the multicast group although it is sent to one host:
   * keepalived up to 1.3.6.
   */
  GROUP_PSEUDO_HEADER
}
