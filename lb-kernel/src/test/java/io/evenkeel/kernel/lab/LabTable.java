package io.evenkeel.kernel.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsConnection;
import io.evenkeel.kernel.ipvs.IpvsConnections;
import io.evenkeel.kernel.ipvs.IpvsDestination;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsService;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A director's table of services, as its kernel holds it. */
final class LabTable implements AutoCloseable {
  private static final long WAIT_NANOS = 60_000_000_000L;

  private final LabHost director;
  private final Ipvs ipvs;

  LabTable(LabHost director) throws IOException {
    this.director = director;
    this.ipvs = Ipvs.open(director.toString());
  }

  /** Fails unless the table holds this service alone, for us and for {@code ipvsadm}. */
  void assertHolds(IpvsService service, IpvsDestination... destinations) throws IOException {
    assertEquals(List.of(service), ipvs.services().stream().map(ServiceStatus::service).toList());
    assertEquals(
        Set.of(destinations),
        ipvs.destinations(service.key()).stream()
            .map(DestinationStatus::destination)
            .collect(Collectors.toSet()));
    assertEquals(
        Arrays.stream(destinations).map(LabTable::listed).collect(Collectors.toSet()),
        director
            .run("ipvsadm -Ln")
            .lines()
            .filter(line -> line.matches(" +-> [^R].*"))
            .map(line -> line.replaceFirst(" +-> (\\S+) +(\\S+) +(\\S+) .*", "$1 $2 $3"))
            .collect(Collectors.toSet()));
  }

  private static String listed(IpvsDestination destination) {
    String method =
        switch (destination.method()) {
          case MASQUERADE -> "Masq";
          case LOCAL -> "Local";
          case TUNNEL -> "Tunnel";
          case DIRECT -> "Route";
          case BYPASS -> "Bypass";
        };
    return text(destination.address(), destination.port())
        + " "
        + method
        + " "
        + destination.weight();
  }

  /** As {@code ipvsadm} writes it. */
  static String text(InetAddress address, int port) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress() + ":" + port;
    }
    // No lab has an address with zeros in two places.
    return "[" + address.getHostAddress().replaceFirst("(:0)+(?=:)", ":") + "]:" + port;
  }

  /**
   * Fails unless the kernel has counted the same number of questions, and their answers if they
   * pass it, for each of a service's servers. It sums its counters up every two seconds.
   */
  void assertCounted(LabFlow flow, IpvsKey service, List<LabAnswer> answers, boolean answersPass)
      throws Exception {
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (true) {
      List<DestinationStatus> destinations = ipvs.destinations(service);
      try {
        for (DestinationStatus status : destinations) {
          flow.assertCounted(
              status.stats(),
              answers.subList(0, answers.size() / destinations.size()),
              answersPass);
        }
        flow.assertCounted(ipvs.service(service).orElseThrow().stats(), answers, answersPass);
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  /** Newest first. */
  List<DestinationStatus> destinations(IpvsKey service) throws IOException {
    return ipvs.destinations(service);
  }

  /**
   * Connections and persistence templates, read until two readings have the same: one may miss an
   * entry beside another that expires.
   */
  List<IpvsConnection> connections() throws IOException {
    List<IpvsConnection> before = reading();
    List<IpvsConnection> now = reading();
    for (int i = 0; i < 10 && !ends(now).equals(ends(before)); i++) {
      before = now;
      now = reading();
    }
    return now;
  }

  private List<IpvsConnection> reading() throws IOException {
    List<IpvsConnection> all = new ArrayList<>();
    try (IpvsConnections connections = ipvs.connections()) {
      IpvsConnection connection = connections.next();
      while (connection != null) {
        all.add(connection);
        connection = connections.next();
      }
    }
    return all;
  }

  /** Without what changes while a connection lives. */
  private static Set<List<Object>> ends(List<IpvsConnection> connections) {
    return connections.stream()
        .map(
            c ->
                List.<Object>of(
                    c.protocol(), c.client(), c.clientPort(), c.virtual(), c.virtualPort()))
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    ipvs.close();
  }
}
