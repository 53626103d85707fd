package io.evenkeel;

import io.evenkeel.model.Endpoint;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a data plane carries, as it was at one moment. Immutable.
 *
 * @param client who connected
 * @param service to which service
 * @param address to which of its addresses
 * @param server who serves it
 * @param state how far it is
 * @param age since its server was chosen; null: the data plane cannot tell, as the kernel's
 * @param timeLeft until it is ended if nothing happens
 */
public record ConnectionStatus(
    InetSocketAddress client,
    ServiceKey service,
    VirtualAddress address,
    Endpoint server,
    State state,
    @Nullable Duration age,
    Duration timeLeft) {

  /** How far a connection is. */
  public enum State {
    /** Its server is being connected to. */
    CONNECTING,
    /** Both sides may send. */
    ESTABLISHED,
    /** One side has ended, or both. */
    CLOSING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
