package io.evenkeel.vrrp;

import io.evenkeel.hook.Mailer;
import io.evenkeel.vrrp.VrrpEvent.Kind;
import java.util.EnumSet;
import java.util.Set;

/**
 * Sends a mail when a router changes: keepalived's {@code smtp_alert}. The subject begins as
 * keepalived's, such as {@code [lb-1] VRRP Instance web - Entering MASTER state}, and is the
 * event's text where keepalived sends none; the body says the reason, and when. It never waits: the
 * mailer sends in the background. Thread-safe.
 */
public final class MailOnChange implements VrrpListener {
  private static final Set<Kind> DEFAULT_KINDS = EnumSet.of(Kind.MASTER, Kind.BACKUP, Kind.FAULT);

  private final Mailer mailer;
  private final String name;
  private final Set<Kind> kinds;

  /**
   * A listener that sends mail when a router becomes master or backup, or something is missing.
   *
   * @param mailer sends it; who made it closes it, after the router
   * @param name of this host in the subject, keepalived's {@code router_id}
   */
  public MailOnChange(Mailer mailer, String name) {
    this(mailer, name, DEFAULT_KINDS);
  }

  /**
   * A listener.
   *
   * @param mailer sends it; who made it closes it, after the router
   * @param name of this host in the subject, keepalived's {@code router_id}
   * @param kinds when a mail is sent, one or more
   * @throws IllegalArgumentException if there is no kind
   */
  public MailOnChange(Mailer mailer, String name, Set<Kind> kinds) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("kinds: [] (expected: one or more)");
    }
    this.mailer = mailer;
    this.name = name;
    this.kinds = EnumSet.copyOf(kinds);
  }

  @Override
  public void onEvent(VrrpEvent event) {
    if (kinds.contains(event.kind())) {
      mailer.send("[" + name + "] " + subject(event), event.text() + "\n\n" + event.at() + "\n");
    }
  }

  static String subject(VrrpEvent event) {
    return DEFAULT_KINDS.contains(event.kind())
        ? "VRRP Instance " + event.router() + " - Entering " + event.kind() + " state"
        : event.text();
  }

  @Override
  public String toString() {
    return mailer.toString();
  }
}
