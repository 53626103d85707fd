package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.IpvsConnection;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.RuleNames;
import io.evenkeel.kernel.ipvs.Rules;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of {@code ipvsadm --list --connection}.
 *
 * @param names of hosts and ports
 * @param engines whether a persistence engine's name and data are shown
 */
record IpvsConnectionListing(RuleNames names, boolean engines) {

  List<String> header() {
    return List.of(
        "IPVS connection entries",
        "pro expire state       source             virtual            destination"
            + (engines ? "        pe name          pe_data" : ""));
  }

  String line(IpvsConnection c) {
    IpvsProtocol protocol = protocol(c.protocol());
    String name =
        protocol != null ? protocol.name() : c.protocol() == 0 ? "IP" : "IP_" + c.protocol();
    String line =
        "%-3s %02d:%02d  %-11s %-18s %-18s "
            .formatted(
                name,
                c.expirySeconds() / 60,
                c.expirySeconds() % 60,
                c.state(),
                endpoint(c.client(), c.clientPort(), protocol),
                endpoint(c.virtual(), c.virtualPort(), protocol));
    String server = endpoint(c.destination(), c.destinationPort(), protocol);
    return engines && c.engine() != null
        ? line + "%-18s %-16s %s".formatted(server, c.engine(), c.engineData())
        : line + server;
  }

  private String endpoint(InetAddress address, int port, @Nullable IpvsProtocol protocol) {
    return Rules.endpoint(address, port, protocol, names);
  }

  /** Null: the template of a mark, which is for all. */
  private static @Nullable IpvsProtocol protocol(int number) {
    for (IpvsProtocol protocol : IpvsProtocol.values()) {
      if (protocol.number() == number) {
        return protocol;
      }
    }
    return null;
  }
}
