package io.evenkeel.check;

import io.evenkeel.health.CheckResult;
import io.evenkeel.health.CheckTarget;
import io.evenkeel.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One datagram for one check, and what comes back, on a connected socket: the kernel drops what
 * comes from elsewhere, and tells of ICMP errors (udp(7)).
 */
final class Datagrams {
  private Datagrams() {}

  /** What a check makes of what comes back; asked on one event loop. */
  interface Judge {
    /**
     * A datagram came, of which at most 2048 bytes are kept.
     *
     * @return the verdict; null: this was not the answer
     */
    @Nullable CheckResult reply(byte[] datagram);

    /** There was no verdict until the time-out. */
    CheckResult silence();
  }

  /**
   * Sends, and lets a judge find the result.
   *
   * @return completes with the judge's result, with a failure that the network told of, or with
   *     none if this host could not send
   */
  static CompletableFuture<CheckResult> run(CheckTarget target, byte[] payload, Judge judge) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    Transport transport = Transport.of(target.eventLoop());
    ChannelFuture connect =
        new Bootstrap()
            .group(target.eventLoop())
            .channelFactory(transport::newDatagramChannel)
            .handler(new Replies(judge, result))
            .connect(target.address(), target.bind());
    Channel channel = connect.channel();
    connect.addListener(
        f -> {
          if (f.isSuccess()) {
            channel
                .writeAndFlush(Unpooled.wrappedBuffer(payload))
                .addListener(w -> failed(w.cause(), result));
          } else {
            failed(f.cause(), result);
          }
        });
    Deadline.set(target, result, judge::silence);
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

  private static final class Replies extends SimpleChannelInboundHandler<DatagramPacket> {
    private final Judge judge;
    private final CompletableFuture<CheckResult> result;

    Replies(Judge judge, CompletableFuture<CheckResult> result) {
      this.judge = judge;
      this.result = result;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
      if (!result.isDone()) {
        CheckResult verdict = judge.reply(ByteBufUtil.getBytes(packet.content()));
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
}
