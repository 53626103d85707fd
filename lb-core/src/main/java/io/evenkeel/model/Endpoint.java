package io.evenkeel.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A host and a port, not yet resolved: an IPv4 address, an IPv6 address or a name.
 *
 * <p>Addresses are kept in their canonical text form and names in lower case, so that two spellings
 * of one endpoint are equal. Immutable.
 *
 * @param host an IPv4 or IPv6 address (without brackets) or a host name (RFC 1123, at most 253
 *     characters)
 * @param port 0..65535; 0 is every port, which only some virtual services and their real servers
 *     may have
 */
public record Endpoint(String host, int port) implements Comparable<Endpoint> {
  private static final Pattern PORT = Pattern.compile("[0-9]{1,9}");
  private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
              + "(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*");

  /**
   * Checks both and brings the host into canonical form.
   *
   * @throws IllegalArgumentException if {@code host} is neither an address nor a host name, or
   *     {@code port} is out of range
   */
  public Endpoint {
    host = canonical(host);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
    }
  }

  /**
   * Reads {@code HOST:PORT}, an IPv6 address in brackets: {@code 192.0.2.1:80}, {@code
   * [2001:db8::1]:80}, {@code web-1.example:8080}.
   *
   * @param text what to read
   * @return the endpoint
   * @throws IllegalArgumentException if {@code text} has another form, or host or port are not
   *     valid
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw notAnEndpoint(text);
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (host.indexOf(':') >= 0 != bracketed) {
      throw notAnEndpoint(text);
    }
    String port = text.substring(colon + 1);
    if (!PORT.matcher(port).matches()) {
      throw notAnEndpoint(text);
    }
    return new Endpoint(
        bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
  }

  /**
   * Whether {@link #host()} is an address rather than a name.
   *
   * @return true if no look-up is needed to resolve it
   */
  public boolean isAddress() {
    return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }

  /** By host, then by port. */
  @Override
  public int compareTo(Endpoint other) {
    int byHost = host.compareTo(other.host);
    return byHost != 0 ? byHost : Integer.compare(port, other.port);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  private static String canonical(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    if (lower.indexOf(':') >= 0) {
      try {
        // A literal with a colon is parsed, never looked up.
        return InetAddress.getByName("[" + lower + "]").getHostAddress();
      } catch (UnknownHostException e) {
        throw notAHost(host);
      }
    }
    boolean valid =
        DIGITS_AND_DOTS.matcher(lower).matches()
            ? IPV4.matcher(lower).matches()
            : NAME.matcher(lower).matches();
    if (!valid) {
      throw notAHost(host);
    }
    return lower;
  }

  private static IllegalArgumentException notAnEndpoint(String text) {
    return new IllegalArgumentException(
        "endpoint: " + text + " (expected: HOST:PORT, an IPv6 address in brackets)");
  }

  private static IllegalArgumentException notAHost(String host) {
    return new IllegalArgumentException(
        "host: " + host + " (expected: an IPv4 address, an IPv6 address or a host name)");
  }
}
