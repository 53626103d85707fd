package io.evenkeel.hook;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A command to run, without a shell unless it is one. Immutable.
 *
 * @param arguments the program, as a path or as a name that is looked for in PATH, and what it is
 *     given
 * @param environment variables in addition to this process's own
 * @param directory where it works; null: where this process does
 * @param user who runs it, with this user's own groups; null: who runs this process. Only root can
 *     become another user, and needs setpriv (util-linux) for it
 * @param timeout after which it is ended, 1 ms..1 day
 * @param maxOutputBytes how much is kept of the beginning of what it prints to standard output and
 *     standard error, 0..1048576; the rest is read and thrown away
 */
public record Command(
    List<String> arguments,
    Map<String, String> environment,
    @Nullable Path directory,
    @Nullable String user,
    Duration timeout,
    int maxOutputBytes) {
  private static final int MOST_OUTPUT = 1 << 20;
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,255}");

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if there is no program, a text cannot be handed to one, or a
   *     number is out of range
   */
  public Command {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (arguments.isEmpty() || arguments.get(0).isEmpty()) {
      throw new IllegalArgumentException(
          "arguments: " + arguments + " (expected: a program, and what it is given)");
    }
    arguments.forEach(argument -> requireNoNul("arguments", argument));
    environment.forEach(
        (name, value) -> {
          requireNoNul("environment", name);
          requireNoNul("environment", value);
          if (name.isEmpty() || name.indexOf('=') >= 0) {
            throw new IllegalArgumentException(
                "environment: " + name + " (expected: a name without =)");
          }
        });
    if (user != null && !USER.matcher(user).matches()) {
      throw new IllegalArgumentException(
          "user: " + user + " (expected: letters, digits, dots, hyphens and underscores)");
    }
    if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: 1 ms..1 day)");
    }
    if (maxOutputBytes < 0 || maxOutputBytes > MOST_OUTPUT) {
      throw new IllegalArgumentException(
          "maxOutputBytes: " + maxOutputBytes + " (expected: 0.." + MOST_OUTPUT + ")");
    }
  }

  /**
   * As this user, in this directory, ended after 5 s, with 4096 bytes of its output kept.
   *
   * @param arguments the program and what it is given
   * @return the command
   * @throws IllegalArgumentException if there is no program
   */
  public static Command of(String... arguments) {
    return new Command(List.of(arguments), Map.of(), null, null, Duration.ofSeconds(5), 4096);
  }

  /**
   * With more arguments at the end.
   *
   * @param more they
   * @return the changed command
   * @throws IllegalArgumentException if one has a NUL in it
   */
  public Command withArguments(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new Command(all, environment, directory, user, timeout, maxOutputBytes);
  }

  /**
   * With more variables.
   *
   * @param more names and values; a name that is there already gets the new value
   * @return the changed command
   * @throws IllegalArgumentException if a name is not valid
   */
  public Command withEnvironment(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.putAll(more);
    return new Command(arguments, all, directory, user, timeout, maxOutputBytes);
  }

  /**
   * In another directory.
   *
   * @param where it works; null: where this process does
   * @return the changed command
   */
  public Command in(@Nullable Path where) {
    return new Command(arguments, environment, where, user, timeout, maxOutputBytes);
  }

  /**
   * As another user.
   *
   * @param name who runs it; null: who runs this process
   * @return the changed command
   * @throws IllegalArgumentException if it is no user name
   */
  public Command as(@Nullable String name) {
    return new Command(arguments, environment, directory, name, timeout, maxOutputBytes);
  }

  /**
   * With another time-out.
   *
   * @param limit 1 ms..1 day
   * @return the changed command
   * @throws IllegalArgumentException if it is out of range
   */
  public Command timeout(Duration limit) {
    return new Command(arguments, environment, directory, user, limit, maxOutputBytes);
  }

  /**
   * With more or less of its output kept.
   *
   * @param bytes 0..1048576
   * @return the changed command
   * @throws IllegalArgumentException if it is out of range
   */
  public Command maxOutputBytes(int bytes) {
    return new Command(arguments, environment, directory, user, timeout, bytes);
  }

  /** Of the environment the names alone: a value may be a secret. */
  @Override
  public String toString() {
    return String.join(" ", arguments)
        + (environment.isEmpty()
            ? ""
            : environment.keySet().stream().sorted().collect(Collectors.joining(",", " with ", "")))
        + (directory == null ? "" : " in " + directory)
        + (user == null ? "" : " as " + user)
        + (timeout.equals(LONGEST) ? "" : " within " + timeout);
  }

  private static void requireNoNul(String name, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(name + ": a text with a NUL (expected: none)");
    }
  }
}
