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
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** This library. */
final class LibraryAdministrator implements Administrator {
  private final Ipvs ipvs;
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

  @Override
  public void forward(LabHost director) throws IOException {
    programs.forward(director);
  }

  @Override
  public void hideVirtualAddresses(LabHost server) throws IOException {
    programs.hideVirtualAddresses(server);
  }

  @Override
  public void address(LabHost host, String link, InetAddress address) throws IOException {
    programs.address(host, link, address);
  }

  @Override
  public void tunnel(
      LabHost host, String link, IpvsTunnel tunnel, InetAddress local, AddressFamily inner)
      throws IOException {
    programs.tunnel(host, link, tunnel, local, inner);
  }

  @Override
  public void close() {
    ipvs.close();
  }
}
