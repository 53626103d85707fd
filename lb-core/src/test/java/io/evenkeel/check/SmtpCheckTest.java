package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.health.CheckResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpCheckTest {
  private final CompletableFuture<CheckResult> result = new CompletableFuture<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new SmtpCheck.Session("me.test", Duration.ofSeconds(1), result));

  @Test
  void session_rightReplies_isHeloAndQuit() {
    server("220 hello\r\n");
    assertEquals("HELO me.test\r\n", said());
    server("250 you\r\n");
    assertEquals("QUIT\r\n", said());
    assertNull(result.getNow(null));
    server("221 bye\r\n");
    assertEquals(CheckResult.pass("250"), result.getNow(null));
  }

  @Test
  void session_repliesInManyPieces_areOne() {
    for (char c : "220-hello\r\n220-to\r\n220".toCharArray()) {
      assertNull(said());
      server(String.valueOf(c));
    }
    // A bare code ends the reply (RFC 5321, 4.2).
    assertNull(said());
    server("\r\n");
    assertEquals("HELO me.test\r\n", said());
  }

  @ParameterizedTest
  @CsvSource({
    "554 go away, greeting: 554 go away (expected: 220)",
    "220hello, greeting: 220hello (expected: 220)",
    "'', greeting:  (expected: 220)",
    "22, greeting: 22 (expected: 220)",
    "220 hello|451-later, HELO: 451-later (expected: 250)",
    "220 hello|250 you|421 late, QUIT: 421 late (expected: 221)",
  })
  void session_anotherReply_failsAtOnce(String replies, String reason) {
    server(replies.replace("|", "\n") + "\n");
    assertEquals(CheckResult.fail(reason), result.getNow(null));
  }

  @Test
  void session_replyOf100Lines_isTooLong() {
    server("220-more\r\n".repeat(99));
    assertNull(result.getNow(null));
    server("220-more\r\n");
    assertEquals(
        CheckResult.fail("greeting: more than 100 lines (expected: 220)"), result.getNow(null));
  }

  @Test
  void session_lineOf1025Bytes_isTooLong() {
    server("220 " + "x".repeat(1020));
    assertNull(result.getNow(null));
    server("x");
    assertEquals(CheckResult.fail("a line of more than 1024 bytes"), result.getNow(null));
  }

  @ParameterizedTest
  @CsvSource({
    "'', FAILED, greeting: connection closed (expected: 220)",
    "220 hel, FAILED, greeting: connection closed (expected: 220)",
    "220 hello|, FAILED, HELO: connection closed (expected: 250)",
    "220 hello|250 you|, PASSED, 250",
  })
  void session_serverEnds_passesAfterQuitAlone(
      String replies, CheckResult.Verdict verdict, String reason) {
    server(replies.replace("|", "\r\n"));
    channel.close();
    assertEquals(new CheckResult(verdict, reason, null, null), result.getNow(null));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, [192.0.2.1]",
    "2001:db8::1, [IPv6:2001:db8::1]",
    "fe80::1%1, [IPv6:fe80::1]"
  })
  void literal_address_isAsRfc5321HasIt(String address, String literal) throws Exception {
    assertEquals(
        literal,
        SmtpCheck.Session.literal(new InetSocketAddress(InetAddress.getByName(address), 25)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\r\nMAIL FROM:<>", "\u00e4.test"})
  void withHelo_notAName_throws(String name) {
    assertEquals(
        "helo: " + name + " (expected: 1..255 visible ASCII characters)",
        assertThrows(IllegalArgumentException.class, () -> SmtpCheck.create().withHelo(name))
            .getMessage());
  }

  @Test
  void withHelo_256Characters_throws() {
    assertEquals("smtp", SmtpCheck.create().withHelo("x".repeat(255)).name());
    assertThrows(
        IllegalArgumentException.class, () -> SmtpCheck.create().withHelo("x".repeat(256)));
  }

  @Test
  void equals_sameName_isOneCheck() {
    assertEquals(SmtpCheck.create(), SmtpCheck.create());
    assertNotEquals(SmtpCheck.create(), SmtpCheck.create().withHelo("a"));
    assertEquals("smtp", SmtpCheck.create().toString());
    assertEquals("smtp helo a.test", SmtpCheck.create().withHelo("a.test").toString());
  }

  private void server(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private String said() {
    ByteBuf out = channel.readOutbound();
    if (out == null) {
      return null;
    }
    String text = out.toString(StandardCharsets.ISO_8859_1);
    out.release();
    return text;
  }
}
