package io.evenkeel.samples;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. Exit status: 0 done, 1 failed, 2 wrong usage. */
@Command(
    name = "evenkeel",
    description = "Balances connections over several servers, and does without those that fail.",
    subcommands = {
      QuickstartCommand.class,
      ProxyCommand.class,
      IpvsCommand.class,
      VrrpCommand.class,
      DoctorCommand.class
    },
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Evenkeel.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage"})
final class Evenkeel implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private Evenkeel() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Evenkeel());
    commandLine.setUsageHelpWidth(90);
    commandLine.setExecutionStrategy(Evenkeel::run);
    commandLine.setParameterExceptionHandler((e, args) -> refuse(e.getCommandLine(), List.of(e)));
    commandLine.setExecutionExceptionHandler(Evenkeel::failed);
    everyCommand(commandLine)
        .forEach(command -> command.getCommandSpec().parser().collectErrors(true));
    return commandLine;
  }

  /** No command was named. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  /** Runs the command, or says all that is wrong with its arguments. */
  private static int run(ParseResult parsed) {
    List<CommandLine> commands = parsed.asCommandLineList();
    boolean help =
        commands.stream().anyMatch(c -> c.isUsageHelpRequested() || c.isVersionHelpRequested());
    List<Exception> errors = new ArrayList<>();
    commands.forEach(c -> errors.addAll(c.getParseResult().errors()));
    CommandLine last = commands.get(commands.size() - 1);
    if (!help && !errors.isEmpty()) {
      return refuse(last, errors);
    }
    int status = new RunLast().execute(parsed);
    if (isCut(last.getOut())) {
      last.getErr().println("standard output: cannot be written");
      last.getErr().flush();
      return ExitCode.SOFTWARE;
    }
    return status;
  }

  /** Whether something of what was printed did not arrive. Neither of the two throws. */
  static boolean isCut(PrintWriter out) {
    return out.checkError() || System.out.checkError();
  }

  private static int refuse(CommandLine command, List<? extends Exception> errors) {
    PrintWriter err = command.getErr();
    // Picocli says some things twice.
    Set<String> sentences = new LinkedHashSet<>();
    boolean understood = true;
    for (Exception error : errors) {
      if (error.getCause() instanceof Refused refused) {
        sentences.add(String.valueOf(refused.getMessage()));
      } else {
        sentences.add(String.valueOf(error.getMessage()));
        understood = false;
      }
    }
    sentences.forEach(err::println);
    for (Exception error : errors) {
      if (error instanceof UnmatchedArgumentException unmatched) {
        UnmatchedArgumentException.printSuggestions(unmatched, err);
      }
    }
    if (!understood) {
      err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    err.flush();
    return ExitCode.USAGE;
  }

  /** One sentence, and with {@code -v} the whole. */
  private static int failed(Exception e, CommandLine command, @Nullable ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println(e.getMessage() == null ? e.toString() : e.getMessage());
    if (parsed != null && parsed.matchedOptionValue("verbose", false)) {
      e.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private static List<CommandLine> everyCommand(CommandLine top) {
    List<CommandLine> all = new ArrayList<>(List.of(top));
    top.getSubcommands().values().forEach(command -> all.addAll(everyCommand(command)));
    return all;
  }

  /** What this jar is, and what it runs on. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Evenkeel.class.getPackage().getImplementationVersion();
      return new String[] {
        "evenkeel " + (version == null ? "(not a release)" : version),
        "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name")
      };
    }
  }
}
