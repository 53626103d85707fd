package io.evenkeel;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;

/**
 * What a data plane runs on; the director's, not to be closed by the plane. Immutable.
 *
 * @param eventLoopGroup does the I/O
 * @param allocator makes buffers
 * @param meterRegistry where meters go
 */
public record PlaneContext(
    EventLoopGroup eventLoopGroup, ByteBufAllocator allocator, MeterRegistry meterRegistry) {}
