/**
 * The host's network as rtnetlink, packet sockets and sysctls show it: links, addresses, routes,
 * and announcements of addresses; and what of the network Java does not reach: ICMP, namespaces.
 */
@NullMarked
package io.evenkeel.kernel.net;

import org.jspecify.annotations.NullMarked;
