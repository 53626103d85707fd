package io.evenkeel.benchmark;

import io.evenkeel.transport.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What it costs to check ten thousand endpoints every second, spread over 127.0.0.0/8. Each figure
 * is of a process of its own ({@link CheckLoadRun}); what is checked runs in another one ({@link
 * CheckLoadServer}). Prints, for TCP and for HTTP, with one event loop and with two:
 *
 * <ul>
 *   <li>checks that ended in a second, and how many of all did not pass
 *   <li>processor time, in processors; heap after a collection; resident memory
 *   <li>checks begun in 100 ms: fewest, median, most
 *   <li>how much later a check began than its endpoint's first one and as many intervals: the most
 *       of any check, and the median of each endpoint's last: the first is unrest, the second drift
 * </ul>
 */
public final class CheckLoad {
  private static final String USAGE =
      "usage: CheckLoad [--endpoints 1..1000000] [--check tcp|http] [--seconds 1..86400]"
          + " [--loops 1..64] [--transport io_uring|epoll|nio]";

  private int endpoints = 10_000;
  private int seconds = 30;
  private List<String> checks = List.of("tcp", "http");
  private List<Integer> loops = List.of(1, 2);
  private Transport transport = Transport.best();

  private CheckLoad() {}

  /**
   * Measures.
   *
   * @param args {@code [--endpoints N] [--check tcp|http] [--seconds N] [--loops N] [--transport
   *     io_uring|epoll|nio]}
   * @throws Exception if a process cannot be started, or the thread is interrupted
   */
  public static void main(String[] args) throws Exception {
    CheckLoad load = new CheckLoad();
    try {
      for (int i = 0; i < args.length; i += 2) {
        load.option(args[i], i + 1 < args.length ? args[i + 1] : "");
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "; " + USAGE);
      System.exit(2);
    }
    load.run();
  }

  private void option(String name, String value) {
    switch (name) {
      case "--endpoints" -> endpoints = number(name, value, 1_000_000);
      case "--seconds" -> seconds = number(name, value, 86_400);
      case "--loops" -> loops = List.of(number(name, value, 64));
      case "--check" -> checks = List.of(known(value));
      case "--transport" -> transport = Transport.valueOf(value.toUpperCase(Locale.ROOT));
      default -> throw new IllegalArgumentException(name);
    }
  }

  private static int number(String name, String value, int most) {
    if (value.matches("[0-9]{1,7}")) {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + most + ")");
  }

  private static String known(String check) {
    if (!check.equals("tcp") && !check.equals("http")) {
      throw new IllegalArgumentException("--check: " + check + " (expected: tcp or http)");
    }
    return check;
  }

  private void run() throws IOException, InterruptedException {
    Process server = java(CheckLoadServer.class, List.of());
    // The server ends when its standard input does: at the latest with this process.
    try (BufferedReader said = server.inputReader(StandardCharsets.US_ASCII)) {
      String port = said.readLine();
      if (port == null) {
        throw new IOException("the server did not start");
      }
      System.out.println(
          endpoints + " endpoints, every second, for " + seconds + " s, " + transport);
      System.out.println(CheckLoadRun.HEADER);
      for (String check : checks) {
        for (int loop : loops) {
          run(List.of(check, "" + loop, port, "" + endpoints, "" + seconds, transport.name()));
        }
      }
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private static void run(List<String> args) throws IOException, InterruptedException {
    Process run = java(CheckLoadRun.class, args);
    try (BufferedReader said = run.inputReader(StandardCharsets.US_ASCII)) {
      said.lines().forEach(System.out::println);
      if (run.waitFor() != 0) {
        throw new IOException("a measurement failed, exit code " + run.exitValue());
      }
    } finally {
      run.destroyForcibly();
    }
  }

  /** A program of this one's class path, in a process of its own; ends with its input. */
  static Process java(Class<?> program, List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(args);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
