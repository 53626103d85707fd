package io.evenkeel.vrrp.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A process that runs on, what it prints, line by line, and what it is told. */
final class LabProcess implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(20);

  private final Process process;
  private final PrintStream input;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();

  /** Whether it prints no more; guarded by lines. */
  private boolean ended;

  /** Starts it; standard error counts as output. */
  LabProcess(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    reader = new Thread(this::read, "lab-" + command.get(command.size() - 1));
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // It has ended.
    }
    synchronized (lines) {
      ended = true;
      lines.notifyAll();
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void tell(String line) {
    input.println(line);
  }

  /** All that it printed until now. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /**
   * Waits until what it has printed is as wanted.
   *
   * @return whether it is; it has printed on while this was looked at
   */
  boolean await(Predicate<List<String>> wanted, Duration atMost) throws IOException {
    long deadline = System.nanoTime() + atMost.toNanos();
    synchronized (lines) {
      while (!wanted.test(lines)) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0 || ended) {
          return false;
        }
        try {
          lines.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted", e);
        }
      }
      return true;
    }
  }

  /** Waits for a line. */
  void expect(Predicate<String> wanted, Duration atMost) throws IOException {
    if (!await(all -> all.stream().anyMatch(wanted), atMost)) {
      throw new IOException("within " + atMost + " there was only " + lines());
    }
  }

  /** Closes its input, and waits until it has ended, with all that it printed. */
  void finish() throws IOException {
    input.close();
    awaitEnd();
  }

  /** Waits until it has ended. */
  void awaitEnd() throws IOException {
    try {
      if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("pid " + pid() + " does not end: " + lines());
      }
      reader.join(END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Sends a signal to processes. */
  static void signal(String signal, List<Long> pids) throws IOException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    pids.forEach(pid -> command.add(Long.toString(pid)));
    LabShell.run(command.toArray(String[]::new));
  }

  /** Kills a process if there is one. */
  static void end(@Nullable LabProcess process) {
    if (process != null) {
      process.close();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(END.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
