package io.evenkeel.check;

/** What a server said, as it may be shown to people. */
final class ServerText {
  private static final int MAX_CHARS = 100;

  private ServerText() {}

  /**
   * Makes it short, and safe for a log or a terminal.
   *
   * @param said what came, however long
   * @return at most 100 characters and dots, none of which controls anything
   */
  static String shown(String said) {
    boolean isLong = said.length() > MAX_CHARS;
    StringBuilder shown = new StringBuilder(Math.min(said.length(), MAX_CHARS) + 3);
    for (int i = 0; i < said.length() && i < MAX_CHARS; i++) {
      char c = said.charAt(i);
      // Format characters turn the direction of text, surrogates may be halves.
      shown.append(
          Character.isISOControl(c)
                  || Character.getType(c) == Character.FORMAT
                  || Character.isSurrogate(c)
              ? '?'
              : c);
    }
    return (isLong ? shown.append("...") : shown).toString();
  }
}
