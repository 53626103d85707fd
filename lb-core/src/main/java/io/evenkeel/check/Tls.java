package io.evenkeel.check;

import io.evenkeel.model.Endpoint;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/**
 * How a check speaks TLS (1.2 and 1.3, RFC 8446), with the JDK's provider. Immutable.
 *
 * @param serverName the name the server is asked for (SNI, RFC 6066, 3), and which its certificate
 *     must be for if it is verified; null: the endpoint's host, which is only sent if it is a name
 * @param anchors whose certificates are trusted; empty: those the JVM trusts; null: the certificate
 *     is not verified, as keepalived does
 * @param validFor how long the server's certificate must still be valid, 0 or more; null: any
 *     length, an expired one too if it is not verified
 */
public record Tls(
    @Nullable String serverName,
    @Nullable List<X509Certificate> anchors,
    @Nullable Duration validFor) {

  /**
   * Checks all of it, reads the JVM's trust store if it is used, and loads what the JVM needs for
   * TLS, which takes a tenth of a second the first time.
   *
   * @throws IllegalArgumentException if {@code serverName} is not a host name, or {@code validFor}
   *     is negative
   * @throws IllegalStateException if the JVM's trust store cannot be read
   */
  public Tls {
    if (serverName != null) {
      requireName(serverName);
    }
    if (anchors != null) {
      anchors = List.copyOf(anchors);
      if (anchors.isEmpty()) {
        ServerTrust.loadJvmStore();
      }
    }
    if (validFor != null && validFor.isNegative()) {
      throw new IllegalArgumentException("valid for: " + validFor + " (expected: 0 or more)");
    }
    TlsHandshake.load();
  }

  /**
   * Takes any certificate.
   *
   * @return the settings
   */
  public static Tls unverified() {
    return new Tls(null, null, null);
  }

  /**
   * Takes a valid certificate for the server's name from whom the JVM trusts.
   *
   * @return the settings
   * @throws IllegalStateException if the JVM's trust store cannot be read
   */
  public static Tls verified() {
    return new Tls(null, List.of(), null);
  }

  /**
   * Takes a valid certificate for the server's name from one of these.
   *
   * @param anchors whose certificates are trusted
   * @return the settings
   * @throws IllegalArgumentException if there are none
   */
  public static Tls trusting(List<X509Certificate> anchors) {
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException("anchors: none (expected: 1 or more)");
    }
    return new Tls(null, anchors, null);
  }

  /**
   * With another name that the server is asked for.
   *
   * @param name a host name
   * @return the changed settings
   * @throws IllegalArgumentException if it is not one
   */
  public Tls withServerName(String name) {
    return new Tls(name, anchors, validFor);
  }

  /**
   * Failing when the server's certificate is valid for less than this.
   *
   * @param time 0 or more
   * @return the changed settings
   * @throws IllegalArgumentException if {@code time} is negative
   */
  public Tls withValidFor(Duration time) {
    return new Tls(serverName, anchors, time);
  }

  /** For what a check says of itself. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("tls");
    if (serverName != null) {
      text.append(" name ").append(serverName);
    }
    if (anchors != null) {
      text.append(" verified");
      String separator = " by ";
      for (X509Certificate anchor : anchors) {
        // Two with one subject differ in this.
        text.append(separator)
            .append(anchor.getSubjectX500Principal().getName())
            .append(" #")
            .append(anchor.getSerialNumber().toString(16));
        separator = ", ";
      }
    }
    if (validFor != null) {
      text.append(" valid for ").append(validFor);
    }
    return text.toString();
  }

  /** What is said of the server's name in the handshake; null: nothing. */
  @Nullable SNIHostName indication(Endpoint endpoint) {
    if (serverName == null && endpoint.isAddress()) {
      return null;
    }
    try {
      return new SNIHostName(peerHost(endpoint));
    } catch (IllegalArgumentException e) {
      // An underscore, for instance, which the endpoint's name may have.
      return null;
    }
  }

  /** Whom the certificate must be for. */
  String peerHost(Endpoint endpoint) {
    return serverName == null ? endpoint.host() : serverName;
  }

  private static void requireName(String name) {
    try {
      // An address with colons is refused by the SNIHostName, one with dots is not.
      if (!new Endpoint(name, 0).isAddress()) {
        new SNIHostName(name);
        return;
      }
    } catch (IllegalArgumentException e) {
      // Below.
    }
    throw new IllegalArgumentException("server name: " + name + " (expected: a host name)");
  }
}
