package io.evenkeel.vrrp.track;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Which processes are meant. Immutable.
 *
 * @param words the name alone, or the whole command line
 * @param isCommandLine which of the two
 */
public record ProcessMatch(List<String> words, boolean isCommandLine) {
  /** TASK_COMM_LEN without the NUL at the end (linux/sched.h). */
  private static final int KERNEL_NAME_BYTES = 15;

  private static final Path PROC = Path.of("/proc");

  /**
   * Checks the words.
   *
   * @throws IllegalArgumentException if there is none, or more than one of a name
   */
  public ProcessMatch {
    words = List.copyOf(words);
    if (words.isEmpty() || words.get(0).isEmpty() || (!isCommandLine && words.size() > 1)) {
      throw new IllegalArgumentException(
          "process: "
              + words
              + " (expected: "
              + (isCommandLine ? "a command line" : "a name")
              + ")");
    }
  }

  /**
   * By name, as the kernel has it (proc(5), comm): the program's file name, or what the process has
   * called itself. The kernel keeps the first 15 bytes, and only these are compared.
   *
   * @param name such as {@code nginx}
   * @return the match
   * @throws IllegalArgumentException if it is empty
   */
  public static ProcessMatch named(String name) {
    return new ProcessMatch(List.of(name), false);
  }

  /**
   * By the whole command line, word by word (proc(5), cmdline).
   *
   * @param words the program as it was called, and all that it was given
   * @return the match
   * @throws IllegalArgumentException if there is none
   */
  public static ProcessMatch commandLine(String... words) {
    return new ProcessMatch(List.of(words), true);
  }

  /** How many there are that are no zombies, among those that this process may see. */
  int count() throws IOException {
    int count = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[1-9]*")) {
      for (Path process : all) {
        if (matches(process)) {
          count++;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return count;
  }

  private boolean matches(Path process) {
    try {
      return isCommandLine
          ? isCommandLine(Files.readAllBytes(process.resolve("cmdline")))
          : isNamed(Files.readAllBytes(process.resolve("stat")));
    } catch (IOException e) {
      // It has ended meanwhile.
      return false;
    }
  }

  /** A zombie has none. */
  boolean isCommandLine(byte[] cmdline) {
    return new String(cmdline, StandardCharsets.UTF_8).equals(String.join("\0", words) + "\0");
  }

  /** Of {@code 42 (name) S ...}; the name may have parentheses in it. */
  boolean isNamed(byte[] stat) {
    String text = new String(stat, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf(')');
    int state = end + 2;
    if (end < 0 || state >= text.length() || "ZXx".indexOf(text.charAt(state)) >= 0) {
      return false;
    }
    byte[] wanted = words.get(0).getBytes(StandardCharsets.UTF_8);
    String kept =
        new String(
            wanted, 0, Math.min(wanted.length, KERNEL_NAME_BYTES), StandardCharsets.ISO_8859_1);
    return text.substring(text.indexOf('(') + 1, end).equals(kept);
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
