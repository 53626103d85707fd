package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends one datagram: keepalived's UDP_CHECK. Fails as soon as the network says that nobody takes
 * it (ICMP port unreachable, RFC 1122, 4.1.3.1). Passes with any reply, and with silence when nine
 * tenths of the time-out have passed, so that a busy event loop does not make a failure of it: a
 * server that is frozen, or whose host is gone, is as silent as one that is well, and only {@link
 * #replying} tells them apart. Immutable.
 *
 * @param payload what is sent, in hexadecimal, 1..2048 bytes: Netty sends no empty datagrams on
 *     epoll and NIO
 * @param reply a regular expression; the first reply has to have it somewhere, each byte of its
 *     first 2048 taken as one character. Empty: any reply will do. Null: none is needed
 */
public record UdpCheck(String payload, @Nullable String reply) implements HealthCheck {
  private static final int MAX_BYTES = 2048;

  /**
   * Checks payload and expression.
   *
   * @throws IllegalArgumentException if {@code payload} is empty, too long or not hexadecimal, or
   *     {@code reply} is not a regular expression
   */
  public UdpCheck {
    if (payload.isEmpty()
        || payload.length() % 2 != 0
        || payload.length() > 2 * MAX_BYTES
        || payload.chars().anyMatch(c -> c > 'f' || Character.digit(c, 16) < 0)) {
      throw new IllegalArgumentException(
          "payload: "
              + Wording.clean(payload)
              + " (expected: 1.."
              + MAX_BYTES
              + " bytes in hexadecimal)");
    }
    payload = payload.toLowerCase(Locale.ROOT);
    if (reply != null) {
      Matching.require("reply", reply);
    }
  }

  /**
   * Sends a text; silence passes.
   *
   * @param text in UTF-8 1..2048 bytes
   * @return the check
   * @throws IllegalArgumentException if it is empty or too long
   */
  public static UdpCheck send(String text) {
    return new UdpCheck(ByteBufUtil.hexDump(text.getBytes(StandardCharsets.UTF_8)), null);
  }

  /**
   * Sends bytes; silence passes.
   *
   * @param bytes in hexadecimal, such as {@code 00ff}, 1..2048 of them
   * @return the check
   * @throws IllegalArgumentException if it is empty, too long or not hexadecimal
   */
  public static UdpCheck sendHex(String bytes) {
    return new UdpCheck(bytes, null);
  }

  /**
   * Requires a reply.
   *
   * @return the changed check
   */
  public UdpCheck replying() {
    return new UdpCheck(payload, "");
  }

  /**
   * Requires a certain reply.
   *
   * @param regex what the reply has to have somewhere; {@code \xNN} stands for a byte, and with
   *     {@code (?s)} before it a dot for line ends too
   * @return the changed check
   * @throws IllegalArgumentException if it is not a regular expression
   */
  public UdpCheck replying(String regex) {
    return new UdpCheck(payload, regex);
  }

  @Override
  public String name() {
    return "udp";
  }

  @Override
  public String toString() {
    return name()
        + ":"
        + Wording.clean(payload)
        + (reply == null ? "" : reply.isEmpty() ? " replying" : " replying " + reply);
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    Duration patience =
        reply == null ? target.timeout().multipliedBy(9).dividedBy(10) : target.timeout();
    return Datagrams.run(target, patience, exchange(patience));
  }

  private Datagrams.Exchange<DatagramPacket> exchange(Duration patience) {
    return new Datagrams.Exchange<>() {
      @Override
      Object request() {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(payload));
      }

      @Override
      CheckResult reply(DatagramPacket datagram) {
        return judgeReply(datagram.content().toString(StandardCharsets.ISO_8859_1));
      }

      @Override
      CheckResult silence() {
        return reply == null
            ? CheckResult.pass("no objection within " + patience.toMillis() + " ms")
            : CheckConnection.late("no answer", patience);
      }
    };
  }

  private CheckResult judgeReply(String text) {
    try {
      return reply == null || Matching.isIn(text, reply)
          ? CheckResult.pass("reply of " + text.length() + " bytes")
          : CheckResult.fail("reply: " + Wording.clean(text) + " (expected: " + reply + ")");
    } catch (Matching.GaveUpException e) {
      return CheckResult.fail("reply: " + e.getMessage());
    }
  }
}
