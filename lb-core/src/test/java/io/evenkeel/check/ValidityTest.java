package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidityTest {
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Instant BEGIN = Instant.parse("2026-11-21T10:05:13Z");
  private static final Instant END = Instant.parse("2036-11-18T10:05:13Z");
  private static final String PEM =
      """
      -----BEGIN CERTIFICATE-----
      MIIBfzCCASWgAwIBAgIUSl4S0ENa2gTAAH3oi+NLpwCr1tcwCgYIKoZIzj0EAwIw
      FTETMBEGA1UEAwwKZml4ZWQudGVzdDAeFw0yNjExMjExMDA1MTNaFw0zNjExMTgx
      MDA1MTNaMBUxEzARBgNVBAMMCmZpeGVkLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
      PQMBBwNCAASC+xeN1Tllrw7rABn4YTk/u+SgEVyTbWTt8xnWeHbVB+Hwx9vk4MVO
      Z+IYmuL1a3IE+mUQy/2IhQNJdarwmXcZo1MwUTAdBgNVHQ4EFgQUfHzZhOxYZ5t/
      j9CXZelc8jCxo8gwHwYDVR0jBBgwFoAUfHzZhOxYZ5t/j9CXZelc8jCxo8gwDwYD
      VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAz2NS7Jd8K6jvL/55Ij0G
      ydHAXMkZ30jrdSz91SXnRFQCIEe+CZWStTwHx5sNmMt/+Y8uH7mB81h/jJxWmMji
      FOMB
      -----END CERTIFICATE-----
      """;

  @ParameterizedTest
  @CsvSource({
    "P30D, certificate expires in 30 days",
    "PT48H, certificate expires in 2 days",
    "PT47H59M59S, certificate expires in 47 hours",
    "PT2H, certificate expires in 2 hours",
    "PT119M, certificate expires in 119 minutes",
    "PT119S, certificate expires in 119 seconds",
    "PT1S, certificate expires in 1 seconds",
    "PT0S, certificate expired 0 seconds ago",
    "PT-1S, certificate expired 1 seconds ago",
    "P-3D, certificate expired 3 days ago",
  })
  void toString_timeLeft_isInTheLargestUnit(Duration left, String words) {
    assertEquals(words, new Validity(Duration.ofDays(-1), left).toString());
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      delimiter = '|',
      value = {
        "P2D|P7D|certificate expires in 2 days (expected: 7 or more)",
        "PT26H|P7D|certificate expires in 26 hours (expected: 7 days or more)",
        "P-3D|P7D|certificate expired 3 days ago",
        "P-3D|PT0S|certificate expired 3 days ago",
        "PT0S|PT0S|certificate expired 0 seconds ago",
        "PT1S|PT0S|none",
        "PT167H59M59S|P7D|certificate expires in 6 days (expected: 7 or more)",
        "P7D|P7D|none",
      })
  void complaint_timeLeft_isJudged(Duration left, Duration required, String complaint) {
    assertEquals(complaint, new Validity(Duration.ofDays(-1), left).complaint(required));
  }

  @Test
  void complaint_notYetValid_saysUntilWhen() {
    Validity tomorrow = new Validity(Duration.ofHours(30), Duration.ofDays(30));

    assertEquals("certificate not valid for another 30 hours", tomorrow.complaint(Duration.ZERO));
    assertNull(new Validity(Duration.ZERO, WEEK).complaint(WEEK));
  }

  @Test
  void of_certificate_hasItsTimes() throws Exception {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(PEM.getBytes(StandardCharsets.US_ASCII)));

    assertEquals(false, Validity.of(certificate, BEGIN.minusSeconds(1)).isValid());
    assertEquals(true, Validity.of(certificate, BEGIN).isValid());
    assertEquals(true, Validity.of(certificate, END).isValid());
    assertEquals(false, Validity.of(certificate, END.plusSeconds(1)).isValid());
    assertEquals(
        "certificate expires in 2 days",
        Validity.of(certificate, END.minus(Duration.ofDays(2))).toString());
  }
}
