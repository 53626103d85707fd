package io.evenkeel.vrrp;

import io.evenkeel.kernel.net.Route;
import io.evenkeel.kernel.net.Rule;
import io.evenkeel.vrrp.protocol.RouterConfig;
import io.evenkeel.vrrp.protocol.WireConfig;
import io.evenkeel.vrrp.track.Tracker;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a router was built with. Immutable.
 *
 * @param namespace its network's; null: this process's
 * @param wire what its packets are like
 * @param config how it behaves
 * @param addresses that it has as master, those first that it advertises
 * @param source it sends from; null: the device's first
 * @param virtualDevice that is made, with the virtual router's Ethernet address; null: none
 * @param announcements how many times each address is announced at a time
 */
record Settings(
    String name,
    String device,
    @Nullable String namespace,
    WireConfig wire,
    RouterConfig config,
    List<VirtualAddress> addresses,
    List<Route> routes,
    List<Rule> rules,
    @Nullable InetAddress source,
    @Nullable String virtualDevice,
    int announcements,
    List<Tracker> trackers) {}
