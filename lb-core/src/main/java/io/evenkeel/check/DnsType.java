package io.evenkeel.check;

/** What a DNS server can be asked for (RFC 1035, 3.2.2; RFC 3596; RFC 2782). */
public enum DnsType {
  /** An IPv4 address. */
  A(1),
  /** A name server. */
  NS(2),
  /** Another name. */
  CNAME(5),
  /** The start of a zone. */
  SOA(6),
  /** A mail server. */
  MX(15),
  /** A text. */
  TXT(16),
  /** An IPv6 address. */
  AAAA(28),
  /** A service. */
  SRV(33);

  final int number;

  DnsType(int number) {
    this.number = number;
  }
}
