package io.evenkeel.hook;

import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An SMTP server (RFC 5321) that takes mail. Immutable.
 *
 * @param host name or address
 * @param port 1..65535
 * @param connectTimeout after which a connection has failed, 1 ms..1 hour
 * @param timeout for each answer and each write, 1 ms..1 hour
 * @param startTls whether the connection must become a TLS one (RFC 3207), with a certificate that
 *     is trusted and names the host
 * @param login null: none
 */
public record MailServer(
    String host,
    int port,
    Duration connectTimeout,
    Duration timeout,
    boolean startTls,
    @Nullable Login login) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:-]{1,253}");

  /**
   * A user and a password (RFC 4954). Immutable.
   *
   * @param user who sends
   * @param password not shown by {@link #toString}
   */
  public record Login(String user, String password) {

    /** Checks that neither is null. */
    public Login {
      Objects.requireNonNull(user, "user");
      Objects.requireNonNull(password, "password");
    }

    @Override
    public String toString() {
      return user;
    }
  }

  /**
   * Checks every part.
   *
   * @throws IllegalArgumentException if the host is no name or address, or a number is out of range
   */
  public MailServer {
    if (!HOST.matcher(host).matches()) {
      throw new IllegalArgumentException("host: " + host + " (expected: a name or an address)");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
    check("connectTimeout", connectTimeout);
    check("timeout", timeout);
  }

  /**
   * Without TLS and login, with time-outs of 30 s, as keepalived.
   *
   * @param host name or address
   * @param port 1..65535
   * @return the server
   * @throws IllegalArgumentException if one is not valid
   */
  public static MailServer of(String host, int port) {
    Duration limit = Duration.ofSeconds(30);
    return new MailServer(host, port, limit, limit, false, null);
  }

  /**
   * With other time-outs.
   *
   * @param connect for a connection, 1 ms..1 hour
   * @param each for each answer and each write, 1 ms..1 hour
   * @return the changed server
   * @throws IllegalArgumentException if one is out of range
   */
  public MailServer timeouts(Duration connect, Duration each) {
    return new MailServer(host, port, connect, each, startTls, login);
  }

  /**
   * With TLS.
   *
   * @return the changed server
   */
  public MailServer withStartTls() {
    return new MailServer(host, port, connectTimeout, timeout, true, login);
  }

  /**
   * With a login.
   *
   * @param user who sends
   * @param password is not shown
   * @return the changed server
   */
  public MailServer withLogin(String user, String password) {
    return new MailServer(host, port, connectTimeout, timeout, startTls, new Login(user, password));
  }

  @Override
  public String toString() {
    return host
        + " port "
        + port
        + (startTls ? " starttls" : "")
        + (login == null ? "" : " login " + login);
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms..1 hour)");
    }
  }
}
