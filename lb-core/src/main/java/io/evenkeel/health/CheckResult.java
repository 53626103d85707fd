package io.evenkeel.health;

import io.evenkeel.model.AdminState;
import org.jspecify.annotations.Nullable;

/**
 * What one check found. Immutable.
 *
 * @param verdict whether the server is fit to work
 * @param reason in words, such as {@code 503 (expected: 200..299)}
 * @param weight what it says of the server's weight from now on; null: what was said before holds
 * @param admin whether the server wants to work from now on, as it says itself; null: what was said
 *     before holds
 */
public record CheckResult(
    Verdict verdict, String reason, @Nullable DynamicWeight weight, @Nullable AdminState admin) {

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
    return new CheckResult(Verdict.PASSED, reason, null, null);
  }

  /**
   * The server is not fit.
   *
   * @param reason in words
   * @return the result
   */
  public static CheckResult fail(String reason) {
    return new CheckResult(Verdict.FAILED, reason, null, null);
  }

  /**
   * The check could not be run, for want of a file descriptor for instance: the server stays what
   * it is, and is checked again at the next interval.
   *
   * @param reason in words
   * @return the result
   */
  public static CheckResult none(String reason) {
    return new CheckResult(Verdict.NONE, reason, null, null);
  }

  /**
   * With something to say of the weight.
   *
   * @param said what holds from now on
   * @return the changed result
   */
  public CheckResult with(DynamicWeight said) {
    return new CheckResult(verdict, reason, said, admin);
  }

  /**
   * With something to say of whether the server wants to work.
   *
   * @param said what holds from now on
   * @return the changed result
   */
  public CheckResult with(AdminState said) {
    return new CheckResult(verdict, reason, weight, said);
  }
}
