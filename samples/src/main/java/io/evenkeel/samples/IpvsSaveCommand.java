package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.DestinationStatus;
import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.RuleNames;
import io.evenkeel.kernel.ipvs.Rules;
import io.evenkeel.kernel.ipvs.ServiceStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The table as rules. */
@Command(
    name = "save",
    description = {
      "Prints the table as rules, which restore reads, and ipvsadm --restore.",
      "",
      "Unlike ipvsadm it prints the servers' thresholds, too.",
      ""
    })
final class IpvsSaveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-n", "--numeric"},
      description = "Print addresses and ports as numbers, and ask nobody for names.")
  private boolean numeric;

  @Mixin private IpvsNamespace namespace;

  @Override
  public Integer call() throws IOException {
    RuleNames names = numeric ? RuleNames.NUMERIC : RuleNames.ofSystem();
    PrintWriter out = spec.commandLine().getOut();
    try (Ipvs ipvs = namespace.open()) {
      for (ServiceStatus service : IpvsOrder.services(ipvs.services())) {
        out.println(Rules.write(new IpvsChange.AddService(service.service()), names));
        for (DestinationStatus server :
            IpvsOrder.destinations(ipvs.destinations(service.service().key()))) {
          out.println(
              Rules.write(
                  new IpvsChange.AddDestination(service.service().key(), server.destination()),
                  names));
        }
      }
    }
    out.flush();
    return ExitCode.OK;
  }
}
