package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Route;
import io.evenkeel.vrrp.protocol.Authentication;
import io.evenkeel.vrrp.protocol.ChecksumForm;
import io.evenkeel.vrrp.protocol.HmacKeys;
import io.evenkeel.vrrp.protocol.RouterConfig;
import io.evenkeel.vrrp.track.Tracker;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a router was built with. Immutable.
 *
 * @param namespace its network's; null: this process's
 * @param addresses that it advertises
 * @param excluded that it has and does not advertise
 * @param peers whom it sends to; empty: the multicast group
 * @param source it sends from; null: the device's first
 * @param announcements how many times each address is announced at a time
 */
record Settings(
    String name,
    String device,
    @Nullable String namespace,
    int vrid,
    boolean alsoV2,
    RouterConfig config,
    boolean isV6,
    List<VirtualAddress> addresses,
    List<VirtualAddress> excluded,
    List<Route> routes,
    Set<InetAddress> peers,
    int minHopLimit,
    @Nullable InetAddress source,
    boolean hasVirtualMac,
    int announcements,
    Authentication authentication,
    @Nullable HmacKeys hmac,
    ChecksumForm checksum,
    List<Tracker> trackers) {}
