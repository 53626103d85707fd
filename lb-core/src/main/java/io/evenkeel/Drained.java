package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;

/**
 * How a drain ended. Immutable.
 *
 * @param service of which service
 * @param server which real server
 * @param connectionsLeft connections that were still open at the deadline; 0: the server may be
 *     stopped
 */
public record Drained(ServiceKey service, Endpoint server, long connectionsLeft) {}
