package io.evenkeel.hook;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is started for a command.
 *
 * <p>With setsid of util-linux: setsid waits for the command and says when a signal ended it, which
 * no exit status can. A shell between the two writes the number of its process, which becomes the
 * command's and the session's, to standard error, and joins the command's outputs: so standard
 * error belongs to setsid and shell alone.
 *
 * @param arguments what is run
 * @param inSession whether it will be a session of its own
 */
record Launch(List<String> arguments, boolean inSession) {
  /** The shell's own name, with which it begins what it complains of. */
  static final String SHELL_NAME = "evenkeel";

  private static final String EXEC = "echo \"$$\" >&2; exec \"$@\" 2>&1";

  /** A second shell, since setpriv itself looks for the program with root's rights. */
  private static final String EXEC_AS =
      "echo \"$$\" >&2; u=$1 id=$2 setpriv=$3; shift 3; g=$(\"$id\" -g -- \"$u\") || exit 126;"
          + " exec \"$setpriv\" --reuid=\"$u\" --regid=\"$g\" --init-groups --"
          + " /bin/sh -c 'exec \"$@\"' \"$0\" \"$@\" 2>&1";

  /** Where it is on this machine. */
  static final Optional<String> SETSID = ofUtilLinux("setsid");

  /**
   * What to start.
   *
   * @param setsid that of util-linux; empty: there is none
   * @throws IOException if it cannot be started; the message says why
   */
  static Launch of(Command command, Optional<String> setsid) throws IOException {
    requireProgram(command);
    String user = command.user();
    if (user != null && user.equals(System.getProperty("user.name"))) {
      user = null;
    }
    if (user != null) {
      requireUser(user);
    }
    if (setsid.isEmpty()) {
      if (user != null) {
        throw new IOException("user: " + user + " (expected: setsid of util-linux)");
      }
      return new Launch(command.arguments(), false);
    }
    List<String> all = new ArrayList<>(List.of(setsid.get(), "--fork", "--wait", "/bin/sh", "-c"));
    all.addAll(user == null ? List.of(EXEC, SHELL_NAME) : asUser(user));
    all.addAll(command.arguments());
    return new Launch(all, true);
  }

  private static void requireProgram(Command command) throws IOException {
    Path directory = command.directory();
    if (directory != null && !Files.isDirectory(directory)) {
      throw new IOException("directory: " + directory + " (expected: a directory)");
    }
    String program = command.arguments().get(0);
    Path base = directory == null ? Path.of("") : directory;
    boolean found =
        program.indexOf('/') >= 0
            ? isProgram(base, program)
            : find(program, command.environment().get("PATH")).isPresent();
    if (!found) {
      throw new IOException(program + ": not found or not executable");
    }
  }

  private static void requireUser(String user) throws IOException {
    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
    if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new IOException("user: " + user + " (expected: none, as this is not run by root)");
    }
  }

  private static List<String> asUser(String user) throws IOException {
    Optional<String> setpriv = ofUtilLinux("setpriv");
    Optional<Path> id = find("id", null);
    if (setpriv.isEmpty() || id.isEmpty()) {
      throw new IOException("user: " + user + " (expected: id, and setpriv of util-linux)");
    }
    return List.of(EXEC_AS, SHELL_NAME, user, id.get().toString(), setpriv.get());
  }

  /** Busybox has programs of these names that can do less. */
  private static Optional<String> ofUtilLinux(String name) {
    return find(name, null)
        .filter(
            path -> {
              try {
                return path.toRealPath().endsWith(name);
              } catch (IOException e) {
                return false;
              }
            })
        .map(Path::toString);
  }

  private static Optional<Path> find(String name, @Nullable String path) {
    String own = System.getenv("PATH");
    String where = path != null ? path : own != null ? own : "/usr/bin:/bin";
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(where)
        .filter(folder -> isProgram(Path.of(""), folder + "/" + name))
        .map(folder -> Path.of(folder, name))
        .findFirst();
  }

  private static boolean isProgram(Path base, String program) {
    try {
      Path path = base.resolve(program);
      return Files.isRegularFile(path) && Files.isExecutable(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
