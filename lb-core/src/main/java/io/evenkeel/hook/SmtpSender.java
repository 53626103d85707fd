package io.evenkeel.hook;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends one mail over one connection. The only class that needs the mail library to be loaded. */
final class SmtpSender {
  private static final Logger LOG = LoggerFactory.getLogger(Mailer.class);
  private static final int MAX_REASON = 200;

  private final MailServer server;
  private final String from;
  private final Session session;

  SmtpSender(MailServer server, String from) {
    this.server = server;
    this.from = from;
    session = Session.getInstance(properties(server));
  }

  /**
   * What became of one attempt.
   *
   * @param accepted whether the server took the mail, for one recipient or more
   * @param left who is to get it still; those that the server does not know are not among them
   * @param failure in words; null: none
   */
  record Delivery(boolean accepted, List<String> left, @Nullable String failure) {}

  Delivery send(List<String> recipients, String subject, String body) {
    try {
      MimeMessage message = message(recipients, subject, body);
      Transport transport = session.getTransport("smtp");
      try {
        MailServer.Login login = server.login();
        transport.connect(
            server.host(),
            server.port(),
            login == null ? null : login.user(),
            login == null ? null : login.password());
        transport.sendMessage(message, message.getAllRecipients());
      } finally {
        quit(transport);
      }
      return new Delivery(true, List.of(), null);
    } catch (SendFailedException e) {
      return new Delivery(
          !texts(e.getValidSentAddresses()).isEmpty(),
          texts(e.getValidUnsentAddresses()),
          inWords(e));
    } catch (AuthenticationFailedException e) {
      // Once more would be wrong once more, and may lock the account.
      return new Delivery(false, List.of(), inWords(e));
    } catch (MessagingException | RuntimeException e) {
      return new Delivery(false, recipients, inWords(e));
    }
  }

  @Override
  public String toString() {
    return server.toString();
  }

  /** What the server has taken it has taken, however it parts. */
  private void quit(Transport transport) {
    try {
      transport.close();
    } catch (MessagingException | RuntimeException e) {
      LOG.debug("{}: no proper end", server, e);
    }
  }

  private MimeMessage message(List<String> recipients, String subject, String body)
      throws MessagingException {
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(from, true));
    for (String recipient : recipients) {
      message.addRecipient(Message.RecipientType.TO, new InternetAddress(recipient, true));
    }
    message.setSubject(subject, StandardCharsets.UTF_8.name());
    message.setText(body, StandardCharsets.UTF_8.name());
    message.setHeader(
        "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(OffsetDateTime.now(ZoneOffset.UTC)));
    message.setHeader("X-Mailer", "Evenkeel");
    // Out of office replies are of no use (RFC 3834, 5).
    message.setHeader("Auto-Submitted", "auto-generated");
    return message;
  }

  private static Properties properties(MailServer server) {
    Properties properties = new Properties();
    String millis = Long.toString(server.timeout().toMillis());
    properties.setProperty(
        "mail.smtp.connectiontimeout", Long.toString(server.connectTimeout().toMillis()));
    properties.setProperty("mail.smtp.timeout", millis);
    properties.setProperty("mail.smtp.writetimeout", millis);
    properties.setProperty("mail.smtp.sendpartial", "true");
    properties.setProperty("mail.smtp.starttls.enable", Boolean.toString(server.startTls()));
    properties.setProperty("mail.smtp.starttls.required", Boolean.toString(server.startTls()));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    properties.setProperty("mail.smtp.auth", Boolean.toString(server.login() != null));
    return properties;
  }

  private static List<String> texts(Address @Nullable [] addresses) {
    return addresses == null
        ? new ArrayList<>()
        : Arrays.stream(addresses).map(Address::toString).toList();
  }

  /** What a server says goes into the log: one line, bounded. */
  private static String inWords(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text = root == e ? e.toString() : e.getMessage() + ": " + root;
    String line = text.replaceAll("\\p{Cc}+", " ");
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "...";
  }
}
