/**
 * The host's network as rtnetlink, packet sockets and sysctls show it: links, addresses, routes and
 * rules, and announcements of addresses; and what of the network Java does not reach: ICMP, packets
 * of other protocols, who is a neighbour, namespaces.
 */
@NullMarked
package io.evenkeel.kernel.net;

import org.jspecify.annotations.NullMarked;
