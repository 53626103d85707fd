package io.evenkeel.check;

/** What a DNS server can be asked for (RFC 1035, 3.2.2; RFC 3596; RFC 2782). */
public enum DnsType {
  /** An IPv4 address. */
  A,
  /** A name server. */
  NS,
  /** Another name. */
  CNAME,
  /** The start of a zone. */
  SOA,
  /** A mail server. */
  MX,
  /** A text. */
  TXT,
  /** An IPv6 address. */
  AAAA,
  /** A service. */
  SRV
}
