package io.evenkeel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.health.CheckResult;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsCheckTest {
  private static final DnsQuery QUERY = new DnsQuery(0xabcd, "www.test", 1);
  private static final String QUESTION = "03777777" + "0474657374" + "00" + "0001" + "0001";
  private static final String POINTER = "c00c";

  private static final DnsCheck CHECK = DnsCheck.query("www.test", DnsType.A);

  @Test
  void encode_query_isAsRfc1035HasIt() {
    assertEquals(
        "abcd" + "0100" + "0001" + "0000" + "0000" + "0000" + QUESTION,
        ByteBufUtil.hexDump(QUERY.encode()));
    assertEquals(
        "0001" + "0100" + "0001" + "0000" + "0000" + "0000" + "00" + "0006" + "0001",
        ByteBufUtil.hexDump(new DnsQuery(1, ".", 6).encode()));
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
    Datagrams.Judge judge = CHECK.expecting("192.0.2.3").judge(QUERY, null);
    for (int i = 0; i < 20_000; i++) {
      byte[] message = Arrays.copyOf(head, head.length + random.nextInt(60));
      for (int at = head.length; at < message.length; at++) {
        message[at] = (byte) (random.nextBoolean() ? random.nextInt(4) : random.nextInt());
      }
      CheckResult result = judge.reply(message);
      assertEquals(
          CheckResult.Verdict.FAILED, result.verdict(), () -> ByteBufUtil.hexDump(message));
    }
  }

  @Test
  void textIn_stringsOfARecord_arePutTogether() {
    assertEquals("ab\u00e4", DnsQuery.textIn(new byte[] {1, 'a', 0, 2, 'b', (byte) 0xe4}));
    assertThrows(IndexOutOfBoundsException.class, () -> DnsQuery.textIn(new byte[] {2, 'a'}));
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

  private static CheckResult judge(DnsCheck check, String message) {
    return check.judge(QUERY, null).reply(ByteBufUtil.decodeHexDump(message));
  }
}
