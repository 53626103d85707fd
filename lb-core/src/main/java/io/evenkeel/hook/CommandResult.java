package io.evenkeel.hook;

import java.time.Duration;

/**
 * How a command ended. Immutable.
 *
 * @param outcome in which way
 * @param code the exit status, 0..255, or the number of the signal, 1..64; else 0
 * @param output the beginning of what it printed, as UTF-8; why it was not started
 * @param duration from its start to its end
 */
public record CommandResult(Outcome outcome, int code, String output, Duration duration) {

  /** How a command can end. */
  public enum Outcome {
    /** By itself, with an exit status. */
    EXITED,
    /** By a signal that somebody else sent; known where setsid of util-linux is. */
    SIGNALLED,
    /** By SIGTERM or SIGKILL, as it took too long. */
    TIMED_OUT,
    /** Not at all: it could not be started. */
    NOT_STARTED
  }

  /**
   * Whether it did what it was to do.
   *
   * @return true if it ended by itself with exit status 0
   */
  public boolean isSuccess() {
    return outcome == Outcome.EXITED && code == 0;
  }

  /**
   * The first line of the output that is not blank, fit for a log: without control characters.
   *
   * @param maxLength after which it is cut
   * @return the line; empty if there is none
   */
  public String firstLine(int maxLength) {
    String line = output.lines().filter(l -> !l.isBlank()).findFirst().orElse("");
    String printable = line.replaceAll("\\p{Cntrl}", " ").strip();
    return printable.length() <= maxLength ? printable : printable.substring(0, maxLength) + "...";
  }

  /** In words, without the output. */
  @Override
  public String toString() {
    return switch (outcome) {
      case EXITED -> "exit " + code;
      case SIGNALLED -> "signal " + code;
      case TIMED_OUT -> "ended after " + duration.toMillis() + " ms";
      case NOT_STARTED -> "not started: " + firstLine(200);
    };
  }
}
