package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One datagram for one check, and what comes back, on a connected socket: the kernel drops what
 * comes from elsewhere, and tells of ICMP errors (udp(7)).
 */
final class Datagrams {
  private Datagrams() {}

  /**
   * What a check asks, and what it makes of what comes back; for one run, on one event loop.
   *
   * @param <M> what the codec makes of a datagram, of which at most 2048 bytes are kept
   */
  abstract static class Exchange<M> extends SimpleChannelInboundHandler<M> {
    private final CompletableFuture<CheckResult> result = new CompletableFuture<>();

    /** What is sent, for the codec or the channel; they release it. */
    abstract Object request();

    /**
     * Something came.
     *
     * @return the verdict; null: this was not the answer
     */
    abstract @Nullable CheckResult reply(M message);

    /** There was no verdict in time. */
    abstract CheckResult silence();

    CompletableFuture<CheckResult> result() {
      return result;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, M message) {
      if (!result.isDone()) {
        CheckResult verdict = reply(message);
        if (verdict != null) {
          result.complete(verdict);
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      result.complete(inWords(cause));
    }
  }

  /**
   * Sends, and lets an exchange find the result.
   *
   * @param patience after which silence is judged
   * @param codec what stands between the socket and the exchange
   * @return completes with the exchange's result, with a failure that the network told of, or with
   *     none if this host could not send
   */
  static CompletableFuture<CheckResult> run(
      CheckTarget target, Duration patience, Exchange<?> exchange, ChannelHandler... codec) {
    CompletableFuture<CheckResult> result = exchange.result();
    Transport transport = Transport.of(target.eventLoop());
    ChannelFuture connect =
        new Bootstrap()
            .group(target.eventLoop())
            .channelFactory(transport::newDatagramChannel)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(codec).addLast(exchange);
                  }
                })
            .connect(target.address(), target.bind());
    Channel channel = connect.channel();
    connect.addListener(
        f -> {
          if (f.isSuccess()) {
            channel.writeAndFlush(exchange.request()).addListener(w -> failed(w.cause(), result));
          } else {
            failed(f.cause(), result);
          }
        });
    Deadline.set(target, patience, result, exchange::silence);
    result.whenComplete((r, e) -> channel.close());
    return result;
  }

  private static void failed(@Nullable Throwable cause, CompletableFuture<CheckResult> result) {
    if (cause != null) {
      result.complete(inWords(cause));
    }
  }

  static CheckResult inWords(Throwable cause) {
    if (cause instanceof PortUnreachableException) {
      return CheckResult.fail("port unreachable");
    }
    // On a channel that is open, Netty and the JDK say so of what is no SocketException either.
    return CheckConnection.notConnected(
        cause instanceof IOException && !(cause instanceof SocketException)
            ? new SocketException(cause.getMessage())
            : cause);
  }
}
