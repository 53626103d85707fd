package io.evenkeel;

import io.evenkeel.hook.Mailer;
import java.util.Set;
import java.util.function.Predicate;

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
  private final Predicate<Event> when;

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
    this(mailer, name, NotifyCommand.anyOf(kinds));
  }

  /**
   * A listener for some services or servers alone.
   *
   * @param mailer sends it; who made it closes it, after the director
   * @param name of the director in the subject, keepalived's {@code router_id}
   * @param when whether a mail is sent for an event
   */
  public MailNotifier(Mailer mailer, String name, Predicate<Event> when) {
    this.mailer = mailer;
    this.name = name;
    this.when = when;
  }

  @Override
  public void onEvent(Event event) {
    if (when.test(event)) {
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
