package io.evenkeel.kernel.ipvs;

/** How packets get to a destination (IP_VS_CONN_F_FWD_MASK in linux/ip_vs.h). */
public enum ForwardingMethod {
  /** NAT: both directions pass the director. */
  MASQUERADE,
  /** To this host; what the kernel makes of the others where the address is its own. */
  LOCAL,
  /** In a tunnel; answers go straight to the client. */
  TUNNEL,
  /** On the same link, with the destination's MAC address; answers go straight to the client. */
  DIRECT,
  /** To where the packet would have gone anyway. */
  BYPASS
}
