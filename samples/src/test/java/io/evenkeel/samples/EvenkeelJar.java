package io.evenkeel.samples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** {@code java -jar evenkeel.jar} as a process of its own, with the JDK that runs the tests. */
final class EvenkeelJar implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 60;

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final List<Thread> readers = new ArrayList<>();

  private EvenkeelJar(Process process) {
    this.process = process;
    readers.add(read(process.getInputStream(), out));
    readers.add(read(process.getErrorStream(), err));
  }

  static EvenkeelJar start(String... arguments) throws IOException {
    return start(List.of(), arguments);
  }

  /**
   * Starts it by another program.
   *
   * @param starter the program and its arguments, to which the command is added
   */
  static EvenkeelJar start(List<String> starter, String... arguments) throws IOException {
    Path jar = Path.of("target", "evenkeel.jar").toAbsolutePath();
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing (expected: built by mvn package)");
    }
    List<String> command = new ArrayList<>(starter);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            jar.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // The JVM says on standard error that it has picked these up.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return new EvenkeelJar(builder.start());
  }

  List<String> out() {
    return out;
  }

  List<String> err() {
    return err;
  }

  /** Waits for a line on standard output. */
  void awaitOut(Predicate<String> line) throws InterruptedException, TimeoutException {
    await(out, line);
  }

  /** Waits for a line on standard error. */
  void awaitErr(Predicate<String> line) throws InterruptedException, TimeoutException {
    await(err, line);
  }

  /** SIGTERM; unlike {@link Process#destroy}, leaves its output to be read. */
  void terminate() {
    process.toHandle().destroy();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end; returns the exit status. */
  int await() throws InterruptedException, TimeoutException {
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException("still running; out: " + out + ", err: " + err);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void await(List<String> lines, Predicate<String> line)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (lines.stream().noneMatch(line)) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new TimeoutException("no such line; out: " + out + ", err: " + err);
      }
      Thread.sleep(10);
    }
  }

  private static Thread read(InputStream from, List<String> to) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                lines.lines().forEach(to::add);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    reader.setDaemon(true);
    reader.start();
    return reader;
  }
}
