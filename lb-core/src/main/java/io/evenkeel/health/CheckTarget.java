package io.evenkeel.health;

import io.evenkeel.model.Endpoint;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is to be checked, and on what. Immutable.
 *
 * @param endpoint what is checked: the server as configured, or what its description says instead;
 *     for a Host header, the name in a TLS handshake or the like
 * @param address where that is, resolved: where the check goes
 * @param bind where it comes from, with port 0; null: what the routes say
 * @param connectTimeout after which a connection has failed
 * @param timeout after which the check has failed
 * @param eventLoop where a check that uses Netty does its I/O
 */
public record CheckTarget(
    Endpoint endpoint,
    InetSocketAddress address,
    @Nullable InetSocketAddress bind,
    Duration connectTimeout,
    Duration timeout,
    EventLoop eventLoop) {}
