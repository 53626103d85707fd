package io.evenkeel.kernel.doctor;

import java.util.List;

/**
 * One thing that was looked at. Immutable.
 *
 * @param state whether it is as it has to be
 * @param subject what it is about: {@code ipvs}, {@code process} or a {@link Use}
 * @param fact what was found; if it is not as it has to be, with what was expected
 * @param mend commands that mend it, to be given by root, one after the other, if it is {@link
 *     State#UNSEEN} where it is not so already; words in capitals are to be replaced; none: it is
 *     as it has to be, or no command mends it
 */
public record Finding(State state, String subject, String fact, List<String> mend) {

  /** Copies the commands. */
  public Finding {
    mend = List.copyOf(mend);
  }

  /** Whether something is as it has to be. */
  public enum State {
    /** It is. */
    OK,
    /** It is not. */
    MISSING,
    /** It cannot be seen from here: rules of netfilter, and which host is the director. */
    UNSEEN
  }
}
