package io.evenkeel.hook;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends mail over SMTP, one after the other, in the background: {@link #send} never waits. What
 * cannot be sent is tried again some times, and meanwhile the others wait behind it; what is
 * dropped is counted and logged.
 *
 * <p>It needs {@code org.eclipse.angus:angus-mail}, which is not there by itself. Its one thread is
 * a daemon, and there only while there is mail. Thread-safe.
 */
public final class Mailer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mailer.class);
  private static final Pattern ADDRESS =
      Pattern.compile("[!-~&&[^<>@,;:\"()]]+@[A-Za-z0-9.\\[\\]:-]+");
  private static final int MAX_ADDRESS = 254;
  private static final int MAX_SUBJECT = 250;
  private static final Duration FLUSH = Duration.ofSeconds(5);
  private static final int IDLE_SECONDS = 10;

  private final SmtpSender sender;
  private final List<String> recipients;
  private final MailPatience patience;
  private final IntervalFunction pauses;
  private final ThreadPoolExecutor thread;
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();

  /**
   * A mailer.
   *
   * @param server takes the mail
   * @param from the sender's address, such as {@code lb@example.com}
   * @param recipients their addresses, one or more
   * @param patience how much mail waits, and how often it is tried
   * @throws IllegalArgumentException if an address is not valid, or there is no recipient
   * @throws IllegalStateException if the library that speaks SMTP is missing
   */
  public Mailer(MailServer server, String from, List<String> recipients, MailPatience patience) {
    this.recipients = List.copyOf(recipients);
    this.patience = patience;
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("recipients: [] (expected: one or more)");
    }
    checkAddress("from", from);
    recipients.forEach(recipient -> checkAddress("recipient", recipient));
    requireLibrary();
    sender = new SmtpSender(server, from);
    pauses =
        IntervalFunction.ofExponentialRandomBackoff(
            patience.firstPause(), 2, 0.5, patience.longestPause());
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(patience.maxWaiting()),
            task -> {
              Thread made = new Thread(task, "evenkeel-mail");
              made.setDaemon(true);
              return made;
            },
            this::makeRoom);
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Sends a mail to all recipients, later. Returns at once.
   *
   * @param subject in one line: line ends and other control characters become spaces, and what is
   *     longer than 250 characters is cut
   * @param body plain text
   */
  public void send(String subject, String body) {
    String line = subject.replaceAll("[\\p{Cc}\\u2028\\u2029]+", " ");
    thread.execute(
        new Mail(line.length() > MAX_SUBJECT ? line.substring(0, MAX_SUBJECT) : line, body));
  }

  /**
   * How many mails were accepted by the server, for one recipient or more.
   *
   * @return the count since the mailer was made
   */
  public long sent() {
    return sent.get();
  }

  /**
   * How many mails were dropped before all recipients that the server knows had them.
   *
   * @return the count since the mailer was made
   */
  public long dropped() {
    return dropped.get();
  }

  /** Sends what waits, for at most 5 s; what is left then is dropped. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (thread.awaitTermination(FLUSH.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.shutdownNow().forEach(mail -> drop(mail, "the mailer was closed"));
  }

  @Override
  public String toString() {
    return "mail to " + String.join(", ", recipients) + " by " + sender;
  }

  /** Newer mail says more of what is. */
  private void makeRoom(Runnable mail, ThreadPoolExecutor executor) {
    if (executor.isShutdown()) {
      drop(mail, "the mailer was closed");
      return;
    }
    Runnable oldest = executor.getQueue().poll();
    if (oldest != null) {
      drop(oldest, patience.maxWaiting() + " are waiting");
    }
    executor.execute(mail);
  }

  private void drop(Runnable mail, String cause) {
    dropped.incrementAndGet();
    LOG.warn("mail dropped, {}: {}", cause, mail);
  }

  private static void checkAddress(String name, String address) {
    if (address.length() > MAX_ADDRESS || !ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException(
          name + ": " + address + " (expected: an address such as lb@example.com)");
    }
  }

  private static void requireLibrary() {
    try {
      ClassLoader loader = Mailer.class.getClassLoader();
      Class.forName("jakarta.mail.Session", false, loader);
      Class.forName("org.eclipse.angus.mail.smtp.SMTPTransport", false, loader);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "mail: " + e.getMessage() + " is missing (expected: org.eclipse.angus:angus-mail)", e);
    }
  }

  private final class Mail implements Runnable {
    private final String subject;
    private final String body;

    Mail(String subject, String body) {
      this.subject = subject;
      this.body = body;
    }

    @Override
    public void run() {
      List<String> left = recipients;
      boolean accepted = false;
      for (int attempt = 1; ; attempt++) {
        SmtpSender.Delivery delivery = sender.send(left, subject, body);
        if (delivery.accepted() && !accepted) {
          accepted = true;
          sent.incrementAndGet();
        }
        if (delivery.failure() != null) {
          LOG.warn(
              "mail, attempt {} of {}: {}: {}",
              attempt,
              patience.attempts(),
              delivery.failure(),
              this);
        }
        left = delivery.left();
        if (left.isEmpty()) {
          if (!accepted) {
            drop(this, "nobody may have it");
          }
          return;
        }
        if (attempt == patience.attempts() || !pause(attempt)) {
          drop(this, "not sent to " + left);
          return;
        }
      }
    }

    private boolean pause(int attempt) {
      try {
        TimeUnit.MILLISECONDS.sleep(pauses.apply(attempt));
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public String toString() {
      return subject;
    }
  }
}
