package io.evenkeel;

import io.evenkeel.health.Rotation;
import io.evenkeel.model.VirtualAddress;
import io.evenkeel.model.VirtualService;
import io.evenkeel.pool.Destination;
import io.evenkeel.pool.Destinations;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted and alive of one virtual service. Immutable, but for the live cells in it.
 *
 * @param service what is wanted
 * @param addresses where clients connect to, resolved, in the order of the service
 * @param destinations the real servers that are not down
 * @param rotation who of all real servers gets connections, in the order of the service, for a
 *     plane that does not dispatch
 * @param sorryServer the service's sorry server, whether or not it {@linkplain Rotation#sorry()
 *     stands in}; null: it has none
 * @param dispatcher chooses among them, for a plane in user space
 */
public record EffectiveService(
    VirtualService service,
    Map<VirtualAddress, InetSocketAddress> addresses,
    Destinations destinations,
    Rotation rotation,
    @Nullable Destination sorryServer,
    Dispatcher dispatcher) {}
