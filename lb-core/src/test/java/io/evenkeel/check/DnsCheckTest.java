package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.model.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsCheckTest {
  private static final InetSocketAddress SERVER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);

  /** Does nothing: nothing is scheduled. */
  private static final EventLoop LOOP = new DefaultEventLoop();

  private static final String QUESTION = "03777777" + "0474657374" + "00" + "0001" + "0001";
  private static final String POINTER = "c00c";

  private static final DnsCheck CHECK = DnsCheck.query("www.test", DnsType.A);

  @Test
  void encode_query_isAsRfc1035HasIt() {
    String head = "abcd" + "0100" + "0001" + "0000" + "0000" + "0000";
    assertEquals(head + QUESTION, encoded(CHECK));
    assertEquals(head + "00" + "0006" + "0001", encoded(DnsCheck.query(".", DnsType.SOA)));
  }

  /** Any name: what hosts must not be called too, and the longest. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "_sip._udp.a",
        "*.a",
        "a/b@c.d",
        "WWW.a",
        "-a-.b--c",
        "xn--.xn--a",
        "a\\b",
        "LONG"
      })
  void encode_anyName_isAsItIs(String given) {
    String label = "x".repeat(63);
    String name = given.replace("LONG", label + "." + label + "." + label + "." + label);
    name = name.substring(0, Math.min(253, name.length()));
    StringBuilder wire = new StringBuilder();
    for (String part : name.split("\\.", -1)) {
      wire.append("%02x".formatted(part.length()))
          .append(ByteBufUtil.hexDump(part.getBytes(StandardCharsets.US_ASCII)));
    }

    DnsCheck check = DnsCheck.query(name, DnsType.TXT);

    String question = wire + "00" + "0010" + "0001";
    assertEquals("abcd01000001000000000000" + question, encoded(check));
    assertEquals(CheckResult.pass("NOERROR"), judge(check, "abcd81800001000000000000" + question));
  }

  @ParameterizedTest
  @CsvSource({"A, 1", "NS, 2", "CNAME, 5", "SOA, 6", "MX, 15", "TXT, 16", "AAAA, 28", "SRV, 33"})
  void encode_type_isTheNumberOfIana(DnsType type, int number) {
    String query = encoded(DnsCheck.query(".", type));
    assertEquals("%04x".formatted(number), query.substring(26, 30));
  }

  @ParameterizedTest
  @CsvSource({
    "abcd8180000100000000000003777777047465737400 00010001, NOERROR",
    "abcd8180000100000000000003575757045465537400 00010001, NOERROR",
    "abcd8183000100000000000003777777047465737400 00010001, NXDOMAIN (expected: NOERROR)",
    "abcd8185000100000000000003777777047465737400 00010001, REFUSED (expected: NOERROR)",
    "abcd8189000100000000000003777777047465737400 00010001, RCODE9 (expected: NOERROR)",
    "abcd81810000000000000000, FORMERR (expected: NOERROR)",
  })
  void reply_toTheQuery_isJudgedByItsCode(String message, String reason) {
    assertEquals(reason, judge(CHECK, message.replace(" ", "")).reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abcd81",
        // Another number.
        "abce8180000100000000000003777777047465737400 00010001",
        // A query.
        "abcd0100000100000000000003777777047465737400 00010001",
        // Another name, type and class.
        "abcd8180000100000000000003777778047465737400 00010001",
        "abcd8180000100000000000003777777047465737400 001c0001",
        "abcd8180000100000000000003777777047465737400 00010003",
        // No question, but no error; two; half of one.
        "abcd81800000000000000000",
        "abcd8180000200000000000003777777047465737400 00010001",
        "abcd8180000100000000000003777777",
      })
  void reply_toAnother_isIgnored(String message) {
    assertNull(judge(CHECK, message.replace(" ", "")));
  }

  @Test
  void reply_expectedAddress_isFoundAmongOthers() {
    String cname = POINTER + "0005" + "0001" + "00000e10" + "0004" + "0161c010";
    String first = "016100" + "0001" + "0001" + "00000e10" + "0004" + "c0000201";
    String second = POINTER + "0001" + "0001" + "00000e10" + "0004" + "c0000202";
    String answer = "abcd81800001000300000000" + QUESTION + cname + first + second;

    assertEquals(CheckResult.pass("192.0.2.2"), judge(CHECK.expecting("192.0.2.2"), answer));
    assertEquals(
        CheckResult.fail("192.0.2.1, 192.0.2.2 (expected: 192.0.2.3)"),
        judge(CHECK.expecting("192.0.2.3"), answer));
  }

  @Test
  void reply_oddAddress_isNamed() {
    String odd = POINTER + "0001" + "0001" + "00000e10" + "0003" + "c00002";
    assertEquals(
        CheckResult.fail("an address of 3 bytes (expected: 192.0.2.3)"),
        judge(CHECK.expecting("192.0.2.3"), "abcd81800001000100000000" + QUESTION + odd));
  }

  @Test
  void reply_truncated_isJudgedByWhatIsThere() {
    assertEquals(
        CheckResult.fail("no A (expected: 192.0.2.3)"),
        judge(CHECK.expecting("192.0.2.3"), "abcd83800001000100000000" + QUESTION));
  }

  /** Whatever comes, it ends, and with a verdict or none. */
  @Test
  void reply_anyBytesAfterTheQuestion_isJudged() {
    Random random = new Random(4711);
    byte[] head = ByteBufUtil.decodeHexDump("abcd8180000100ff00000000" + QUESTION);
    for (int i = 0; i < 5_000; i++) {
      byte[] message = Arrays.copyOf(head, head.length + random.nextInt(60));
      for (int at = head.length; at < message.length; at++) {
        message[at] = (byte) (random.nextBoolean() ? random.nextInt(4) : random.nextInt());
      }
      String hex = ByteBufUtil.hexDump(message);
      CheckResult result = judge(CHECK.expecting("192.0.2.3"), hex);
      assertEquals(CheckResult.Verdict.FAILED, result.verdict(), hex);
      assertEquals(CheckResult.pass("NOERROR"), judge(CHECK, hex), hex);
    }
  }

  /** Nor does it leak, or throw. */
  @Test
  void reply_anyBytes_isIgnoredOrJudged() {
    Random random = new Random(4711);
    for (int i = 0; i < 5_000; i++) {
      byte[] message = new byte[random.nextInt(80)];
      for (int at = 0; at < message.length; at++) {
        message[at] = (byte) (random.nextBoolean() ? random.nextInt(4) : random.nextInt());
      }
      byte[] head = ByteBufUtil.decodeHexDump("abcd8180");
      System.arraycopy(head, 0, message, 0, Math.min(4, message.length));
      judge(CHECK, ByteBufUtil.hexDump(message));
    }
  }

  /** A chain of names that are no text, and types whose data Netty would look into. */
  @Test
  void reply_oddRecordsBeforeTheAnswer_areSkipped() {
    String name = "04c0ffee20" + "012e" + "00";
    StringBuilder odd = new StringBuilder();
    for (String type : List.of("0002", "0005", "000c", "000f", "0029")) {
      odd.append(name).append(type).append("0001" + "00000e10" + "0001" + "ff");
    }
    String address = name + "0001" + "0001" + "00000e10" + "0004" + "c0000203";
    assertEquals(
        CheckResult.pass("192.0.2.3"),
        judge(CHECK.expecting("192.0.2.3"), "abcd81800001000600000000" + QUESTION + odd + address));
  }

  @ParameterizedTest
  @CsvSource({
    // Cut within the data, the head, the name, and a pointer that points nowhere.
    "c00c 0001 0001 00000e10 0004 c00002",
    "c00c 0001 0001 00",
    "0377",
    "c0",
    "cfff 0001 0001 00000e10 0004 c0000203",
  })
  void reply_cutWithinARecord_isJudgedByThoseBefore(String rest) {
    String whole = POINTER + "0001" + "0001" + "00000e10" + "0004" + "c0000201";
    for (String flags : List.of("8180", "8380")) {
      String answer =
          "abcd" + flags + "0001000200000000" + QUESTION + whole + rest.replace(" ", "");
      assertEquals(CheckResult.pass("192.0.2.1"), judge(CHECK.expecting("192.0.2.1"), answer));
      assertEquals(
          CheckResult.fail("192.0.2.1 (expected: 192.0.2.3)"),
          judge(CHECK.expecting("192.0.2.3"), answer));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "026162 00 0162e4, false",
    "026162 00 01e4, true",
    "026162 0262, false",
  })
  void reply_text_isItsStringsPutTogether(String data, boolean passes) {
    String question = QUESTION.replace("00010001", "00100001");
    String bytes = data.replace(" ", "");
    String entry = "%s00100001000000ff%04x%s".formatted(POINTER, bytes.length() / 2, bytes);
    CheckResult result =
        judge(
            DnsCheck.query("www.test", DnsType.TXT).expecting("ab\u00e4"),
            "abcd81800001000100000000" + question + entry);
    assertEquals(
        passes ? CheckResult.Verdict.PASSED : CheckResult.Verdict.FAILED,
        result.verdict(),
        result.reason());
  }

  @Test
  void reply_textCutShort_isNamed() {
    String question = QUESTION.replace("00010001", "00100001");
    assertEquals(
        CheckResult.fail("a text that is cut short (expected: ab)"),
        judge(
            DnsCheck.query("www.test", DnsType.TXT).expecting("ab"),
            "abcd81800001000100000000"
                + question
                + POINTER
                + "0010000100000000"
                + "0002"
                + "0261"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".test", "a..b", "a b", "\u00e4.test", "a\u0000b"})
  void query_notAName_throws(String domain) {
    assertThrows(IllegalArgumentException.class, () -> DnsCheck.query(domain, DnsType.A));
  }

  @Test
  void query_longName_throwsWithWhatIsExpected() {
    String label = "x".repeat(63);
    String longest = label + "." + label + "." + label + "." + "x".repeat(61);
    assertEquals(longest, DnsCheck.query(longest + ".", DnsType.A).domain());
    assertThrows(IllegalArgumentException.class, () -> DnsCheck.query(longest + "x", DnsType.A));
    assertEquals(
        "domain: "
            + label
            + "x (expected: . or labels of 1..63 visible ASCII characters, 253 in all)",
        assertThrows(IllegalArgumentException.class, () -> DnsCheck.query(label + "x", DnsType.A))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "A, ::1",
    "A, a.test",
    "AAAA, 192.0.2.1",
    "AAAA, x",
    "TXT, \u20ac",
    "MX, a.test",
    "SOA, a"
  })
  void expecting_whatDoesNotFit_throws(DnsType type, String answer) {
    assertThrows(IllegalArgumentException.class, () -> DnsCheck.query("a", type).expecting(answer));
  }

  @Test
  void equals_sameParts_isOneCheck() {
    DnsCheck six = DnsCheck.query("a.", DnsType.AAAA).expecting("2001:DB8:0:0::1");
    assertEquals(DnsCheck.query("a", DnsType.AAAA).expecting("2001:db8::1"), six);
    assertNotEquals(DnsCheck.query("a", DnsType.A), DnsCheck.query("a", DnsType.NS));
    assertEquals("dns:a AAAA expected 2001:db8::1", six.toString());
    assertEquals("dns:. SOA", DnsCheck.query(".", DnsType.SOA).toString());
    assertEquals("192.0.2.1", DnsCheck.query("a", DnsType.TXT).expecting("192.0.2.1").expected());
  }

  private static String encoded(DnsCheck check) {
    DnsExchange exchange = exchange(check);
    EmbeddedChannel channel = new EmbeddedChannel(DnsExchange.codec());
    channel.writeOutbound(exchange.request());
    DatagramPacket packet = channel.readOutbound();
    try {
      assertEquals(SERVER, packet.recipient());
      return ByteBufUtil.hexDump(packet.content());
    } finally {
      packet.release();
      channel.finishAndReleaseAll();
    }
  }

  /** What comes of a datagram; null: it was ignored. */
  private static @Nullable CheckResult judge(DnsCheck check, String message) {
    DnsExchange exchange = exchange(check);
    EmbeddedChannel channel = new EmbeddedChannel(DnsExchange.codec());
    channel.pipeline().addLast(exchange);
    ByteBuf bytes = Unpooled.buffer().writeBytes(ByteBufUtil.decodeHexDump(message));
    channel.writeInbound(new DatagramPacket(bytes, SERVER, SERVER));
    CheckResult result = exchange.result().getNow(null);
    assertEquals(0, bytes.refCnt(), message);
    assertFalse(channel.finishAndReleaseAll(), message);
    assertEquals(
        "no answer within 300 ms" + (result == null ? ", but 1 that did not fit the query" : ""),
        exchange.silence().reason(),
        message);
    return result;
  }

  private static DnsExchange exchange(DnsCheck check) {
    Duration timeout = Duration.ofMillis(300);
    CheckTarget target =
        new CheckTarget(new Endpoint("127.0.0.1", 53), SERVER, null, timeout, timeout, LOOP);
    return new DnsExchange(check, target, 0xabcd);
  }
}
