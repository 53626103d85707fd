package io.evenkeel.kernel.lab;

import io.evenkeel.kernel.ipvs.AddressFamily;
import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.IpvsTimeouts;
import io.evenkeel.kernel.ipvs.IpvsTunnel;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import io.evenkeel.kernel.net.Address;
import io.evenkeel.kernel.net.Link;
import io.evenkeel.kernel.net.LinkKind.Tunnel;
import io.evenkeel.kernel.net.Network;
import io.evenkeel.kernel.net.Sysctl;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** This library. What it does not set up, 6in4 and the port of GUE, is set up by programs. */
final class LibraryAdministrator implements Administrator {
  private final Ipvs ipvs;
  private final Map<LabHost, Network> networks = new LinkedHashMap<>();
  private final ProgramAdministrator programs;

  LibraryAdministrator(LabHost director) throws IOException {
    ipvs = Ipvs.open(director.toString());
    programs = new ProgramAdministrator(director);
  }

  @Override
  public void add(IpvsService service, IpvsDestination... destinations) throws IOException {
    List<IpvsChange> changes = new ArrayList<>();
    changes.add(new IpvsChange.AddService(service));
    for (IpvsDestination destination : destinations) {
      changes.add(new IpvsChange.AddDestination(service.key(), destination));
    }
    ipvs.apply(changes);
  }

  @Override
  public void add(IpvsKey service, IpvsDestination destination) throws IOException {
    ipvs.apply(new IpvsChange.AddDestination(service, destination));
  }

  @Override
  public void delete(IpvsKey service, IpvsDestination destination) throws IOException {
    ipvs.apply(new IpvsChange.DeleteDestination(service, destination));
  }

  @Override
  public void flush() throws IOException {
    ipvs.apply(new IpvsChange.Flush());
  }

  @Override
  public void timeouts(long tcpFinSeconds, long udpSeconds) throws IOException {
    ipvs.setTimeouts(new IpvsTimeouts(0, tcpFinSeconds, udpSeconds));
  }

  @Override
  public Saved save() throws IOException {
    List<IpvsChange> changes = new ArrayList<>();
    for (ServiceStatus status : ipvs.services()) {
      IpvsService service = status.service();
      changes.add(new IpvsChange.AddService(service));
      // The newest is the first of the list.
      List<DestinationStatus> destinations = new ArrayList<>(ipvs.destinations(service.key()));
      Collections.reverse(destinations);
      for (DestinationStatus destination : destinations) {
        changes.add(new IpvsChange.AddDestination(service.key(), destination.destination()));
      }
    }
    return () -> ipvs.apply(changes);
  }

  private Network network(LabHost host) throws IOException {
    Network network = networks.get(host);
    if (network == null) {
      network = Network.open(host.toString());
      networks.put(host, network);
    }
    return network;
  }

  @Override
  public void forward(LabHost director) throws IOException {
    Network network = network(director);
    network.set(Sysctl.IPV4_FORWARDING, Sysctl.ALL, 1);
    network.set(Sysctl.IPV6_FORWARDING, Sysctl.ALL, 1);
    network.set(Sysctl.SEND_REDIRECTS, Sysctl.ALL, 0);
    for (Link link : network.links()) {
      network.set(Sysctl.SEND_REDIRECTS, link.name(), 0);
    }
  }

  @Override
  public void hideVirtualAddresses(LabHost server) throws IOException {
    network(server).set(Sysctl.ARP_IGNORE, Sysctl.ALL, 1);
    network(server).set(Sysctl.ARP_ANNOUNCE, Sysctl.ALL, 2);
  }

  @Override
  public void address(LabHost host, String link, InetAddress address) throws IOException {
    network(host).add(Address.virtual(address, link));
  }

  @Override
  public void tunnel(
      LabHost host, String link, IpvsTunnel tunnel, InetAddress local, AddressFamily inner)
      throws IOException {
    boolean isIpv6 = AddressFamily.of(local) == AddressFamily.IPV6;
    boolean is6in4 = !isIpv6 && inner == AddressFamily.IPV6;
    Tunnel.Type type;
    if (tunnel.type() == IpvsTunnel.Type.GRE) {
      type = isIpv6 ? Tunnel.Type.IP6GRE : Tunnel.Type.GRE;
    } else if (tunnel.type() == IpvsTunnel.Type.IPIP && !is6in4) {
      type = isIpv6 ? Tunnel.Type.IP6TNL : Tunnel.Type.IPIP;
    } else {
      programs.tunnel(host, link, tunnel, local, inner);
      return;
    }
    network(host).add(link, new Tunnel(type, local, null));
    network(host).set(link, true);
    network(host).set(Sysctl.RP_FILTER, Sysctl.ALL, 0);
    network(host).set(Sysctl.RP_FILTER, link, 0);
  }

  @Override
  public void close() throws IOException {
    ipvs.close();
    for (Network network : networks.values()) {
      network.close();
    }
  }
}
