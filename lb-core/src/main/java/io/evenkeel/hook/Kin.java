package io.evenkeel.hook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes that belong to a command: those of its session. */
final class Kin {
  private static final Path PROC = Path.of("/proc");

  /** Where they stand after the name in /proc/PID/stat. */
  private static final int STATE = 0;

  private static final int SESSION = 3;

  private Kin() {}

  /** Those of a session that live. */
  static List<ProcessHandle> ofSession(long session) {
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (isOf(session, process)) {
          ProcessHandle.of(Long.parseLong(String.valueOf(process.getFileName())))
              .ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      // Without /proc the leader is all that is known.
      Optional<ProcessHandle> leader = ProcessHandle.of(session);
      leader.ifPresent(found::add);
    }
    return found;
  }

  /** A process and all that it started, where there are no sessions. */
  static List<ProcessHandle> ofProcess(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants())
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  private static boolean isOf(long session, Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The name is in parentheses, and may hold some.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", SESSION + 2);
      return fields[SESSION].equals(Long.toString(session)) && !fields[STATE].equals("Z");
    } catch (IOException e) {
      // It has ended.
      return false;
    }
  }
}
