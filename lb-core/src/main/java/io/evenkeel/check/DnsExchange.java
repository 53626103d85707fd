package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryEncoder;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One question to a DNS server (RFC 1035, 4.1), and what it says to it. */
final class DnsExchange extends Datagrams.Exchange<DnsResponse> {
  private static final List<String> CODES =
      List.of("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED");

  private final DnsCheck check;
  private final CheckTarget target;
  private final int id;
  private final DnsQuestion question;
  private int ignored;

  DnsExchange(DnsCheck check, CheckTarget target, int id) {
    this.check = check;
    this.target = target;
    this.id = id;
    this.question =
        new DefaultDnsQuestion(check.domain(), DnsRecordType.valueOf(check.type().name()));
  }

  /**
   * Asks.
   *
   * @throws NoClassDefFoundError before there is a socket, if the jar is missing
   */
  static CompletableFuture<CheckResult> run(DnsCheck check, CheckTarget target) {
    int id = ThreadLocalRandom.current().nextInt(1 << 16);
    return Datagrams.run(target, target.timeout(), new DnsExchange(check, target, id), codec());
  }

  static ChannelHandler[] codec() {
    return new ChannelHandler[] {
      new DatagramDnsQueryEncoder(), new DatagramDnsResponseDecoder(new Records())
    };
  }

  @Override
  Object request() {
    return new DatagramDnsQuery(null, target.address(), id)
        .setRecursionDesired(true)
        .setRecord(DnsSection.QUESTION, question);
  }

  @Override
  @Nullable CheckResult reply(DnsResponse answer) {
    if (!isAnsweredBy(answer)) {
      ignored++;
      return null;
    }
    if (!answer.code().equals(DnsResponseCode.NOERROR)) {
      return CheckResult.fail(nameOf(answer.code()) + " (expected: NOERROR)");
    }
    String expected = check.expected();
    return expected == null ? CheckResult.pass("NOERROR") : judge(recordsIn(answer), expected);
  }

  private CheckResult judge(List<String> found, String expected) {
    return found.contains(expected)
        ? CheckResult.pass(Wording.clean(expected))
        : CheckResult.fail(
            (found.isEmpty() ? "no " + check.type() : Wording.clean(String.join(", ", found)))
                + " (expected: "
                + Wording.clean(expected)
                + ")");
  }

  /** It has the query's number, and its question; an error may come without a question. */
  private boolean isAnsweredBy(DnsResponse answer) {
    return answer.id() == id
        && (answer.count(DnsSection.QUESTION) == 1
            ? isOurs(answer.recordAt(DnsSection.QUESTION))
            : answer.count(DnsSection.QUESTION) == 0
                && !answer.code().equals(DnsResponseCode.NOERROR));
  }

  /** In a name, upper and lower case are the same (RFC 4343). */
  private boolean isOurs(DnsRecord asked) {
    return isAskedFor(asked) && asked.name().equalsIgnoreCase(question.name());
  }

  private boolean isAskedFor(DnsRecord entry) {
    return entry.type().equals(question.type()) && entry.dnsClass() == question.dnsClass();
  }

  private static String nameOf(DnsResponseCode code) {
    return code.intValue() < CODES.size() ? CODES.get(code.intValue()) : "RCODE" + code.intValue();
  }

  /** Those that are of the question's type, in words. */
  private List<String> recordsIn(DnsResponse answer) {
    List<String> records = new ArrayList<>();
    for (int i = 0; i < answer.count(DnsSection.ANSWER); i++) {
      if (answer.recordAt(DnsSection.ANSWER, i) instanceof DnsRawRecord entry
          && isAskedFor(entry)) {
        records.add(inWords(entry.content()));
      }
    }
    return records;
  }

  private String inWords(ByteBuf data) {
    if (check.type() == DnsType.TXT) {
      return text(data);
    }
    byte[] address = ByteBufUtil.getBytes(data);
    return address.length == (check.type() == DnsType.A ? 4 : 16)
        ? NetUtil.bytesToIpAddress(address)
        : "an address of " + address.length + " bytes";
  }

  /** The strings, put together; each byte is one character. */
  private static String text(ByteBuf data) {
    StringBuilder text = new StringBuilder();
    while (data.isReadable()) {
      int length = data.readUnsignedByte();
      if (length > data.readableBytes()) {
        return "a text that is cut short";
      }
      text.append(data.readCharSequence(length, StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  @Override
  CheckResult silence() {
    CheckResult late = CheckConnection.late("no answer", target.timeout());
    return ignored == 0
        ? late
        : CheckResult.fail(late.reason() + ", but " + ignored + " that did not fit the query");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof DecoderException) {
      // Whose answer it would have been, nobody knows.
      ignored++;
    } else {
      super.exceptionCaught(ctx, cause);
    }
  }

  /** Ends an answer at the first record that is not whole: what came before it counts. */
  private static final class Records implements DnsRecordDecoder {
    private static final DnsRecordDecoder RAW =
        new DefaultDnsRecordDecoder() {
          // Nobody looks at names here, and Netty refuses those that are no host's.
          @Override
          protected DnsRecord decodeRecord(
              String name,
              DnsRecordType type,
              int dnsClass,
              long timeToLive,
              ByteBuf in,
              int offset,
              int length) {
            return new DefaultDnsRawRecord(
                ".", type, dnsClass, timeToLive, in.retainedSlice(offset, length));
          }
        };

    @Override
    public DnsQuestion decodeQuestion(ByteBuf in) throws Exception {
      return RAW.decodeQuestion(in);
    }

    // The signature is Netty's.
    @SuppressWarnings("TypeParameterUnusedInFormals")
    @Override
    public <T extends DnsRecord> @Nullable T decodeRecord(ByteBuf in) throws Exception {
      try {
        return RAW.decodeRecord(in);
      } catch (DecoderException e) {
        return null;
      }
    }
  }
}
