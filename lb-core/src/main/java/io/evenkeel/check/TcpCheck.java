package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.health.HealthCheck;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Passes when a TCP connection comes about, which is then closed with a FIN: keepalived's
 * TCP_CHECK. Immutable.
 */
public record TcpCheck() implements HealthCheck {

  /**
   * The check.
   *
   * @return a TCP check
   */
  public static TcpCheck create() {
    return new TcpCheck();
  }

  @Override
  public String name() {
    return "tcp";
  }

  @Override
  public String toString() {
    return name();
  }

  @Override
  public CompletionStage<CheckResult> check(CheckTarget target) {
    return CheckConnection.run(target, Connected::new);
  }

  private static final class Connected extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<CheckResult> result;

    Connected(CompletableFuture<CheckResult> result) {
      this.result = result;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      result.complete(CheckResult.pass("connected"));
    }
  }
}
