package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.health.CheckResult;
import io.evenkeel.model.Endpoint;
import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {

  @Test
  void equals_sameParts_isOne() {
    assertEquals(TlsCheck.create(), TlsCheck.create());
    assertEquals(Tls.verified(), Tls.verified());
    assertNotEquals(Tls.verified(), Tls.unverified());
    assertNotEquals(Tls.unverified(), Tls.unverified().withServerName("a"));
    assertNotEquals(TlsCheck.create(), TlsCheck.validFor(Duration.ZERO));
  }

  @Test
  void toString_settings_saysAllOfThem() {
    assertEquals("tls", TlsCheck.create().toString());
    assertEquals(
        "tls name a.test verified valid for PT168H",
        new TlsCheck(Tls.verified().withServerName("a.test").withValidFor(Duration.ofDays(7)))
            .toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "127.0.0.1", "::1", "a b", "a_b", ".a", "a\n"})
  void withServerName_notAName_throws(String name) {
    assertEquals(
        "server name: " + name + " (expected: a host name)",
        assertThrows(IllegalArgumentException.class, () -> Tls.unverified().withServerName(name))
            .getMessage());
  }

  @Test
  void new_notValid_throws() {
    assertEquals(
        "valid for: PT-1S (expected: 0 or more)",
        assertThrows(
                IllegalArgumentException.class, () -> TlsCheck.validFor(Duration.ofSeconds(-1)))
            .getMessage());
    assertEquals(
        "anchors: none (expected: 1 or more)",
        assertThrows(IllegalArgumentException.class, () -> Tls.trusting(List.of())).getMessage());
  }

  @Test
  void indication_endpoint_isItsNameUnlessAnotherIsGiven() {
    Tls tls = Tls.unverified();
    assertEquals(new SNIHostName("web-1"), tls.indication(Endpoint.parse("web-1:443")));
    assertNull(tls.indication(Endpoint.parse("192.0.2.1:443")));
    assertNull(tls.indication(Endpoint.parse("[2001:db8::1]:443")));
    assertNull(tls.indication(Endpoint.parse("a_b.example:443")));
    assertEquals(
        new SNIHostName("a.test"),
        tls.withServerName("a.test").indication(Endpoint.parse("192.0.2.1:443")));
  }

  @Test
  void inWords_failure_isShort() {
    assertFails("an answer that is not TLS", new NotSslRecordException("not: 00112233"));
    assertFails("connection closed in the TLS handshake", new ClosedChannelException());
    assertFails(
        "certificate expired 3 days ago",
        wrapped(
            new CertificateException("certificate expired 3 days ago", new Exception("inner"))));
    assertFails(
        "TLS: Received fatal alert: handshake_failure",
        new SSLHandshakeException("Received fatal alert: handshake_failure"));
  }

  private static SSLHandshakeException wrapped(Throwable cause) {
    SSLHandshakeException e = new SSLHandshakeException("outer");
    e.initCause(cause);
    return e;
  }

  private static void assertFails(String reason, Throwable failure) {
    assertEquals(CheckResult.fail(reason), TlsHandshake.inWords(failure));
  }
}
