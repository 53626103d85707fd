package io.evenkeel.vrrp;

import io.evenkeel.vrrp.protocol.Phase;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a router. Immutable.
 *
 * @param kind what
 * @param router its name; of a group's event the group's
 * @param from its phase before; null: the phase has not changed
 * @param to its phase now
 * @param priority its effective priority now, 1..255; of a group 0
 * @param text in words, such as {@code web: BACKUP -> MASTER: no advertisement for 3.609 s}
 * @param at when
 */
public record VrrpEvent(
    Kind kind,
    String router,
    @Nullable Phase from,
    Phase to,
    int priority,
    String text,
    Instant at) {

  /** What happens. */
  public enum Kind {
    /** It is master: its addresses are there. */
    MASTER,
    /** It is backup: its addresses are gone. */
    BACKUP,
    /** Something is missing. */
    FAULT,
    /** It was stopped. */
    STOP,
    /** What is tracked has changed its effective priority. */
    PRIORITY,
    /** As a master it heard another of lower priority. */
    LOWER_PRIORITY_HEARD
  }

  static Kind kind(Phase phase) {
    return switch (phase) {
      case INITIALIZE -> Kind.STOP;
      case BACKUP -> Kind.BACKUP;
      case MASTER -> Kind.MASTER;
      case FAULT -> Kind.FAULT;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
