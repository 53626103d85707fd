package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import java.net.InetAddress;
import java.time.Duration;

/**
 * A persistence template: which server a client's next connection goes to. Immutable.
 *
 * @param service of which service
 * @param client the client's address, or the first of its group under the service's prefix
 * @param server where it goes, as long as the server may be used
 * @param connections of the client, open now
 * @param timeLeft until it is forgotten if no connection comes and those that are open now end at
 *     once
 */
public record TemplateStatus(
    ServiceKey service, InetAddress client, Endpoint server, int connections, Duration timeLeft) {}
