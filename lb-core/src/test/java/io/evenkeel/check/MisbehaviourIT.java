package io.evenkeel.check;

import static io.evenkeel.check.CheckLab.IMPATIENT;
import static io.evenkeel.check.CheckLab.PATIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.HealthCheck;
import io.evenkeel.transport.Transport;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checks that wait for an answer, against servers that give a bad one, or too much of it. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MisbehaviourIT {
  /** More than the kernel's buffers of both sides hold, and what a check may read of a body. */
  private static final long MAX_TAKEN_BYTES = 32 << 20;

  /** As long as some megabytes take, first ones in a young JVM that looks for leaks. */
  private static final Duration MEGABYTES = Duration.ofSeconds(40);

  private static final String HEAD = "HTTP/1.1 200 OK\r\n";
  private static final HttpCheck HTTP = HttpCheck.get("/");
  private static final HttpPage SEARCHED = HttpPage.get("/").withBodyMatching("fit");
  private static final HttpPage DIGESTED = HttpPage.get("/").withSha256("0".repeat(64));

  @TempDir static Path directory;

  private static CheckLab lab;
  private static TestCertificate certificate;

  @BeforeAll
  static void start() throws Exception {
    lab = new CheckLab();
    certificate = TestCertificate.make(directory, "peer.test", "-1d+12H", 31);
  }

  @AfterAll
  static void end() {
    lab.close();
  }

  static Stream<Transport> transports() {
    return CheckLab.transports();
  }

  private static Map<String, HealthCheck> checks() {
    Map<String, HealthCheck> checks = new LinkedHashMap<>();
    checks.put("http", HTTP);
    checks.put("http with body", HttpCheck.of(SEARCHED));
    checks.put("http with digest", HttpCheck.of(DIGESTED));
    checks.put("https", HTTP.withTls(Tls.unverified()));
    checks.put("tls", TlsCheck.create());
    checks.put("grpc", GrpcCheck.create());
    checks.put("grpc over tls", GrpcCheck.create().withTls(Tls.unverified()));
    return checks;
  }

  @ParameterizedTest
  @MethodSource("transports")
  void any_misbehaviour_failsInTimeAndTakesLittle(Transport transport) throws Exception {
    for (Map.Entry<String, HealthCheck> check : checks().entrySet()) {
      for (Map.Entry<String, Peer.Script> script : Misbehaviour.all().entrySet()) {
        try (Peer peer = new Peer(script.getValue())) {
          boolean isSilent = script.getKey().equals("silent");
          CheckLab.Run run =
              lab.run(transport, check.getValue(), peer.address(), isSilent ? IMPATIENT : PATIENT);
          String what = check.getKey() + " against " + script.getKey() + ": " + run;
          run.assertFailed(
              switch (script.getKey()) {
                case "silent" -> "no (connection|answer|TLS handshake) within 300 ms";
                case "closing" -> "connection closed (without an answer|in the TLS handshake)";
                // It depends on what was on its way.
                case "slamming", "resetting" -> "connection (reset|closed) ?.*";
                default ->
                    "an answer that is not (HTTP|TLS|HTTP/2)|a head of more than 65536 bytes";
              },
              isSilent ? IMPATIENT : Duration.ZERO);
          peer.awaitEnding();
          if (script.getValue() instanceof Misbehaviour.Endless endless) {
            assertTakesLittle(what, endless);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void answer_late_isTooLate(Transport transport) throws Exception {
    Peer.Script answer = socket -> Peer.say(socket, HEAD + "\r\n");
    try (Peer peer = new Peer(Misbehaviour.late(IMPATIENT.multipliedBy(5), answer))) {
      lab.run(transport, HTTP, peer.address(), IMPATIENT)
          .assertFailed("no answer within 300 ms", IMPATIENT);
      lab.run(transport, HTTP, peer.address(), PATIENT).assertPassed("200");
    }
  }

  /** The time is for all of it: a byte now and then does not prolong it. */
  @ParameterizedTest
  @MethodSource("transports")
  void answer_byteByByte_failsAtTheTimeout(Transport transport) throws Exception {
    String answer = HEAD + "content-length: 3\r\n\r\nfit";
    try (Peer peer = new Peer(Misbehaviour.dripping(Duration.ofMillis(40), answer))) {
      lab.run(transport, HttpCheck.of(SEARCHED), peer.address(), IMPATIENT)
          .assertFailed("no answer within 300 ms", IMPATIENT);
      lab.run(transport, HttpCheck.of(SEARCHED), peer.address(), PATIENT).assertPassed("200");
    }
    try (Peer peer =
        new Peer(
            speaker(HEAD + "content-length: 100\r\n\r\n")
                .then(Misbehaviour.dripping(Duration.ofMillis(40), "x".repeat(100))))) {
      lab.assertTimesOut(
          transport, HttpCheck.of(SEARCHED), peer::address, "200, but no whole body", "");
    }
    try (Peer peer = new Peer(Misbehaviour.dripping(Duration.ofMillis(40), "\26\3\3\100\0..."))) {
      lab.run(transport, TlsCheck.create(), peer.address(), IMPATIENT)
          .assertFailed("no TLS handshake within 300 ms", IMPATIENT);
    }
  }

  /** Each page would be in time, but they have one time together. */
  @ParameterizedTest
  @MethodSource("transports")
  void pages_eachInTimeButNotAll_fail(Transport transport) throws Exception {
    Peer.Script answer = socket -> Peer.say(socket, HEAD + "content-length: 0\r\n\r\n");
    HttpCheck check = HttpCheck.get("/0");
    for (int i = 1; i < 5; i++) {
      check = check.and(HttpPage.get("/" + i));
    }
    try (Peer peer = new Peer(Misbehaviour.late(Duration.ofMillis(250), answer))) {
      lab.run(transport, check, peer.address(), Duration.ofMillis(700))
          .assertFailed("/\\d: no (answer|connection) within 700 ms", Duration.ofMillis(700));
      lab.run(transport, check, peer.address(), PATIENT).assertPassed("5 pages, the last: 200");
    }
  }

  /** None of these waits for the time-out. */
  @ParameterizedTest
  @MethodSource("transports")
  void http_endless_isCutOff(Transport transport) throws Exception {
    String longHead = "a head of more than 65536 bytes";
    String length = HEAD + "content-length: 9999999999\r\n\r\n";
    String chunked = HEAD + "transfer-encoding: chunked\r\n\r\n";
    String notFound = "no match in the first 1048576 bytes of the body \\(expected: fit\\)";
    String tooLong = "a body of more than 16777216 bytes";
    String tooMany = "a body of \\d+ bytes in 20001 parts";
    isCutOff(transport, HTTP, HEAD + "x: ", "y", longHead);
    isCutOff(transport, HTTP, HEAD, "x: y\r\n", longHead);
    isCutOff(transport, HTTP, "", "HTTP/1.1 100 Continue\r\n\r\n", "more than 10 interim answers");
    for (String head : new String[] {length, HEAD + "\r\n"}) {
      isCutOff(transport, HttpCheck.of(SEARCHED), head, "x", notFound);
      isCutOff(transport, HttpCheck.of(DIGESTED), head, "x", tooLong);
    }
    isCutOff(transport, HttpCheck.of(SEARCHED), chunked, "2\r\nxx\r\n", tooMany);
    isCutOff(transport, HttpCheck.of(DIGESTED), chunked, "1;x=y\r\nx\r\n", tooMany);
    String badBody = "a body that is not HTTP";
    isCutOff(transport, HttpCheck.of(SEARCHED), chunked, "f", badBody);
    isCutOff(transport, HttpCheck.of(SEARCHED), chunked + "1;", "x", badBody);
    isCutOff(transport, HttpCheck.of(SEARCHED), chunked + "0\r\n", "x: y\r\n", badBody);
  }

  /** What is not read at all is not waited for either. */
  @ParameterizedTest
  @MethodSource("transports")
  void http_endlessBodyThatIsNotWanted_passes(Transport transport) throws Exception {
    Misbehaviour.Endless endless = new Misbehaviour.Endless(HEAD + "\r\n", "x");
    try (Peer peer = new Peer(endless)) {
      lab.run(transport, HTTP, peer.address(), PATIENT).assertPassed("200");
      assertEquals("reset", peer.awaitEnding());
      assertTakesLittle("http", endless);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void http_bodyThatEndsEarly_fails(Transport transport) throws Exception {
    String[] answers = {
      "content-length: 10\r\n\r\nfit", "transfer-encoding: chunked\r\n\r\n5\r\nfit"
    };
    for (String answer : answers) {
      try (Peer peer = Peer.answering(HEAD + answer, true)) {
        lab.run(transport, HttpCheck.of(SEARCHED), peer.address(), PATIENT)
            .assertFailed("connection closed in the body", Duration.ZERO);
      }
    }
    // Without a length the end of the connection is the end of the body.
    try (Peer peer = Peer.answering(HEAD + "\r\nfit", true)) {
      lab.run(transport, HttpCheck.of(SEARCHED), peer.address(), PATIENT).assertPassed("200");
    }
  }

  /** The server's text makes the pattern go back for ever; the loop has other things to do. */
  @ParameterizedTest
  @MethodSource("transports")
  void http_bodyThatMakesThePatternGoBack_fails(Transport transport) throws Exception {
    HttpPage page = HttpPage.get("/").withBodyMatching("a*a*a*a*a*a*b");
    try (Peer peer = Peer.answering(HEAD + "\r\n" + "a".repeat(100_000), true);
        Peer fit = Peer.answering(HEAD + "\r\n", true)) {
      lab.run(transport, HttpCheck.of(page), peer.address(), PATIENT)
          .assertFailed(
              "searching the body for .*: gave up after 10000000 steps", Duration.ofSeconds(1));
      lab.run(transport, HTTP, fit.address(), PATIENT).assertPassed("200");
    }
  }

  /** Records (RFC 8446, 5.1) of handshake messages that never end, or that never matter. */
  @ParameterizedTest
  @MethodSource("transports")
  void tls_endlessHandshake_isCutOff(Transport transport) throws Exception {
    String record = "\26\3\3\100\0" + "\2\377\377\377" + "x".repeat(16_380);
    String more = "\26\3\3\100\0" + "x".repeat(16_384);
    isCutOff(transport, TlsCheck.create(), record, more, "TLS: .*");
    // Hello requests, which mean nothing here; and changes of the cipher, likewise.
    String requests = "\26\3\3\0\4" + "\0\0\0\0";
    String changes = "\24\3\3\0\1\1";
    String reason = "TLS: .*|an answer that is not TLS|more than 131072 bytes received";
    isCutOff(transport, TlsCheck.create(), "", requests, reason);
    isCutOff(transport, TlsCheck.create(), "", changes, reason);
    isCutOff(transport, TlsCheck.create(), "", "\27\3\3\0\0", reason);
    isCutOff(transport, GrpcCheck.create().withTls(Tls.unverified()), record, more, "TLS: .*");
  }

  @ParameterizedTest
  @MethodSource("transports")
  void https_endless_isCutOff(Transport transport) throws Exception {
    Tls tls = Tls.unverified();
    Misbehaviour.Endless body = new Misbehaviour.Endless(HEAD + "\r\n", "x");
    try (Peer peer = new Peer(tlsListener(), body)) {
      lab.run(transport, HttpCheck.of(SEARCHED).withTls(tls), peer.address(), PATIENT)
          .assertFailed("no match in the first .*", MEGABYTES);
      lab.run(transport, HttpCheck.of(DIGESTED).withTls(tls), peer.address(), PATIENT)
          .assertFailed("a body of more than .*", MEGABYTES);
      lab.run(transport, HTTP.withTls(tls), peer.address(), PATIENT).assertPassed("200, .*");
      assertTakesLittle("https with SHA-256", body);
    }
    Misbehaviour.Endless head = new Misbehaviour.Endless(HEAD, "x: y\r\n");
    try (Peer peer = new Peer(tlsListener(), head)) {
      lab.run(transport, HTTP.withTls(tls), peer.address(), PATIENT)
          .assertFailed("a head of more than 65536 bytes", Duration.ZERO);
      assertTakesLittle("https", head);
    }
    try (Peer peer = new Peer(tlsListener(), Misbehaviour.silent())) {
      lab.assertTimesOut(transport, HTTP.withTls(tls), peer::address, "no answer", "");
    }
    try (Peer peer = new Peer(tlsListener(), Misbehaviour.garbage(1))) {
      lab.run(transport, HTTP.withTls(tls), peer.address(), PATIENT)
          .assertFailed("an answer that is not HTTP", Duration.ZERO);
    }
  }

  /** A secret goes to a server only once its certificate is known to be right. */
  @ParameterizedTest
  @MethodSource("transports")
  void https_untrustedServer_isToldNothing(Transport transport) throws Exception {
    CompletableFuture<Integer> read = new CompletableFuture<>();
    try (Peer peer =
        new Peer(
            tlsListener(),
            socket -> {
              try {
                read.complete(socket.getInputStream().read());
              } catch (IOException e) {
                read.complete(-1);
              }
            })) {
      HttpCheck check =
          HTTP.withTls(Tls.verified()).withRequestHeader("authorization", "Bearer s3cret");
      lab.run(transport, check, peer.address(), PATIENT)
          .assertFailed("certificate not trusted: .*", Duration.ZERO);
      assertEquals(-1, read.get(30, TimeUnit.SECONDS));
    }
  }

  private static void isCutOff(
      Transport transport, HealthCheck check, String prelude, String again, String reason)
      throws Exception {
    Misbehaviour.Endless endless = new Misbehaviour.Endless(prelude, again);
    try (Peer peer = new Peer(endless)) {
      lab.run(transport, check, peer.address(), PATIENT).assertFailed(reason, MEGABYTES);
      assertEquals("reset", peer.awaitEnding());
      assertTakesLittle(check.toString(), endless);
    }
  }

  private static void assertTakesLittle(String what, Misbehaviour.Endless endless) {
    long limit = what.contains("SHA-256") ? 4 * MAX_TAKEN_BYTES : MAX_TAKEN_BYTES;
    assertTrue(endless.sentBytes() < limit, () -> what + ": " + endless.sentBytes() + " taken");
  }

  private static Peer.Script speaker(String text) {
    return socket -> Peer.say(socket, text);
  }

  private static ServerSocket tlsListener() throws IOException, GeneralSecurityException {
    return certificate.serverContext().getServerSocketFactory().createServerSocket(0);
  }
}
