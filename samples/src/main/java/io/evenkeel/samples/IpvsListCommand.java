package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsConnection;
import io.evenkeel.kernel.ipvs.IpvsConnections;
import io.evenkeel.kernel.ipvs.IpvsKey;
import io.evenkeel.kernel.ipvs.IpvsTimeouts;
import io.evenkeel.kernel.ipvs.RuleNames;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the kernel holds and has counted. */
@Command(
    name = "list",
    description = {
      "Prints the table, as ipvsadm --list does, or the connections, timeouts or daemons.",
      ""
    },
    customSynopsis = "evenkeel ipvs list [OPTION]...",
    sortOptions = false)
final class IpvsListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-n", "--numeric"},
      description = "Print addresses and ports as numbers, and ask nobody for names.")
  private boolean numeric;

  @Option(names = "--stats", description = "Connections, packets and bytes.")
  private boolean stats;

  @Option(names = "--rate", description = "The same, per second.")
  private boolean rate;

  @Option(names = "--thresholds", description = "The servers' upper and lower thresholds.")
  private boolean thresholds;

  @Option(
      names = "--persistent-conn",
      description = "How many persistence templates; with -c, the engine's name and data.")
  private boolean persistent;

  @Option(names = "--tun-info", description = "How packets are wrapped in tunnels.")
  private boolean tunnels;

  @Option(
      names = "--exact",
      description = "With --stats and --rate: all digits, and no K, M, G and T.")
  private boolean exact;

  @Option(
      names = "--nosort",
      description = "In the kernel's order. Default: by protocol, address and port.")
  private boolean unsorted;

  @Mixin private IpvsServiceOption service;

  @Option(
      names = {"-c", "--connection"},
      description = "The connections instead of the table.")
  private boolean connections;

  @Option(names = "--timeout", description = "The timeouts instead of the table.")
  private boolean timeouts;

  @Option(names = "--daemon", description = "The daemons instead of the table.")
  private boolean daemons;

  @Mixin private IpvsNamespace namespace;

  @Override
  public Integer call() throws IOException {
    IpvsListing.View view = view();
    IpvsKey key = service.key();
    RuleNames names = numeric ? RuleNames.NUMERIC : RuleNames.ofSystem();
    PrintWriter out = spec.commandLine().getOut();
    try (Ipvs ipvs = namespace.open()) {
      if (connections) {
        connections(ipvs, new IpvsConnectionListing(names, persistent), out);
      } else if (timeouts) {
        IpvsTimeouts t = ipvs.timeouts();
        out.println(
            "Timeout (tcp tcpfin udp): "
                + "%d %d %d".formatted(t.tcpSeconds(), t.tcpFinSeconds(), t.udpSeconds()));
      } else if (daemons) {
        ipvs.daemons().forEach(daemon -> out.println(IpvsListing.daemon(daemon)));
      } else {
        table(ipvs, key, new IpvsListing(view, names, exact), out);
      }
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void connections(Ipvs ipvs, IpvsConnectionListing listing, PrintWriter out)
      throws IOException {
    listing.header().forEach(out::println);
    try (IpvsConnections all = ipvs.connections()) {
      IpvsConnection next = all.next();
      while (next != null && !Evenkeel.isCut(out)) {
        out.println(listing.line(next));
        next = all.next();
      }
    }
  }

  private void table(Ipvs ipvs, @Nullable IpvsKey key, IpvsListing listing, PrintWriter out)
      throws IOException {
    List<ServiceStatus> services = new ArrayList<>();
    if (key == null) {
      out.println(IpvsListing.version(ipvs.info()));
      services.addAll(unsorted ? ipvs.services() : IpvsOrder.services(ipvs.services()));
    } else {
      Optional<ServiceStatus> found = ipvs.service(key);
      services.add(found.orElseThrow(() -> new IOException(key + ": no such service")));
    }
    listing.header().forEach(out::println);
    for (ServiceStatus status : services) {
      IpvsKey of = status.service().key();
      out.println(listing.service(status));
      List<DestinationStatus> servers = ipvs.destinations(of);
      (unsorted ? servers : IpvsOrder.destinations(servers))
          .forEach(server -> out.println(listing.server(of, server)));
    }
  }

  private IpvsListing.View view() {
    List<String> given = new ArrayList<>();
    IpvsListing.View view = IpvsListing.View.STANDARD;
    boolean[] chosen = {stats, rate, thresholds, persistent && !connections, tunnels};
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i]) {
        view = IpvsListing.View.values()[i + 1];
        given.add(view.option());
      }
    }
    add(given, connections, "--connection");
    add(given, timeouts, "--timeout");
    add(given, daemons, "--daemon");
    boolean isTable = !connections && !timeouts && !daemons;
    add(given, !isTable && service.isNamed(), "a service");
    if (given.size() > 1) {
      throw new ParameterException(
          spec.commandLine(), String.join(" and ", given) + " (expected: one of them)");
    }
    if (exact && !stats && !rate) {
      throw new ParameterException(
          spec.commandLine(), "--exact: no counts (expected: with --stats or --rate)");
    }
    if (unsorted && !isTable) {
      throw new ParameterException(
          spec.commandLine(), "--nosort with " + given.get(0) + " (expected: without)");
    }
    return view;
  }

  private static void add(List<String> given, boolean isGiven, String name) {
    if (isGiven) {
      given.add(name);
    }
  }
}
