package io.evenkeel.kernel.ipvs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs that a lab runs beside the library. */
final class LabCommands {
  private LabCommands() {}

  /** What a program prints; it must end with 0. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new IllegalStateException(List.of(command) + ": " + status + ": " + output);
    }
    return output;
  }

  /** Each line a command of {@code ip}. */
  static void ip(String... lines) throws IOException, InterruptedException {
    for (String line : lines) {
      run(("ip " + line).split(" "));
    }
  }

  /** Loads a module that the lab's machine does not load by itself. */
  static void module(String name) throws IOException, InterruptedException {
    run("sh", "-c", "modprobe -q -d /run/modules " + name + " || modprobe " + name);
  }
}
