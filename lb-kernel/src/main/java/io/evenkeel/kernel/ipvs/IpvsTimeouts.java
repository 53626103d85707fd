package io.evenkeel.kernel.ipvs;

/**
 * How long connections live without packets (struct ip_vs_timeout_user).
 *
 * @param tcpSeconds established TCP, 0..21474836 (of kernels with 1000 jiffies a second 2147483;
 *     EINVAL above); 0 when set: leave it
 * @param tcpFinSeconds TCP after a FIN, likewise
 * @param udpSeconds UDP, likewise
 */
public record IpvsTimeouts(long tcpSeconds, long tcpFinSeconds, long udpSeconds) {
  private static final long MAX_SECONDS = 21_474_836;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public IpvsTimeouts {
    Ranges.check("tcp timeout", tcpSeconds, 0, MAX_SECONDS);
    Ranges.check("tcpfin timeout", tcpFinSeconds, 0, MAX_SECONDS);
    Ranges.check("udp timeout", udpSeconds, 0, MAX_SECONDS);
  }
}
