package io.evenkeel.vrrp.protocol;

/** Of the protocol. */
public enum Version {
  /** RFC 3768: IPv4, whole seconds, authentication. */
  V2(2),
  /** RFC 9568 (before it RFC 5798): IPv4 and IPv6, hundredths of a second. */
  V3(3);

  private final int number;

  Version(int number) {
    this.number = number;
  }

  /**
   * As it is in a packet.
   *
   * @return 2 or 3
   */
  public int number() {
    return number;
  }
}
