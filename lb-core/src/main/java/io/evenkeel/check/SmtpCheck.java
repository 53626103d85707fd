package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Passes when an SMTP server (RFC 5321) greets with 220, answers HELO with 250, and QUIT with 221
 * or the end of the connection: keepalived's SMTP_CHECK. Replies of several lines are read to their
 * end, of at most 100 lines. No mail is sent. Immutable.
 *
 * @param helo the name that is said with HELO; null: the address that the check comes from, as a
 *     literal (RFC 5321, 4.1.3)
 */
public record SmtpCheck(@Nullable String helo) implements HealthCheck {
  private static final int MAX_NAME = 255;

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if {@code helo} is empty, longer than 255 characters, or holds
   *     anything but visible ASCII characters
   */
  public SmtpCheck {
    if (helo != null
        && (helo.isEmpty()
            || helo.length() > MAX_NAME
            || helo.chars().anyMatch(c -> c <= ' ' || c >= 0x7f))) {
      throw new IllegalArgumentException(
          "helo: " + helo + " (expected: 1.." + MAX_NAME + " visible ASCII characters)");
    }
  }

  /**
   * The check, which says its own address with HELO.
   *
   * @return an SMTP check
   */
  public static SmtpCheck create() {
    return new SmtpCheck(null);
  }

  /**
   * With another name for HELO.
   *
   * @param name a domain name, or an address literal such as {@code [192.0.2.1]}
   * @return the changed check
   * @throws IllegalArgumentException if it is not valid
   */
  public SmtpCheck withHelo(String name) {
    return new SmtpCheck(name);
  }

  @Override
  public String name() {
    return "smtp";
  }

  @Override
  public String toString() {
    return name() + (helo == null ? "" : " helo " + helo);
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return CheckConnection.run(
        target, 0, Ending.Order.PEER_FIRST, result -> new Session(helo, target.timeout(), result));
  }

  /** What the server's next reply answers. */
  private enum Step {
    GREETING("greeting", "220"),
    HELO("HELO", "250"),
    QUIT("QUIT", "221");

    final String words;
    final String expected;

    Step(String words, String expected) {
      this.words = words;
      this.expected = expected;
    }
  }

  static final class Session extends LineHandler {
    private static final int MAX_LINES = 100;

    private final @Nullable String helo;
    private final Duration timeout;
    private Step step = Step.GREETING;
    private int lines;

    Session(@Nullable String helo, Duration timeout, CompletableFuture<CheckResult> result) {
      super(result);
      this.helo = helo;
      this.timeout = timeout;
    }

    @Override
    void line(ChannelHandlerContext ctx, String said) {
      if (!said.startsWith(step.expected)
          || !(said.length() == 3 || said.charAt(3) == ' ' || said.charAt(3) == '-')) {
        decide(unexpected(Wording.clean(said)));
      } else if (said.length() == 3 || said.charAt(3) == ' ') {
        next(ctx);
      } else if (++lines >= MAX_LINES) {
        decide(unexpected("more than " + MAX_LINES + " lines"));
      }
    }

    private void next(ChannelHandlerContext ctx) {
      lines = 0;
      switch (step) {
        case GREETING -> {
          step = Step.HELO;
          say(
              ctx,
              "HELO " + (helo != null ? helo : literal(ctx.channel().localAddress())) + "\r\n");
        }
        case HELO -> {
          step = Step.QUIT;
          say(ctx, "QUIT\r\n");
        }
        case QUIT -> decide(passed());
      }
    }

    @Override
    void end(String said) {
      decide(step == Step.QUIT ? passed() : unexpected("connection closed"));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == CheckConnection.TIMED_OUT) {
        decide(CheckConnection.late(step.words + ": no answer", timeout));
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (step == Step.QUIT) {
        // However it ends now, the server has shown that it works.
        decide(passed());
      } else {
        super.exceptionCaught(ctx, cause);
      }
    }

    private static CheckResult passed() {
      return CheckResult.pass(Step.HELO.expected);
    }

    private CheckResult unexpected(String what) {
      return CheckResult.fail(step.words + ": " + what + " (expected: " + step.expected + ")");
    }

    static String literal(SocketAddress local) {
      InetAddress address = ((InetSocketAddress) local).getAddress();
      return (address instanceof Inet6Address ? "[IPv6:" : "[")
          + NetUtil.toAddressString(address)
          + "]";
    }
  }
}
