package io.evenkeel;

import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destinations;
import java.net.InetSocketAddress;

/**
 * What is wanted and alive of one virtual service. Immutable, but for the live cells in it.
 *
 * @param service what is wanted
 * @param address where clients connect to, resolved
 * @param destinations the real servers that are not down
 * @param dispatcher chooses among them, for a plane in user space
 */
public record EffectiveService(
    VirtualService service,
    InetSocketAddress address,
    Destinations destinations,
    Dispatcher dispatcher) {}
