package io.evenkeel.hook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The processes that belong to a command: those of its session. */
final class Kin {
  private static final Path PROC = Path.of("/proc");

  /** Where they stand after the name in /proc/PID/stat. */
  private static final int STATE = 0;

  private static final int SESSION = 3;

  /** Beyond, looking at all processes is hardly more. */
  private static final int MAX_LOOKS = 500;

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

  /**
   * Whether somebody of a session that began a moment ago may live. Numbers are given in ascending
   * order, so that its members are among those that were given since: few, while looking at all
   * processes takes long where there are many.
   */
  static boolean mayLive(long session) {
    try {
      long next = session;
      long last = lastGiven();
      // Who is looked at may start another and end.
      for (; next <= last; last = lastGiven()) {
        if (last - session > MAX_LOOKS) {
          return true;
        }
        for (; next <= last; next++) {
          if (isOf(session, PROC.resolve(Long.toString(next)))) {
            return true;
          }
        }
      }
      return last < session;
    } catch (IOException | NumberFormatException e) {
      return true;
    }
  }

  /**
   * Those that live of some processes and of all that they started, where there are no sessions.
   *
   * @param known gets those that were found, too: when its parent has ended, nobody knows a child
   */
  static List<ProcessHandle> ofProcesses(Set<ProcessHandle> known) {
    List.copyOf(known).forEach(process -> process.descendants().forEach(known::add));
    return known.stream().filter(Kin::lives).toList();
  }

  private static boolean lives(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      return !fields(PROC.resolve(Long.toString(process.pid())))[STATE].equals("Z");
    } catch (IOException e) {
      // It has ended, or there is no /proc.
      return process.isAlive();
    }
  }

  /** 0 or less than a session that lives: not known, or the numbers began anew. */
  private static long lastGiven() throws IOException {
    String load = Files.readString(PROC.resolve("loadavg"), StandardCharsets.ISO_8859_1).strip();
    return Long.parseLong(load.substring(load.lastIndexOf(' ') + 1));
  }

  private static boolean isOf(long session, Path process) {
    try {
      String[] fields = fields(process);
      return fields[SESSION].equals(Long.toString(session)) && !fields[STATE].equals("Z");
    } catch (IOException e) {
      // It has ended.
      return false;
    }
  }

  private static String[] fields(Path process) throws IOException {
    String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
    // The name is in parentheses, and may hold some.
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", SESSION + 2);
  }
}
