package io.evenkeel.samples;

import io.evenkeel.Director;
import io.evenkeel.DryRun;
import io.evenkeel.InvalidConfigurationException;
import io.evenkeel.model.CheckSpec;
import io.evenkeel.model.Endpoint;
import io.evenkeel.model.RealServer;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.evenkeel.proxy.TcpProxy;
import io.evenkeel.proxy.TcpProxy.WhenFull;
import io.evenkeel.schedule.Schedulers;
import io.evenkeel.transport.Transport;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A TCP balancer. */
@Command(
    name = "proxy",
    description = {
      "Balances TCP connections over servers until it is told to stop.",
      "",
      "Prints \"listening on HOST:PORT\" once it accepts clients. What happens to servers is logged"
          + " to standard error. SIGTERM and Ctrl-C end it: it takes no new clients and lets open"
          + " connections end.",
      "",
      "A DURATION is 500ms, 3s, 2m or 1h.",
      ""
    },
    customSynopsis = "evenkeel proxy --listen=HOST:PORT --server=HOST:PORT[=WEIGHT]... [OPTION]...",
    sortOptions = false)
final class ProxyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      required = true,
      converter = EndpointConverter.class,
      description = "Where clients connect to; an IPv6 address in brackets.")
  private Endpoint listen;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT[=WEIGHT]",
      required = true,
      converter = ServerConverter.class,
      description =
          "A server that does the work; repeat it for each. The weight is its share relative to the"
              + " others, 0..65535: 1 if not given, 0 for no new connections.")
  private List<RealServer> servers;

  @Option(
      names = "--scheduler",
      paramLabel = "NAME",
      defaultValue = "wlc",
      completionCandidates = SchedulerNames.class,
      description =
          "What picks the server: one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private String scheduler;

  @Option(
      names = "--sorry",
      paramLabel = "HOST:PORT",
      converter = EndpointConverter.class,
      description = "Who answers while no server can. Without one, connections are closed.")
  private @Nullable Endpoint sorry;

  @Mixin private CheckOptions checkOptions;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "100000",
      converter = IntConverter.OfConnections.class,
      description = "How many clients there may be at a time. Default: ${DEFAULT-VALUE}.")
  private int maxConnections;

  @Option(
      names = "--when-full",
      paramLabel = "close|wait",
      defaultValue = "close",
      converter = ChoiceConverter.OfWhenFull.class,
      description =
          "What becomes of more clients: they are closed, or wait. Default: ${DEFAULT-VALUE}.")
  private WhenFull whenFull;

  @Option(
      names = "--connect-timeout",
      paramLabel = "DURATION",
      defaultValue = "3s",
      converter = DurationConverter.class,
      description = "How long one attempt to reach a server may take. Default: ${DEFAULT-VALUE}.")
  private Duration connectTimeout;

  @Option(
      names = "--idle-timeout",
      paramLabel = "DURATION",
      defaultValue = "15m",
      converter = DurationConverter.class,
      description =
          "After how long without a byte a connection is closed. Default: ${DEFAULT-VALUE}.")
  private Duration idleTimeout;

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationConverter.OrZero.class,
      description =
          "How long open connections may go on when it is told to stop. Default: ${DEFAULT-VALUE}.")
  private Duration grace;

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      defaultValue = "auto",
      converter = ChoiceConverter.OfTransport.class,
      description =
          "What moves the bytes: io_uring, epoll or nio. Default: auto, the best that works here.")
  private Transport transport;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = IntConverter.OfThreads.class,
      description = "Event loops. Default: one for each processor.")
  private @Nullable Integer threads;

  @Mixin private LogLevel logLevel;

  /** The schedulers there are. */
  static final class SchedulerNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Schedulers.names().iterator();
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    List<String> problems = new ArrayList<>();
    VirtualService service = service(problems);
    if (service == null || !problems.isEmpty()) {
      return say(problems, ExitCode.USAGE);
    }
    logLevel.warnings();
    // Started without services: a dry run tells what is wrong with the arguments from what is
    // wrong with the machine, a port in use for instance.
    Director director = director();
    try {
      director.start();
      DryRun dryRun = director.edit().put(service).dryRun();
      if (!dryRun.problems().isEmpty()) {
        return say(dryRun.problems(), ExitCode.USAGE);
      }
      director.edit().put(service).apply();
      return serve(director);
    } catch (InvalidConfigurationException e) {
      return say(e.problems(), ExitCode.SOFTWARE);
    } finally {
      director.close(Duration.ZERO);
    }
  }

  private @Nullable VirtualService service(List<String> problems) {
    CheckSpec checkSpec = checkOptions.spec(problems);
    VirtualService.Builder builder =
        VirtualService.builder(ServiceKey.tcp(listen.toString())).scheduler(scheduler);
    servers.forEach(builder::realServer);
    if (checkSpec != null) {
      builder.check(checkSpec);
    }
    if (sorry != null) {
      builder.sorryServer(sorry.toString());
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private Director director() {
    Director.Builder builder =
        Director.builder()
            .transport(transport)
            .dataPlane(
                TcpProxy.builder()
                    .maxConnections(maxConnections, whenFull)
                    .connectTimeout(connectTimeout)
                    .idleTimeout(idleTimeout)
                    .build());
    if (threads != null) {
      builder.threads(threads);
    }
    return builder.build();
  }

  /** Until a signal comes; then the shutdown hook ends the program. */
  private int serve(Director director) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(director, out), "evenkeel-stop"));
    logLevel.events();
    out.println("listening on " + listen);
    out.flush();
    Thread.currentThread().join();
    return ExitCode.OK;
  }

  private void stop(Director director, PrintWriter out) {
    int status = ExitCode.SOFTWARE;
    try {
      logLevel.warnings();
      int cut = director.close(grace);
      out.println("stopped, " + cut + (cut == 1 ? " connection" : " connections") + " cut off");
      out.flush();
      status = ExitCode.OK;
    } catch (RuntimeException e) {
      say(List.of("not stopped cleanly: " + e.getMessage()), status);
    } finally {
      // After a signal the JVM would end with 128 + its number, as if it had not been handled.
      Runtime.getRuntime().halt(status);
    }
  }

  private int say(List<String> problems, int status) {
    PrintWriter err = spec.commandLine().getErr();
    problems.forEach(err::println);
    err.flush();
    return status;
  }
}
