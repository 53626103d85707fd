package io.evenkeel.kernel.lab;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.IpvsAddress;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsMark;
import io.evenkeel.kernel.ipvs.IpvsPersistence;
import io.evenkeel.kernel.ipvs.IpvsProtocol;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsTunnel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code ipvsadm}, ip(8) and sysctls by hand. */
final class ProgramAdministrator implements Administrator {
  private final LabHost director;

  ProgramAdministrator(LabHost director) {
    this.director = director;
  }

  @Override
  public void add(IpvsService service, IpvsDestination... destinations) throws IOException {
    List<String> commands = new ArrayList<>();
    String persistence = "";
    IpvsPersistence given = service.persistence();
    if (given != null) {
      boolean isIpv6 = service.key().family() == AddressFamily.IPV6;
      persistence =
          " -p "
              + given.timeoutSeconds()
              + " -M "
              + (isIpv6 ? given.prefix() : mask(given.prefix()));
    }
    commands.add("ipvsadm -A " + key(service.key()) + " -s " + service.scheduler() + persistence);
    for (IpvsDestination destination : destinations) {
      commands.add(addCommand(service.key(), destination));
    }
    director.run(commands.toArray(String[]::new));
  }

  @Override
  public void add(IpvsKey service, IpvsDestination destination) throws IOException {
    director.run(addCommand(service, destination));
  }

  private static String addCommand(IpvsKey service, IpvsDestination destination) {
    String method =
        switch (destination.method()) {
          case MASQUERADE -> "-m";
          case DIRECT -> "-g";
          case TUNNEL -> "-i";
          case LOCAL, BYPASS -> throw new IllegalArgumentException("method: " + destination);
        };
    IpvsTunnel tunnel = destination.tunnel();
    if (tunnel != null && tunnel.type() != IpvsTunnel.Type.IPIP) {
      method += " --tun-type " + tunnel.type().toString().toLowerCase(Locale.ROOT);
      method += tunnel.port() == 0 ? "" : " --tun-port " + tunnel.port();
    }
    return "ipvsadm -a "
        + server(service, destination)
        + " "
        + method
        + " -w "
        + destination.weight();
  }

  @Override
  public void delete(IpvsKey service, IpvsDestination destination) throws IOException {
    director.run("ipvsadm -d " + server(service, destination));
  }

  private static String key(IpvsKey key) {
    if (key instanceof IpvsMark mark) {
      return "-f " + mark.mark() + (mark.family() == AddressFamily.IPV6 ? " -6" : "");
    }
    IpvsAddress address = (IpvsAddress) key;
    return (address.protocol() == IpvsProtocol.UDP ? "-u " : "-t ")
        + LabTable.text(address.address(), address.port());
  }

  private static String server(IpvsKey service, IpvsDestination destination) {
    return key(service) + " -r " + LabTable.text(destination.address(), destination.port());
  }

  private static String mask(int prefix) {
    long mask = 0xffff_ffffL << (32 - prefix) & 0xffff_ffffL;
    return (mask >> 24) + "." + (mask >> 16 & 255) + "." + (mask >> 8 & 255) + "." + (mask & 255);
  }

  @Override
  public void flush() throws IOException {
    director.run("ipvsadm -C");
  }

  @Override
  public void timeouts(long tcpFinSeconds, long udpSeconds) throws IOException {
    director.run("ipvsadm --set 0 " + tcpFinSeconds + " " + udpSeconds);
  }

  @Override
  public Saved save() throws IOException {
    String rules = director.run("ipvsadm -Sn");
    return () -> director.run("ipvsadm -R <<'END OF RULES'\n" + rules + "END OF RULES");
  }

  @Override
  public void forward(LabHost host) throws IOException {
    host.set("ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1");
    for (String link : host.links()) {
      host.set("ipv4/conf/" + link + "/send_redirects=0");
    }
  }

  @Override
  public void hideVirtualAddresses(LabHost server) throws IOException {
    for (String link : List.of("all", "default", "lo")) {
      server.set("ipv4/conf/" + link + "/arp_ignore=1", "ipv4/conf/" + link + "/arp_announce=2");
    }
  }

  @Override
  public void address(LabHost host, String link, InetAddress address) throws IOException {
    host.run(
        "ip address add "
            + address.getHostAddress()
            + (address instanceof Inet6Address ? "/128 nodad preferred_lft 0" : "/32")
            + " dev "
            + link);
  }

  @Override
  public void tunnel(
      LabHost host, String link, IpvsTunnel tunnel, InetAddress local, AddressFamily inner)
      throws IOException {
    boolean isIpv6 = local instanceof Inet6Address;
    String type;
    if (tunnel.type() == IpvsTunnel.Type.GRE) {
      type = isIpv6 ? "ip6gre" : "gre";
    } else if (isIpv6) {
      type = "ip6tnl mode any";
    } else {
      type = inner == AddressFamily.IPV6 ? "sit" : "ipip";
    }
    if (tunnel.type() == IpvsTunnel.Type.GUE) {
      // What is unwrapped is IPIP: it goes on to that link.
      host.run("ip fou add port " + tunnel.port() + (isIpv6 ? " -6" : "") + " gue");
      return;
    }
    host.run(
        "ip link add " + link + " type " + type + " local " + local.getHostAddress(),
        "ip link set " + link + " up");
    host.set("ipv4/conf/all/rp_filter=0", "ipv4/conf/" + link + "/rp_filter=0");
  }

  @Override
  public void close() {}
}
