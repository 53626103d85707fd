package io.evenkeel.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions over what a server said, on an event loop: a text may make a pattern go back
 * for years ({@code a*a*a*a*a*b} over many a's), so each search has a number of steps.
 */
final class Matching {
  /** Characters looked at in one search: some ten milliseconds. */
  static final int MAX_STEPS = 10_000_000;

  private static final String META = "\\^$.|?*+()[]{}";

  private Matching() {}

  /** How a search may end without saying whether there is a match. */
  static final class GaveUpException extends Exception {
    private GaveUpException(String reason) {
      super(reason, null, false, false);
    }
  }

  /** Whether it occurs in the text. */
  static boolean isIn(CharSequence text, String pattern) throws GaveUpException {
    return search(text, pattern, Matcher::find);
  }

  /** Whether all of the text matches. */
  static boolean isAll(CharSequence text, String pattern) throws GaveUpException {
    return search(text, pattern, Matcher::matches);
  }

  /** A pattern that only this text matches, as readable as can be. */
  static String literally(String text) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      pattern.append(META.indexOf(c) >= 0 ? "\\" : "").append(c);
    }
    return pattern.toString();
  }

  static void require(String what, String pattern) {
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          what + ": " + pattern + " (expected: a regular expression: " + e.getDescription() + ")",
          e);
    }
  }

  private interface Search {
    boolean in(Matcher matcher);
  }

  private static boolean search(CharSequence text, String pattern, Search search)
      throws GaveUpException {
    try {
      return search.in(Pattern.compile(pattern).matcher(new Counted(text)));
    } catch (StepsUsedUp e) {
      throw new GaveUpException("gave up after " + MAX_STEPS + " steps");
    } catch (StackOverflowError e) {
      // A repeated group is a recursion for each repetition.
      throw new GaveUpException("gave up for want of stack");
    }
  }

  private static final class StepsUsedUp extends RuntimeException {
    StepsUsedUp() {
      super(null, null, false, false);
    }
  }

  /** A text that can be looked at so often. */
  private static final class Counted implements CharSequence {
    private final CharSequence text;
    private int steps;

    Counted(CharSequence text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++steps > MAX_STEPS) {
        throw new StepsUsedUp();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
