package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsChange;
import io.evenkeel.kernel.ipvs.IpvsTimeouts;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The kernel's table of virtual services. */
@Command(
    name = "ipvs",
    description = {
      "Shows and changes the kernel's table of virtual services, as ipvsadm does.",
      "",
      "Needs a kernel with IPVS and CAP_NET_ADMIN.",
      ""
    },
    subcommands = {
      IpvsListCommand.class,
      IpvsSaveCommand.class,
      IpvsRestoreCommand.class,
      IpvsDaemonCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class IpvsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** No command was named. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  @Command(description = "Takes all virtual services out of the table.")
  int clear(@Mixin IpvsNamespace namespace) throws IOException {
    try (Ipvs ipvs = namespace.open()) {
      ipvs.apply(new IpvsChange.Flush());
    }
    return ExitCode.OK;
  }

  @Command(description = "Sets the counters of all services, or of one and its servers, to zero.")
  int zero(@Mixin IpvsServiceOption service, @Mixin IpvsNamespace namespace) throws IOException {
    IpvsChange zero = new IpvsChange.Zero(service.key());
    try (Ipvs ipvs = namespace.open()) {
      ipvs.apply(zero);
    }
    return ExitCode.OK;
  }

  @Command(
      description =
          "Sets how many seconds connections live without packets, 0..21474836; 0: leave it.")
  int set(
      @Parameters(paramLabel = "TCP", description = "Established TCP.") String tcp,
      @Parameters(paramLabel = "TCPFIN", description = "TCP after a FIN.") String tcpFin,
      @Parameters(paramLabel = "UDP", description = "UDP.") String udp,
      @Mixin IpvsNamespace namespace)
      throws IOException {
    IntConverter seconds = new IntConverter.OfTimeout();
    IpvsTimeouts timeouts;
    try {
      timeouts =
          new IpvsTimeouts(seconds.convert(tcp), seconds.convert(tcpFin), seconds.convert(udp));
    } catch (Refused e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    try (Ipvs ipvs = namespace.open()) {
      ipvs.setTimeouts(timeouts);
    }
    return ExitCode.OK;
  }
}
