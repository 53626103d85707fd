package io.evenkeel.samples;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a director does, without any set-up. */
@Command(
    name = "quickstart",
    description = {
      "Shows failover: three small servers and a director in front of them run in this process,"
          + " clients send requests, one server is killed and started again.",
      "",
      "Ends by itself, and says what happened. Fails if that is not what it should be.",
      ""
    },
    sortOptions = false)
final class QuickstartCommand implements Callable<Integer> {
  private static final char BLOCK = '\u2588';
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "18",
      converter = IntConverter.OfSeconds.class,
      description = "How long it takes, 6..3600. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Mixin private LogLevel logLevel;

  @Override
  public Integer call() throws IOException {
    // The command itself shows what happens to servers.
    logLevel.errors();
    PrintWriter out = spec.commandLine().getOut();
    Verdict verdict;
    CountDownLatch done = new CountDownLatch(1);
    try (Display display = display(out);
        Quickstart quickstart = new Quickstart(seconds, display)) {
      Runtime.getRuntime().addShutdownHook(stopper(quickstart, done));
      verdict = Verdict.of(quickstart.run());
    } catch (InterruptedException e) {
      out.println();
      out.println("Stopped before the end.");
      out.flush();
      return INTERRUPTED;
    } finally {
      done.countDown();
    }
    return say(verdict, out);
  }

  private static int say(Verdict verdict, PrintWriter out) {
    out.println();
    verdict.happened().forEach(out::println);
    if (!verdict.isGood()) {
      out.println();
      out.println("This is not what should have happened:");
      verdict.problems().forEach(out::println);
    }
    out.flush();
    return verdict.isGood() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** On Ctrl-C: has it end, and waits for that. */
  private static Thread stopper(Quickstart quickstart, CountDownLatch done) {
    return new Thread(
        () -> {
          quickstart.stop();
          try {
            if (!done.await(5, TimeUnit.SECONDS)) {
              System.err.println("not stopped cleanly within 5 s");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "quickstart-stop");
  }

  private Display display(PrintWriter out) {
    Charset charset = terminalCharset();
    if (charset == null || logLevel.verbose) {
      return new PlainDisplay(out);
    }
    char bar = charset.newEncoder().canEncode(BLOCK) ? BLOCK : '#';
    return new LiveDisplay(out, new Table(seconds, bar, System.getenv("NO_COLOR") == null));
  }

  /** What the terminal shows; null if output does not go to one that can draw. */
  @SuppressWarnings("SystemConsoleNull") // What newer JDKs return instead is asked.
  private static @Nullable Charset terminalCharset() {
    Console console = System.console();
    if (console == null || !isTerminal(console) || "dumb".equals(System.getenv("TERM"))) {
      return null;
    }
    return console.charset();
  }

  /** Some JDKs, 22 on, have a console even where there is no terminal. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
