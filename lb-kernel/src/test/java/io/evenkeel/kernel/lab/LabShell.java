package io.evenkeel.kernel.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** One shell for all commands: starting a process from here is slow under user-mode-linux. */
final class LabShell implements AutoCloseable {
  private static final String END = "end of the command, status ";

  private final Process process;
  private final PrintWriter in;
  private final BufferedReader out;

  LabShell() throws IOException {
    process = new ProcessBuilder("sh").redirectErrorStream(true).start();
    in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    out = process.inputReader();
  }

  /**
   * Runs a script in a network namespace, up to its first command that fails.
   *
   * @return what it says
   * @throws IOException if a command fails; with what it says
   */
  String run(String namespace, String script) throws IOException {
    return run(
        "ip netns exec " + namespace + " sh -e <<'END OF SCRIPT'\n" + script + "\nEND OF SCRIPT");
  }

  /** Likewise in this process's own network namespace, whatever fails but the last command. */
  synchronized String run(String script) throws IOException {
    in.println(script + "\necho \"" + END + "$?\"");
    StringBuilder said = new StringBuilder();
    while (true) {
      String line = out.readLine();
      if (line == null) {
        throw new IOException(script + ": the shell has ended: " + said);
      }
      if (line.equals(END + 0)) {
        return said.toString();
      }
      if (line.startsWith(END)) {
        throw new IOException(script + ": " + line.substring(END.length()) + ": " + said);
      }
      said.append(line).append('\n');
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
