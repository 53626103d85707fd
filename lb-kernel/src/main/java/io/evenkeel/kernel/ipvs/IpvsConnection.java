package io.evenkeel.kernel.ipvs;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the kernel's connection table (ip_vs_conn_seq_show in ip_vs_conn.c): a connection, or
 * a persistence template. Immutable.
 *
 * @param protocol IP protocol number, 0..255; 0: the template of a firewall mark
 * @param client address; of a template: the network that it is for
 * @param clientPort 0..65535; 0: a template, or an FTP data connection that is expected
 * @param virtual address; of a mark's template: the mark, see {@link #mark()}
 * @param virtualPort 0..65535; 0: a template for all ports
 * @param destination address; of another family than the client's where it is tunnelled so
 * @param destinationPort 0..65535; 0: a template for all ports
 * @param state as the kernel names it: {@code ESTABLISHED}, {@code UDP} ...; of templates {@code
 *     NONE} or, once a client has proven to be there, {@code ASSURED}
 * @param expirySeconds until it is gone unless there are packets, 0..4294967
 * @param engine persistence engine of a template; null: none
 * @param engineData what that tells clients apart by; null: none
 */
public record IpvsConnection(
    int protocol,
    InetAddress client,
    int clientPort,
    InetAddress virtual,
    int virtualPort,
    InetAddress destination,
    int destinationPort,
    String state,
    long expirySeconds,
    @Nullable String engine,
    @Nullable String engineData) {
  private static final int NO_PROTOCOL = 0;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public IpvsConnection {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(virtual, "virtual");
    Objects.requireNonNull(destination, "destination");
    Objects.requireNonNull(state, "state");
    Ranges.check("protocol", protocol, 0, 255);
    Ranges.check("client port", clientPort, 0, 65535);
    Ranges.check("virtual port", virtualPort, 0, 65535);
    Ranges.check("destination port", destinationPort, 0, 65535);
    Ranges.check("expiry", expirySeconds, 0, 0xffff_ffffL);
  }

  /**
   * Whether it is a persistence template. The kernel does not say so: a template has no client port
   * and a state that an expected FTP connection, which has none either, never has.
   *
   * @return whether it is
   */
  public boolean isTemplate() {
    return clientPort == 0 && (state.equals("NONE") || state.equals("ASSURED"));
  }

  /**
   * The firewall mark of the service that a template is of.
   *
   * @return 1..4294967295; 0: it is none of a mark's
   */
  public long mark() {
    return protocol == NO_PROTOCOL
        ? Integer.toUnsignedLong(ByteBuffer.wrap(virtual.getAddress()).getInt())
        : 0;
  }
}
