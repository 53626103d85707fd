package io.evenkeel.samples;

import io.evenkeel.vrrp.VirtualAddress;
import io.evenkeel.vrrp.VirtualRouter;
import io.evenkeel.vrrp.VrrpEvent;
import io.evenkeel.vrrp.protocol.Preemption;
import io.evenkeel.vrrp.protocol.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One virtual router. */
@Command(
    name = "vrrp",
    description = {
      "Runs a virtual router until it is told to stop: one of several hosts has its addresses, and"
          + " another takes them over when that one is gone. The others may be keepalived's or"
          + " those of routers.",
      "",
      "Prints a line at each change of its state. SIGTERM and Ctrl-C end it: it resigns, and takes"
          + " its addresses away. Needs CAP_NET_RAW and CAP_NET_ADMIN.",
      "",
      "A DURATION is 500ms, 3s, 2m or 1h.",
      ""
    },
    customSynopsis = "evenkeel vrrp --interface=IF --vrid=N --vip=ADDRESS/LENGTH... [OPTION]...",
    sortOptions = false)
final class VrrpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--interface",
      paramLabel = "IF",
      required = true,
      description = "The device on whose link the others are, such as eth0.")
  private String device;

  @Option(
      names = "--vrid",
      paramLabel = "N",
      required = true,
      converter = IntConverter.OfVrid.class,
      description = "The virtual router's number, 1..255, the same on all its hosts.")
  private int vrid;

  @Option(
      names = "--vip",
      paramLabel = "ADDRESS/LENGTH",
      required = true,
      converter = VipConverter.class,
      description =
          "A virtual address; repeat it for each. Of IPv6 the first is link-local (fe80::).")
  private List<VirtualAddress> vips;

  @Option(
      names = "--priority",
      paramLabel = "P",
      defaultValue = "100",
      converter = IntConverter.OfPriority.class,
      description =
          "The highest becomes master: 1..254; 255: it owns the addresses. Default:"
              + " ${DEFAULT-VALUE}.")
  private int priority;

  @Option(names = "--name", paramLabel = "NAME", description = "Default: vrrp-VRID.")
  private @Nullable String name;

  @Option(
      names = "--version",
      paramLabel = "2|3",
      converter = ChoiceConverter.OfVersion.class,
      description = "Of the protocol. Default: 2 for IPv4, 3 for IPv6.")
  private @Nullable Version version;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "1s",
      converter = DurationConverter.class,
      description =
          "Between two advertisements, the same on all hosts: of version 2 whole seconds, of"
              + " version 3 from 10ms on. Default: ${DEFAULT-VALUE}.")
  private Duration interval;

  @Option(
      names = "--no-preempt",
      description = "Leaves a master of lower priority in its place as long as it lives.")
  private boolean noPreempt;

  @Option(
      names = "--preempt-delay",
      paramLabel = "DURATION",
      defaultValue = "0s",
      converter = DurationConverter.OrZero.class,
      description =
          "How long it waits before it takes the place of a master of lower priority. Default: none.")
  private Duration preemptDelay;

  @Option(
      names = "--auth-pass",
      paramLabel = "X",
      description = "Of version 2: the password, up to 8 bytes; anybody on the link can read it.")
  private @Nullable String password;

  @Option(
      names = "--source",
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description = "The address it sends from. Default: the device's first.")
  private @Nullable InetAddress source;

  @Option(
      names = "--unicast-peer",
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description =
          "A host that it sends to, instead of to the multicast group; repeat it for each.")
  private List<InetAddress> peers = List.of();

  @Option(
      names = "--virtual-mac",
      description =
          "Has the addresses on a device of its own with the virtual router's MAC address.")
  private boolean virtualMac;

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description =
          "The network namespace it is in, as ip netns knows it, or a path; needs CAP_SYS_ADMIN."
              + " Default: that of this process.")
  private @Nullable String namespace;

  @Mixin private LogLevel logLevel;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  // picocli reads it; the inherited option would come with another --version.
  @SuppressWarnings("UnusedVariable")
  private boolean help;

  /** It did not start: there is nothing to stop. */
  private volatile boolean failed;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    VirtualRouter router;
    try {
      router = router(out);
    } catch (IllegalArgumentException e) {
      return say(String.valueOf(e.getMessage()), ExitCode.USAGE);
    }
    logLevel.warnings();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(router), "evenkeel-stop"));
    try {
      router.start();
    } catch (IOException e) {
      failed = true;
      return say(String.valueOf(e.getMessage()), ExitCode.SOFTWARE);
    }
    Thread.currentThread().join();
    return ExitCode.OK;
  }

  private VirtualRouter router(PrintWriter out) {
    VirtualRouter.Builder builder =
        VirtualRouter.builder(name == null ? "vrrp-" + vrid : name)
            .device(device)
            .vrid(vrid)
            .priority(priority)
            .interval(interval)
            .preemption(noPreempt ? Preemption.FORBIDDEN : Preemption.ALLOWED)
            .preemptDelay(preemptDelay)
            .listener(event -> print(event, out));
    vips.forEach(builder::virtualAddress);
    peers.forEach(peer -> builder.peer(peer.getHostAddress()));
    if (version != null) {
      builder.version(version);
    }
    if (password != null) {
      builder.password(password);
    }
    if (source != null) {
      builder.source(source.getHostAddress());
    }
    if (virtualMac) {
      builder.virtualMac();
    }
    if (namespace != null) {
      builder.namespace(namespace);
    }
    return builder.build();
  }

  private static void print(VrrpEvent event, PrintWriter out) {
    if (event.from() != null) {
      out.println(event.text());
      out.flush();
    }
  }

  private void stop(VirtualRouter router) {
    if (failed) {
      return;
    }
    int status = ExitCode.SOFTWARE;
    try {
      router.close();
      status = ExitCode.OK;
    } catch (RuntimeException e) {
      say("not stopped cleanly: " + e.getMessage(), status);
    } finally {
      // After a signal the JVM would end with 128 + its number, as if it had not been handled.
      Runtime.getRuntime().halt(status);
    }
  }

  private int say(String problem, int status) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(problem);
    err.flush();
    return status;
  }

  /** Reads an address with its prefix. */
  static final class VipConverter implements picocli.CommandLine.ITypeConverter<VirtualAddress> {
    @Override
    public VirtualAddress convert(String text) {
      try {
        return VirtualAddress.parse(text);
      } catch (IllegalArgumentException e) {
        throw new Refused(String.valueOf(e.getMessage()));
      }
    }
  }
}
