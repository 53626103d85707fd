package io.evenkeel.schedule;

/** How the schedulers sh and mh of LVS treat a client: their flags in ipvsadm(8). */
public enum HashOption {
  /** The client's port counts too (sh-port, mh-port): its connections spread over all servers. */
  PORT,
  /**
   * A client whose server may not be chosen is given to another (sh-fallback, mh-fallback), rather
   * than to nobody.
   */
  FALLBACK
}
