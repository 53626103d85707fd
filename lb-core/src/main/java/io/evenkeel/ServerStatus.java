package io.evenkeel;

import io.evenkeel.health.ServerState;
import io.evenkeel.model.AdminState;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import org.jspecify.annotations.Nullable;

/**
 * A real server of a virtual service, as it was at one moment. Immutable.
 *
 * @param service of which service
 * @param server which
 * @param weight as configured, 0..65535
 * @param effectiveWeight what it counts for now, 0..65535; 0: it gets no new clients
 * @param admin whether it shall work, as its operator or the server itself says
 * @param state what its checks hold of it
 * @param reason why, in words
 * @param ejection why it is ejected for how connections to it went; null: it is not
 * @param active established connections
 * @param inactive connections that are being set up or closed
 * @param connections connections ever assigned
 * @param bytesIn bytes ever carried from clients
 * @param bytesOut bytes ever carried to clients
 */
public record ServerStatus(
    ServiceKey service,
    Endpoint server,
    int weight,
    int effectiveWeight,
    AdminState admin,
    ServerState state,
    String reason,
    @Nullable String ejection,
    int active,
    int inactive,
    long connections,
    long bytesIn,
    long bytesOut) {}
