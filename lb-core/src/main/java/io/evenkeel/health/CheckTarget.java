package io.evenkeel.health;

import io.evenkeel.model.Endpoint;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What is to be checked, and on what. Immutable.
 *
 * @param endpoint the server as configured, for a Host header or the like
 * @param address the server, resolved
 * @param timeout after which the check has failed
 * @param eventLoop where a check that uses Netty does its I/O
 */
public record CheckTarget(
    Endpoint endpoint, InetSocketAddress address, Duration timeout, EventLoop eventLoop) {}
