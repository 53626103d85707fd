package io.evenkeel.benchmark;

import io.evenkeel.schedule.Schedulers;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What {@link RackFailure} is asked for. Mutable while it is read, not after.
 *
 * <p>Defaults: 1 000 servers of which 300 are killed, those in random places of the configuration;
 * 300 connections and 1 000 dispatches in a second; HTTP checks.
 */
final class RackFailureOptions {
  static final String USAGE =
      """
      usage: RackFailure [option value]...
        --servers N      real servers, 2..10000; 1000
        --kill N         of which are killed, 1..servers - 1; 300
        --dead random|first|last|even   their places in the configuration; random, the same each time
        --scheduler NAME wlc
        --check tcp|http http
        --every MS       between checks, 10..60000; 2000
        --retry MS       the same while a verdict is being formed, 10..60000; 1000
        --fall N         failures before a server is down, 1..100; 3
        --attempts N     to connect for each client, 1..100; 4
        --rate N         clients' connections in a second, 1..10000; 300
        --dispatches N   dispatches in a second in process, 1..10000; 1000
        --open N         connections that those keep open, 0..100000; 1000
        --seconds N      before the kill, and after all are back, 1..3600; 10
        --rounds N       1..1000; 5
        --help           this""";

  /** Where those that are killed stand in the configuration. */
  enum Dead {
    RANDOM,
    FIRST,
    LAST,
    EVEN
  }

  int servers = 1000;
  int kill = 300;
  Dead dead = Dead.RANDOM;
  String scheduler = "wlc";
  String check = "http";
  int everyMillis = 2000;
  int retryMillis = 1000;
  int fall = 3;
  int attempts = 4;
  int rate = 300;
  int dispatches = 1000;
  int open = 1000;
  int seconds = 10;
  int rounds = 5;

  /**
   * Reads arguments.
   *
   * @throws IllegalArgumentException if one is unknown or out of range
   */
  static RackFailureOptions of(String... args) {
    RackFailureOptions options = new RackFailureOptions();
    for (int i = 0; i < args.length; i += 2) {
      options.set(args[i], i + 1 < args.length ? args[i + 1] : "");
    }
    if (options.kill >= options.servers) {
      throw new IllegalArgumentException(
          "--kill: " + options.kill + " (expected: 1.." + (options.servers - 1) + ")");
    }
    return options;
  }

  private void set(String name, String value) {
    switch (name) {
      case "--servers" -> servers = number(name, value, 2, 10_000);
      case "--kill" -> kill = number(name, value, 1, 9999);
      case "--dead" ->
          dead =
              Dead.valueOf(
                  known(name, value, "random", "first", "last", "even").toUpperCase(Locale.ROOT));
      case "--scheduler" ->
          scheduler = known(name, value, Schedulers.names().toArray(String[]::new));
      case "--check" -> check = known(name, value, "tcp", "http");
      case "--every" -> everyMillis = number(name, value, 10, 60_000);
      case "--retry" -> retryMillis = number(name, value, 10, 60_000);
      case "--fall" -> fall = number(name, value, 1, 100);
      case "--attempts" -> attempts = number(name, value, 1, 100);
      case "--rate" -> rate = number(name, value, 1, 10_000);
      case "--dispatches" -> dispatches = number(name, value, 1, 10_000);
      case "--open" -> open = number(name, value, 0, 100_000);
      case "--seconds" -> seconds = number(name, value, 1, 3600);
      case "--rounds" -> rounds = number(name, value, 1, 1000);
      default -> throw new IllegalArgumentException("option: " + name + " (expected: see --help)");
    }
  }

  private static int number(String name, String value, int least, int most) {
    if (value.matches("[0-9]{1,7}")) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException(
        name + ": " + value + " (expected: " + least + ".." + most + ")");
  }

  private static String known(String name, String value, String... values) {
    if (Arrays.asList(values).contains(value)) {
      return value;
    }
    throw new IllegalArgumentException(
        name
            + ": "
            + value
            + " (expected: one of "
            + Arrays.stream(values).collect(Collectors.joining(", "))
            + ")");
  }

  @Override
  public String toString() {
    return kill
        + " of "
        + servers
        + " servers killed ("
        + dead.name().toLowerCase(Locale.ROOT)
        + "), "
        + scheduler
        + ", "
        + check
        + " check every "
        + everyMillis
        + " ms, retry "
        + retryMillis
        + " ms, fall "
        + fall
        + ", "
        + attempts
        + " attempts; "
        + rate
        + " connections/s, "
        + dispatches
        + " dispatches/s, "
        + open
        + " of them open";
  }
}
