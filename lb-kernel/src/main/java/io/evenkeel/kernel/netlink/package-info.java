/**
 * Netlink (RFC 3549, linux/netlink.h): framing and attributes, pure, and requests over a socket.
 */
@NullMarked
package io.evenkeel.kernel.netlink;

import org.jspecify.annotations.NullMarked;
