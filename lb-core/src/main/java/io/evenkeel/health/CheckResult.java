package io.evenkeel.health;

/**
 * What one check found. Immutable.
 *
 * @param verdict whether the server is fit to work
 * @param reason in words, such as {@code 503 (expected: 200..299)}
 */
public record CheckResult(Verdict verdict, String reason) {

  /** What a check can find. */
  public enum Verdict {
    /** The server is fit. */
    PASSED,
    /** The server is not fit. */
    FAILED,
    /** Nothing, for a reason that is not the server's. */
    NONE
  }

  /**
   * The server is fit.
   *
   * @param reason in words
   * @return the result
   */
  public static CheckResult pass(String reason) {
    return new CheckResult(Verdict.PASSED, reason);
  }

  /**
   * The server is not fit.
   *
   * @param reason in words
   * @return the result
   */
  public static CheckResult fail(String reason) {
    return new CheckResult(Verdict.FAILED, reason);
  }

  /**
   * The check could not be run, for want of a file descriptor for instance: the server stays what
   * it is, and is checked again at the next interval.
   *
   * @param reason in words
   * @return the result
   */
  public static CheckResult none(String reason) {
    return new CheckResult(Verdict.NONE, reason);
  }
}
