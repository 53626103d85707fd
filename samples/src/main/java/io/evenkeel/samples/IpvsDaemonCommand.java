package io.evenkeel.samples;

import io.evenkeel.kernel.ipvs.Ipvs;
import io.evenkeel.kernel.ipvs.IpvsDaemon;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The kernel's daemons that tell other directors of connections. */
@Command(
    name = "daemon",
    description = "Starts or stops a daemon that tells other directors of connections, or hears.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
final class IpvsDaemonCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** No command was named. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  @Command(description = "Starts a daemon.", sortOptions = false)
  int start(
      @Parameters(paramLabel = "master|backup", description = "Whether it tells or hears.")
          String role,
      @Option(
              names = "--mcast-interface",
              paramLabel = "DEVICE",
              required = true,
              description = "The device that it sends from or listens on.")
          String device,
      @Option(
              names = "--syncid",
              paramLabel = "N",
              defaultValue = "0",
              converter = IntConverter.OfSyncId.class,
              description =
                  "The group of directors, 0..255; a backup with 0 hears all. Default:"
                      + " ${DEFAULT-VALUE}.")
          int syncId,
      @Option(
              names = "--sync-maxlen",
              paramLabel = "BYTES",
              converter = IntConverter.OfSyncLength.class,
              description = "Of a message, 1..65507. Default: as the device allows.")
          @Nullable Integer maxLength,
      @Option(
              names = "--mcast-group",
              paramLabel = "ADDRESS",
              converter = AddressConverter.class,
              description = "Multicast address. Default: 224.0.0.81.")
          @Nullable InetAddress group,
      @Option(
              names = "--mcast-port",
              paramLabel = "PORT",
              converter = IntConverter.OfPort.class,
              description = "UDP port. Default: 8848.")
          @Nullable Integer port,
      @Option(
              names = "--mcast-ttl",
              paramLabel = "N",
              converter = IntConverter.OfTtl.class,
              description = "How many routers a message may pass, 1..255. Default: 1.")
          @Nullable Integer ttl,
      @Mixin IpvsNamespace namespace)
      throws IOException {
    IpvsDaemon daemon;
    try {
      daemon =
          new IpvsDaemon(
              role(role), device, syncId, orZero(maxLength), group, orZero(port), orZero(ttl));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.subcommands().get("start"), String.valueOf(e.getMessage()), e);
    }
    try (Ipvs ipvs = namespace.open()) {
      ipvs.start(daemon);
    }
    return ExitCode.OK;
  }

  @Command(description = "Stops a daemon.")
  int stop(
      @Parameters(paramLabel = "master|backup", description = "Which of the two.") String role,
      @Mixin IpvsNamespace namespace)
      throws IOException {
    IpvsDaemon.Role which = role(role);
    try (Ipvs ipvs = namespace.open()) {
      ipvs.stop(which);
    }
    return ExitCode.OK;
  }

  private IpvsDaemon.Role role(String text) {
    try {
      return new ChoiceConverter.OfRole().convert(text);
    } catch (Refused e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static int orZero(@Nullable Integer given) {
    return given == null ? 0 : given;
  }
}
