package io.evenkeel.kernel.ipvs;

/**
 * How long connections live without packets (struct ip_vs_timeout_user).
 *
 * @param tcpSeconds established TCP, 0..2147483; 0 when set: leave it
 * @param tcpFinSeconds TCP after a FIN, likewise
 * @param udpSeconds UDP, likewise
 */
public record IpvsTimeouts(long tcpSeconds, long tcpFinSeconds, long udpSeconds) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public IpvsTimeouts {
    Ranges.check("tcp timeout", tcpSeconds, 0, 2_147_483);
    Ranges.check("tcpfin timeout", tcpFinSeconds, 0, 2_147_483);
    Ranges.check("udp timeout", udpSeconds, 0, 2_147_483);
  }
}
