package io.evenkeel;

import io.evenkeel.hook.Mailer;
import java.util.EnumSet;
import java.util.Set;

/**
 * Sends a mail when something happens: keepalived's {@code smtp_alert}. The subject is
 * keepalived's, such as {@code [lb-1] Realserver [192.0.2.7]:tcp:80 of virtual server
 * [192.0.2.1]:tcp:80 - DOWN}, and the event's text where keepalived sends none; the body says the
 * reason, and when. It never waits: the mailer sends in the background. Thread-safe.
 */
public final class MailNotifier implements EventListener {
  private static final Set<Event.Kind> DEFAULT_KINDS =
      Set.of(
          Event.Kind.SERVER_UP,
          Event.Kind.SERVER_DOWN,
          Event.Kind.SERVICE_UP,
          Event.Kind.SERVICE_DOWN);

  private final Mailer mailer;
  private final String name;
  private final Set<Event.Kind> kinds;

  /**
   * A listener that sends mail when a server or a service goes up or down.
   *
   * @param mailer sends it; who made it closes it, after the director
   * @param name of the director in the subject, keepalived's {@code router_id}
   */
  public MailNotifier(Mailer mailer, String name) {
    this(mailer, name, DEFAULT_KINDS);
  }

  /**
   * A listener.
   *
   * @param mailer sends it; who made it closes it, after the director
   * @param name of the director in the subject, keepalived's {@code router_id}
   * @param kinds when a mail is sent, one or more
   * @throws IllegalArgumentException if there is no kind
   */
  public MailNotifier(Mailer mailer, String name, Set<Event.Kind> kinds) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("kinds: [] (expected: one or more)");
    }
    this.mailer = mailer;
    this.name = name;
    this.kinds = EnumSet.copyOf(kinds);
  }

  @Override
  public void onEvent(Event event) {
    if (kinds.contains(event.kind())) {
      String subject = KeepalivedWords.subject(event);
      mailer.send(
          "[" + name + "] " + (subject == null ? event.text() : subject),
          event.text() + "\n\n" + event.at() + "\n");
    }
  }

  @Override
  public String toString() {
    return mailer.toString();
  }
}
