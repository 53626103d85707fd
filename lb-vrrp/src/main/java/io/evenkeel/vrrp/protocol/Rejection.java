package io.evenkeel.vrrp.protocol;

/**
 * Why a packet is not taken, in the order of the checks, which is keepalived's; but a message that
 * is longer than its addresses want is found after {@link #ADDRESS_COUNT}.
 */
public enum Rejection {
  /** Too short, or its length is not what its headers say. */
  LENGTH,
  /** It passed a router. */
  TTL,
  /** Of another version of the protocol, or of version 2 from a router that speaks 3 as well. */
  VERSION,
  /** Of another virtual router. */
  VRID,
  /** Authentication or a trailer of another type than this router's, or none. */
  AUTHENTICATION_TYPE,
  /** It does not prove that its sender has the secret. */
  AUTHENTICATION,
  /** It was sent before, or too long ago. */
  REPLAY,
  /** Of version 2, with another interval than this router's; or of version 3, with none. */
  INTERVAL,
  /** No advertisement. */
  TYPE,
  /** No address, or more than there is room for. */
  ADDRESS_COUNT,
  /** Damaged. */
  CHECKSUM,
  /** By multicast and not from a listed peer, or the other way round. */
  DESTINATION,
  /** From nobody that this router listens to. */
  SOURCE,
  /** From this host itself. */
  OWN
}
