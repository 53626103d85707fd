package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.evenkeel.health.HealthCheck;
import io.evenkeel.hook.Processes;
import io.evenkeel.model.Endpoint;
import io.evenkeel.transport.Transport;
import io.netty.buffer.ByteBufUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checks against a real nginx that works, hangs and ends, over HTTP and HTTPS. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NginxIT {
  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir static Path directory;

  private static CheckLab lab;
  private static Nginx nginx;
  private static TestCertificate first;
  private static TestCertificate second;

  @BeforeAll
  static void start() throws Exception {
    lab = new CheckLab();
    // Half a day more: whole days are said.
    first = TestCertificate.make(directory, "a.test", "-1d+12H", 31);
    second = TestCertificate.make(directory, "b.test", "-5d+12H", 7);
    TestCertificate expired = TestCertificate.make(directory, "old.test", "-10d-12H", 7);
    nginx = Nginx.start(directory, List.of(first, second, expired));
  }

  @AfterAll
  static void end() throws Exception {
    try {
      lab.close();
      // Those that are much too long or too slow are cut off; /paced has a test of its own.
      assertEquals(
          List.of(),
          nginx
              .errors()
              .lines()
              .filter(line -> line.contains("reset by peer") || line.contains("prematurely closed"))
              .filter(line -> !line.matches(".*GET /(large|slow|paced).*"))
              .toList());
    } finally {
      nginx.close();
    }
  }

  static Stream<Transport> transports() {
    return CheckLab.transports();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_status_isJudged(Transport transport) throws Exception {
    passes(transport, HttpCheck.get("/health"), "200");
    passes(transport, HttpCheck.of(HttpPage.head("/health")), "200");
    fails(transport, HttpCheck.get("/busy"), "503 \\(expected: 200\\.\\.299\\)");
    fails(transport, HttpCheck.get("/moved"), "301 \\(expected: 200\\.\\.299\\)");
    fails(
        transport,
        HttpCheck.of(HttpPage.get("/busy").orStatus(404, 404)),
        "503 \\(expected: 200\\.\\.299, 404\\)");
    passes(transport, HttpCheck.of(HttpPage.get("/moved").orStatus(301, 301)), "301");
    passes(transport, HttpCheck.get("/busy").withStatus(100, 599), "503");
    // The check is over before the body is.
    passes(transport, HttpCheck.get("/large"), "200");
    passes(transport, TcpCheck.create(), "connected");
  }

  /** In one of some attempts: a server that is kept waiting for a second is cut off. */
  @ParameterizedTest
  @MethodSource("transports")
  void http_bodyAfterTheCheck_isTakenAllTheSame(Transport transport) throws Exception {
    List<String> ends = List.of();
    for (int i = 0; i < 5 && !ends.contains("OK."); i++) {
      int before = nginx.paced().size();
      passes(transport, HttpCheck.get("/paced"), "200");
      List<String> all = Processes.await(nginx::paced, lines -> lines.size() > before);
      ends = all.subList(before, all.size());
    }
    assertEquals(List.of("OK."), ends);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_virtualHost_isAsked(Transport transport) throws Exception {
    passes(transport, HttpCheck.get("/who").withHost("shop.test"), "200");
    fails(transport, HttpCheck.get("/who"), "404 .*");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_header_isJudged(Transport transport) throws Exception {
    HttpPage page = HttpPage.get("/state");
    passes(transport, HttpCheck.of(page.withHeader("x-state", "ready; load=3")), "204");
    passes(transport, HttpCheck.of(page.withHeaderMatching("X-State", "ready.*")), "204");
    fails(
        transport,
        HttpCheck.of(page.withHeader("x-state", "ready")),
        "x-state: ready; load=3 \\(expected: ready\\)");
    fails(
        transport,
        HttpCheck.of(page.withHeader("x-other", "1")),
        "x-other: none \\(expected: 1\\)");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_requestHeader_isSent(Transport transport) throws Exception {
    HttpCheck check = HttpCheck.get("/secret");
    fails(transport, check, "401 .*");
    passes(transport, check.withRequestHeader("Authorization", "Bearer s3cret"), "200");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_body_isJudged(Transport transport) throws Exception {
    HttpPage page = HttpPage.get("/health");
    passes(transport, HttpCheck.of(page.withBodyMatching("state: (fit|ready)")), "200");
    fails(
        transport,
        HttpCheck.of(page.withBodyMatching("^ready")),
        "no match in the body \\(expected: \\^ready\\)");
    // 32 000 000 bytes.
    fails(
        transport,
        HttpCheck.of(HttpPage.get("/large").withBodyMatching("fit")),
        "no match in the first 1048576 bytes of the body \\(expected: fit\\)");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_digest_isJudged(Transport transport) throws Exception {
    HttpPage page = HttpPage.get("/file");
    passes(transport, HttpCheck.of(page.withMd5(digest("MD5"))), "200");
    passes(transport, HttpCheck.of(page.withSha256(digest("SHA-256"))), "200");
    fails(
        transport,
        HttpCheck.of(HttpPage.get("/health").withMd5(digest("MD5"))),
        "MD5 [0-9a-f]{32} \\(expected: " + digest("MD5") + "\\)");
    fails(
        transport,
        HttpCheck.of(HttpPage.get("/large").withMd5(digest("MD5"))),
        "a body of more than 16777216 bytes");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_severalPages_allMustPass(Transport transport) throws Exception {
    HttpCheck check = HttpCheck.get("/health").and(HttpPage.get("/state"));
    passes(transport, check, "2 pages, the last: 204");
    fails(
        transport,
        check.and(HttpPage.get("/busy")).and(HttpPage.get("/health")),
        "/busy: 503 \\(expected: 200\\.\\.299\\)");
  }

  /** All pages together have the check's time, and its name is what is missing. */
  @ParameterizedTest
  @MethodSource("transports")
  void http_slowPage_failsAtTheTimeout(Transport transport) throws Exception {
    HttpPage slow = HttpPage.get("/slow").withBodyMatching("z");
    lab.assertTimesOut(transport, HttpCheck.of(slow), nginx::http, "200, but no whole body", "");
    lab.assertTimesOut(
        transport,
        HttpCheck.get("/health").and(slow).and(HttpPage.get("/health")),
        nginx::http,
        "/slow: 200, but no whole body",
        "");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void tls_certificate_isReported(Transport transport) throws Exception {
    tls(transport, Tls.unverified()).assertPassed("TLSv1\\.3, certificate expires in 30 days");
    tls(transport, Tls.unverified().withServerName("b.test").withValidFor(Duration.ofDays(2)))
        .assertPassed("TLSv1\\.3, certificate expires in 2 days");
    tls(transport, Tls.unverified().withServerName("b.test").withValidFor(WEEK))
        .assertFailed("certificate expires in 2 days \\(expected: 7 or more\\)", PATIENT);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void tls_expired_failsIfAskedFor(Transport transport) throws Exception {
    Tls old = Tls.unverified().withServerName("old.test");
    String expired = "certificate expired 3 days ago";
    tls(transport, old).assertPassed("TLSv1\\.3, " + expired);
    tls(transport, old.withValidFor(Duration.ZERO)).assertFailed(expired, PATIENT);
    tls(transport, new Tls("old.test", List.of(), null)).assertFailed(expired, PATIENT);
    HttpCheck https = HttpCheck.get("/").withTls(old);
    passes(transport, https, "200, " + expired);
    fails(transport, https.withTls(old.withValidFor(WEEK)), expired);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void tls_verified_wantsTheRightCertificate(Transport transport) throws Exception {
    Tls trusted = Tls.trusting(List.of(first.certificate(), second.certificate()));
    tls(transport, trusted.withServerName("a.test")).assertPassed(".* 30 days");
    tls(transport, trusted.withServerName("b.test")).assertPassed(".* 2 days");
    String untrusted = "certificate not trusted: ";
    // The server has a.test for names that it does not know.
    tls(transport, trusted.withServerName("c.test"))
        .assertFailed(
            untrusted + "No subject alternative DNS name matching c.test found.*", PATIENT);
    tls(transport, trusted)
        .assertFailed(untrusted + "No subject alternative names .* 127.0.0.1 found.*", PATIENT);
    tls(transport, Tls.trusting(List.of(second.certificate())).withServerName("a.test"))
        .assertFailed(untrusted + "unable to find valid certification path.*", PATIENT);
    tls(transport, Tls.verified().withServerName("a.test"))
        .assertFailed(untrusted + "unable to find valid certification path.*", PATIENT);
  }

  /** The endpoint's host, unless another name is given, is what the server is asked for. */
  @ParameterizedTest
  @MethodSource("transports")
  void https_serverName_isSent(Transport transport) throws Exception {
    for (String[] c : new String[][] {{"a.test", "30 days"}, {"b.test", "2 days"}}) {
      HttpCheck check =
          HttpCheck.of(HttpPage.get("/").withBodyMatching("^" + c[0] + "$"))
              .withTls(Tls.trusting(List.of(first.certificate(), second.certificate())));
      lab.run(
              check,
              lab.target(transport, new Endpoint(c[0], 443), nginx.https(), null, PATIENT, PATIENT))
          .assertPassed("200, certificate expires in " + c[1]);
    }
    passes(
        transport,
        HttpCheck.of(HttpPage.get("/").withBodyMatching("^$")).withTls(Tls.unverified()),
        "200, .*");
    HttpPage file = HttpPage.get("/file").withMd5(digest("MD5"));
    passes(transport, HttpCheck.of(file).withTls(Tls.unverified()), "200, .*");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void tls_plainHttp_isNotTls(Transport transport) throws Exception {
    HttpCheck https = HttpCheck.get("/").withTls(Tls.unverified());
    lab.run(transport, https, nginx.http(), PATIENT)
        .assertFailed("an answer that is not TLS", Duration.ZERO);
    lab.run(transport, HttpCheck.get("/"), nginx.https(), PATIENT)
        .assertFailed("400 .*", Duration.ZERO);
  }

  /** It speaks HTTP/2, but has no such service. */
  @ParameterizedTest
  @MethodSource("transports")
  void grpc_serverWithoutGrpc_saysWhatItAnswers(Transport transport) throws Exception {
    lab.run(transport, GrpcCheck.create().withTls(Tls.unverified()), nginx.https(), PATIENT)
        .assertFailed("HTTP status 405 .*|content-type: .*", Duration.ZERO);
    lab.run(transport, GrpcCheck.create(), nginx.http(), PATIENT)
        .assertFailed("an answer that is not HTTP/2", Duration.ZERO);
  }

  /** The kernel goes on accepting for a process that does nothing. */
  @ParameterizedTest
  @MethodSource("transports")
  void frozen_failsAtTheTimeoutAndRecovers(Transport transport) throws Exception {
    nginx.daemon().freeze();
    try {
      passes(transport, TcpCheck.create(), "connected");
      lab.run(transport, HttpCheck.get("/health"), nginx.http(), IMPATIENT)
          .assertFailed("no answer within 300 ms", IMPATIENT);
      lab.run(transport, TlsCheck.create(), nginx.https(), IMPATIENT)
          .assertFailed("no TLS handshake within 300 ms", IMPATIENT);
      lab.run(transport, HttpCheck.get("/").withTls(Tls.unverified()), nginx.https(), IMPATIENT)
          .assertFailed("no TLS handshake within 300 ms", IMPATIENT);
    } finally {
      nginx.daemon().thaw();
    }
    passes(transport, HttpCheck.get("/health"), "200");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void stopped_refuses(Transport transport, @TempDir Path other) throws Exception {
    Nginx mortal = Nginx.start(other, List.of(first));
    try (mortal) {
      lab.run(transport, HttpCheck.get("/health"), mortal.http(), PATIENT).assertPassed("200");
    }
    for (HealthCheck check :
        List.of(
            TcpCheck.create(),
            TlsCheck.create(),
            GrpcCheck.create(),
            HttpCheck.get("/health"),
            HttpCheck.get("/").withTls(Tls.unverified()))) {
      lab.run(transport, check, mortal.http(), PATIENT)
          .assertFailed("connection refused", Duration.ZERO);
    }
  }

  private static void passes(Transport transport, HealthCheck check, String reason)
      throws Exception {
    lab.run(transport, check, addressFor(check), PATIENT).assertPassed(reason);
  }

  private static void fails(Transport transport, HealthCheck check, String reason)
      throws Exception {
    lab.run(transport, check, addressFor(check), PATIENT).assertFailed(reason, Duration.ZERO);
  }

  private static CheckLab.Run tls(Transport transport, Tls tls) throws Exception {
    return lab.run(transport, new TlsCheck(tls), nginx.https(), PATIENT);
  }

  private static InetSocketAddress addressFor(HealthCheck check) {
    return check instanceof HttpCheck http && http.tls() != null ? nginx.https() : nginx.http();
  }

  private static String digest(String algorithm) throws Exception {
    return ByteBufUtil.hexDump(
        MessageDigest.getInstance(algorithm)
            .digest(Nginx.FILE.getBytes(StandardCharsets.US_ASCII)));
  }
}
