package io.evenkeel.samples;

import io.evenkeel.kernel.doctor.Doctor;
import io.evenkeel.kernel.doctor.Finding;
import io.evenkeel.kernel.doctor.Plan;
import io.evenkeel.kernel.doctor.Use;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What this host lacks for IPVS. */
@Command(
    name = "doctor",
    description = {
      "Looks at what IPVS needs on this host, as the director or as a real server: what is there,"
          + " what is missing, and the commands that mend it. It changes nothing. Rules of"
          + " netfilter it does not see; those that are needed are shown, to be compared by hand.",
      "Without --nat, --dr, --tun and --marks it looks at all four."
    },
    customSynopsis = "evenkeel doctor [OPTION]...",
    exitCodeList = {"0:all is there", "1:something is missing", "2:wrong usage"})
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--nat", description = "Masquerading: packets and answers through the director.")
  private boolean nat;

  @Option(names = "--dr", description = "Direct routing: answers past the director.")
  private boolean dr;

  @Option(names = "--tun", description = "Tunnels: real servers anywhere.")
  private boolean tun;

  @Option(names = "--marks", description = "Services of firewall marks.")
  private boolean marks;

  @Option(
      names = "--real-server",
      description = "This host is a real server. Without: it is the director.")
  private boolean realServer;

  @Option(names = "--ipv6", description = "For IPv6 as well.")
  private boolean ipv6;

  @Option(
      names = "--vip",
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description = "The virtual address that a real server is to hold. Without: any.")
  private @Nullable InetAddress vip;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (vip != null && !realServer) {
      spec.commandLine().getErr().println("--vip: not looked at (expected: with --real-server)");
      return ExitCode.USAGE;
    }
    List<Finding> findings = Doctor.examine(new Plan(uses(), realServer, ipv6, vip));
    PrintWriter out = spec.commandLine().getOut();
    findings.forEach(finding -> print(finding, out));
    out.flush();
    boolean isWell = findings.stream().noneMatch(f -> f.state() == Finding.State.MISSING);
    return isWell ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private Set<Use> uses() {
    Set<Use> uses = EnumSet.noneOf(Use.class);
    if (nat) {
      uses.add(Use.NAT);
    }
    if (dr) {
      uses.add(Use.DR);
    }
    if (tun) {
      uses.add(Use.TUN);
    }
    if (marks) {
      uses.add(Use.MARKS);
    }
    return uses.isEmpty() ? EnumSet.allOf(Use.class) : uses;
  }

  static void print(Finding finding, PrintWriter out) {
    String state =
        switch (finding.state()) {
          case OK -> "OK";
          case MISSING -> "missing";
          case UNSEEN -> "by hand";
        };
    out.printf("%-9s%-9s%s%n", state, finding.subject(), finding.fact());
    finding.mend().forEach(command -> out.printf("%18s# %s%n", "", command));
  }
}
