package io.evenkeel.vrrp.protocol;

import java.net.InetAddress;

/**
 * What has come. The bytes are not to be changed.
 *
 * @param source who sent it
 * @param destination a multicast group or this host
 * @param hopLimit of IPv4 the time to live; 255: it passed no router
 * @param bytes of IPv4 from the IP header on; of IPv6 what follows its headers
 */
@SuppressWarnings("ArrayRecordComponent")
public record Packet(InetAddress source, InetAddress destination, int hopLimit, byte[] bytes) {}
