package io.evenkeel.vrrp.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Commands of the lab. */
final class LabShell {
  private static final long TIMEOUT_SECONDS = 30;

  private LabShell() {}

  /**
   * What a command prints.
   *
   * @throws IOException if it fails, or takes longer than 30 s
   */
  static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", command) + ": interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Makes a program of one of the lab's sources in C.
   *
   * @return the program, in that directory
   */
  static Path compile(String name, Path directory) throws IOException {
    Path source = directory.resolve(name + ".c");
    try (InputStream in = LabShell.class.getResourceAsStream(name + ".c")) {
      Files.write(source, in.readAllBytes());
    }
    Path program = directory.resolve(name);
    run("gcc", "-O2", "-Wall", "-Werror", "-o", program.toString(), source.toString());
    return program;
  }

  /** What a shell's script prints, which ends at its first command that fails. */
  static String script(String script) throws IOException {
    return run("sh", "-e", "-c", script);
  }
}
