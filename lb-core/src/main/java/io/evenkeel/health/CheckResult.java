package io.evenkeel.health;

/**
 * What one check found. Immutable.
 *
 * @param passed whether the server is fit to work
 * @param reason in words, such as {@code 503 (expected: 200..299)}
 */
public record CheckResult(boolean passed, String reason) {

  /**
   * The server is fit.
   *
   * @param reason in words
   * @return the result
   */
  public static CheckResult pass(String reason) {
    return new CheckResult(true, reason);
  }

  /**
   * The server is not fit.
   *
   * @param reason in words
   * @return the result
   */
  public static CheckResult fail(String reason) {
    return new CheckResult(false, reason);
  }
}
