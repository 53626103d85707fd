package io.evenkeel.check;

/** What a server said, in a form that fits into a reason. */
final class Wording {
  /** Characters of a server's that a reason has at most. */
  static final int MAX_CHARS = 100;

  private Wording() {}

  /** Cut, and without what would not be one plain line. */
  static String clean(CharSequence text) {
    StringBuilder clean = new StringBuilder();
    int i = 0;
    while (i < text.length() && clean.length() < MAX_CHARS) {
      int c = Character.codePointAt(text, i);
      i += Character.charCount(c);
      clean.appendCodePoint(isPlain(c) ? c : '?');
    }
    return i < text.length() ? clean.append("...").toString() : clean.toString();
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
