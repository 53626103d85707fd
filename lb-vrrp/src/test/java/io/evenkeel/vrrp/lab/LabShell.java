package io.evenkeel.vrrp.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  /** The same of a shell's script, which ends at its first command that fails. */
  static String script(String script) throws IOException {
    return run("sh", "-e", "-c", script);
  }
}
