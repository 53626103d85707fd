package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Passes when a TLS handshake (RFC 8446) succeeds, and says how long the server's certificate is
 * valid. Immutable.
 *
 * @param tls what the handshake must bring
 */
public record TlsCheck(Tls tls) implements HealthCheck {

  /**
   * Passes with any certificate.
   *
   * @return the check
   */
  public static TlsCheck create() {
    return new TlsCheck(Tls.unverified());
  }

  /**
   * Passes with any certificate that is valid for this long.
   *
   * @param time 0 or more
   * @return the check
   * @throws IllegalArgumentException if {@code time} is negative
   */
  public static TlsCheck validFor(Duration time) {
    return new TlsCheck(Tls.unverified().withValidFor(time));
  }

  @Override
  public String name() {
    return "tls";
  }

  @Override
  public String toString() {
    return tls.toString();
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return CheckConnection.run(target, result -> new Pipeline(target, result));
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    private final CheckTarget target;
    private final CompletableFuture<CheckResult> result;

    Pipeline(CheckTarget target, CompletableFuture<CheckResult> result) {
      this.target = target;
      this.result = result;
    }

    @Override
    protected void initChannel(Channel channel) {
      TlsHandshake handshake =
          TlsHandshake.addTo(channel.pipeline(), tls, List.of(), target, 0, result);
      channel
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelActive(ChannelHandlerContext ctx) {
                  result.complete(handshake.pass(handshake.version()));
                }
              });
    }
  }
}
