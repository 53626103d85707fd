package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.model.CheckPlace;
import io.evenkeel.model.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCheckTest {

  @Test
  void get_path_passesOn2xx() {
    HttpCheck check = HttpCheck.get("/health?deep=1");

    assertEquals(List.of(HttpPage.get("/health?deep=1")), check.pages());
    assertEquals(List.of(new HttpPage.Status(200, 299)), check.pages().get(0).statuses());
    assertNull(check.host());
    assertNull(check.tls());
    assertEquals("http", check.name());
  }

  @Test
  void equals_sameParts_isOneCheck() {
    assertEquals(HttpCheck.get("/a").withHost("b"), HttpCheck.get("/a").withHost("b"));
    assertNotEquals(HttpCheck.get("/a"), HttpCheck.get("/a").withHost("b"));
    assertEquals(TcpCheck.create(), TcpCheck.create());
    assertEquals("tcp", TcpCheck.create().name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "health", "http://a/", "/a b", "/a\tb", "/a\r\nX: y", "/a\u007f", " /"})
  void get_badPath_throws(String path) {
    assertMessage(
        "path: " + path + " (expected: /... in visible ASCII characters)",
        () -> HttpCheck.get(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\r\nX: y", " a", "a\u007f"})
  void withHost_whiteSpace_throws(String host) {
    assertMessage(
        "host: " + host + " (expected: no white space)", () -> HttpCheck.get("/").withHost(host));
  }

  @ParameterizedTest
  @CsvSource({"100, 599", "100, 100", "599, 599", "200, 399"})
  void withStatus_inRange_isKept(int lowest, int highest) {
    HttpCheck check = HttpCheck.get("/").withHost("a").withStatus(lowest, highest);

    assertEquals(List.of(new HttpPage.Status(lowest, highest)), check.pages().get(0).statuses());
    assertEquals("a", check.host());
  }

  @ParameterizedTest
  @CsvSource({"99, 200", "200, 600", "201, 200", "-1, -1"})
  void withStatus_outOfRange_throws(int lowest, int highest) {
    assertMessage(
        "status: " + lowest + ".." + highest + " (expected: a range within 100..599)",
        () -> HttpCheck.get("/").withStatus(lowest, highest));
  }

  @ParameterizedTest
  @CsvSource({
    "103 Early Hints|200 OK, PASSED, 200",
    "100 Continue|102 Processing|204 No Content, PASSED, 204",
    "103 Early Hints|503 Service Unavailable, FAILED, 503 (expected: 200..299)",
    "101 Switching Protocols|200 OK, FAILED, 101 (expected: 200..299)",
  })
  void check_interimAnswers_areNotJudged(
      String answers, CheckResult.Verdict verdict, String reason) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    CheckTarget target =
        new CheckTarget(
            Endpoint.parse("127.0.0.1:80"),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 80),
            null,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            null);
    HttpPage page = HttpPage.get("/");
    EmbeddedChannel channel =
        new EmbeddedChannel(HttpCheck.of(page).pipeline(page, target, result));
    String bytes = "HTTP/1.1 " + answers.replace("|", "\r\n\r\nHTTP/1.1 ") + "\r\n\r\n";

    channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII));

    assertEquals(new CheckResult(verdict, reason, null, null), result.getNow(null));
    channel.finishAndReleaseAll();
  }

  @Test
  void check_anotherPlace_asksForWhatIsThere() {
    CheckTarget target = target(new CheckPlace("other.test", 8443, null));
    HttpPage page = HttpPage.get("/");
    EmbeddedChannel channel =
        new EmbeddedChannel(
            HttpCheck.of(page).pipeline(page, target, new CompletableFuture<CheckResult>()));

    ByteBuf request = channel.readOutbound();

    String text = request.toString(StandardCharsets.US_ASCII);
    request.release();
    assertTrue(text.contains("\r\nhost: other.test:8443\r\n"), text);
    channel.finishAndReleaseAll();
  }

  @Test
  void tls_anotherPlace_isOfWhatIsThere() {
    CheckTarget target = target(new CheckPlace("other.test", 8443, null));
    EmbeddedChannel channel = new EmbeddedChannel();
    TlsHandshake.addTo(
        channel.pipeline(), Tls.verified(), List.of(), target, 0, new CompletableFuture<>());

    SSLEngine engine = channel.pipeline().get(SslHandler.class).engine();

    assertEquals("other.test", engine.getPeerHost());
    assertEquals(8443, engine.getPeerPort());
    assertEquals(
        List.of(new SNIHostName("other.test")), engine.getSSLParameters().getServerNames());
    channel.finishAndReleaseAll();
  }

  private static CheckTarget target(CheckPlace place) {
    Duration second = Duration.ofSeconds(1);
    // The port of the address differs: nothing is to be taken from there.
    return new CheckTarget(
        place.of(Endpoint.parse("127.0.0.1:80")),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 80),
        null,
        second,
        second,
        null);
  }

  /** Cookies and policies of a fit server take more than Netty's 8 KiB now and then. */
  @ParameterizedTest
  @CsvSource({
    "60000, PASSED, 200",
    "65536, FAILED, a head of more than 65536 bytes",
  })
  void check_longHeaders_areReadToABound(int bytes, CheckResult.Verdict verdict, String reason) {
    assertEquals(
        new CheckResult(verdict, reason, null, null),
        answered("HTTP/1.1 200 OK\r\nx: " + "y".repeat(bytes) + "\r\n\r\n"));
  }

  @Test
  void check_lineWithoutEnd_saysSo() {
    assertEquals(CheckResult.fail("a head of more than 65536 bytes"), answered("x".repeat(65_537)));
  }

  private static @Nullable CheckResult answered(String answer) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    HttpPage page = HttpPage.get("/");
    EmbeddedChannel channel =
        new EmbeddedChannel(HttpCheck.of(page).pipeline(page, target(CheckPlace.OWN), result));
    channel.writeInbound(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
    channel.finishAndReleaseAll();
    return result.getNow(null);
  }

  @Test
  void toString_check_saysWhatItAsksAndExpects() {
    assertEquals("http:/a status 200..299", HttpCheck.get("/a").toString());
    assertEquals(
        "http:/a status 100..399 host b",
        HttpCheck.get("/a").withHost("b").withStatus(100, 399).toString());
    assertEquals("tcp", TcpCheck.create().toString());
  }

  @Test
  void toString_requestHeaders_hidesTheirValues() {
    HttpCheck check =
        HttpCheck.get("/a")
            .and(HttpPage.head("/b"))
            .withTls(Tls.unverified().withServerName("c"))
            .withRequestHeader("Authorization", "Bearer s3cret");

    assertEquals(
        "https:/a status 200..299, HEAD /b status 200..299 tls name c with authorization",
        check.toString());
    assertNotEquals(check, check.withRequestHeader("authorization", "other"));
    assertEquals(check, check.withRequestHeader("authorization", "Bearer s3cret"));
  }

  @Test
  void withRequestHeader_notValid_throwsWithoutItsValue() {
    HttpCheck check = HttpCheck.get("/");
    assertMessage(
        "header: host (expected: none that the check sends itself)",
        () -> check.withRequestHeader("Host", "s3cret"));
    assertMessage(
        "header x: (not shown) (expected: a header's value)",
        () -> check.withRequestHeader("x", "s3cret\r\ny: z"));
    assertMessage(
        "header: a b (expected: a header's name)", () -> check.withRequestHeader("a b", "s3cret"));
    assertMessage("pages: none (expected: 1 or more)", HttpCheck::of);
  }

  @Test
  void new_headerTwice_throws() {
    assertMessage(
        "header: x-a twice (expected: once, whatever its case)",
        () ->
            new HttpCheck(
                List.of(HttpPage.get("/")), null, null, Map.of("X-A", "s3cret", "x-a", "other")));
  }

  private static void assertMessage(String expected, Executable e) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, e).getMessage());
  }
}
