package io.evenkeel.vrrp.witness;

import io.evenkeel.vrrp.witness.LeaseTable.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is said over a connection: one line each way, in ASCII.
 *
 * <pre>
 * evenkeel-lease 1 acquire NAME HOLDER NANOSECONDS held|new    granted | held HOLDER | error TEXT
 * evenkeel-lease 1 release NAME HOLDER                         released | error TEXT
 * </pre>
 */
final class Wire {
  static final int MAX_LINE = 512;
  static final String GRANTED = "granted";
  static final String HELD = "held ";
  static final String ERROR = "error ";
  static final String RELEASED = "released";

  private static final String WORD = "[A-Za-z0-9._:@-]{1,64}";
  private static final Pattern NAME = Pattern.compile(WORD);
  private static final Pattern ACQUIRE =
      Pattern.compile(
          "evenkeel-lease 1 acquire (" + WORD + ") (" + WORD + ") ([1-9][0-9]{0,17}) (held|new)");
  private static final Pattern RELEASE =
      Pattern.compile("evenkeel-lease 1 release (" + WORD + ") (" + WORD + ")");

  private Wire() {}

  static String acquire(String name, String holder, long lengthNanos, boolean isHeld) {
    return "evenkeel-lease 1 acquire "
        + name
        + " "
        + holder
        + " "
        + lengthNanos
        + (isHeld ? " held" : " new");
  }

  static String release(String name, String holder) {
    return "evenkeel-lease 1 release " + name + " " + holder;
  }

  /** What the table says to a line. */
  static String answer(String line, LeaseTable table, long nowNanos) {
    Matcher acquire = ACQUIRE.matcher(line);
    if (acquire.matches()) {
      return answer(
          table.acquire(
              acquire.group(1),
              acquire.group(2),
              Long.parseLong(acquire.group(3)),
              acquire.group(4).equals("held"),
              nowNanos));
    }
    Matcher release = RELEASE.matcher(line);
    if (release.matches()) {
      table.release(release.group(1), release.group(2), nowNanos);
      return RELEASED;
    }
    return ERROR + "not understood (expected: evenkeel-lease 1 acquire or release)";
  }

  private static String answer(@Nullable Refusal refusal) {
    if (refusal == null) {
      return GRANTED;
    }
    return refusal.holder() == null ? ERROR + refusal.text() : HELD + refusal.holder();
  }

  static void requireName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          what + ": " + name + " (expected: 1..64 of letters, digits and . _ : @ -)");
    }
  }
}
