package io.evenkeel.kernel.ipvs;

/**
 * What the kernel has counted since the service or destination was added or zeroed, and the rates
 * it estimates every two seconds (struct ip_vs_stats64 of linux/ip_vs.h). Each is unsigned. The
 * kernel adds the counters up when it estimates: they, too, are up to two seconds old.
 *
 * @param connections scheduled
 * @param inPackets from clients
 * @param outPackets to clients; 0 where answers pass the director by
 * @param inBytes from clients
 * @param outBytes to clients
 * @param connectionRate per second
 * @param inPacketRate per second
 * @param outPacketRate per second
 * @param inByteRate per second
 * @param outByteRate per second
 */
public record IpvsStats(
    long connections,
    long inPackets,
    long outPackets,
    long inBytes,
    long outBytes,
    long connectionRate,
    long inPacketRate,
    long outPacketRate,
    long inByteRate,
    long outByteRate) {
  /** Nothing yet. */
  public static final IpvsStats ZERO = new IpvsStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
