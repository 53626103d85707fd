package io.evenkeel;

import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destinations;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * What is wanted and alive of one virtual service. Immutable, but for the live cells in it.
 *
 * @param service what is wanted
 * @param addresses where clients connect to, resolved, in the order of the service
 * @param destinations the real servers that are not down
 * @param dispatcher chooses among them, for a plane in user space
 */
public record EffectiveService(
    VirtualService service,
    Map<VirtualAddress, InetSocketAddress> addresses,
    Destinations destinations,
    Dispatcher dispatcher) {}
