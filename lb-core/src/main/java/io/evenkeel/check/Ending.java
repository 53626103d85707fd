package io.evenkeel.check;

import io.evenkeel.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection so that the peer sees its end rather than a reset, which servers write into
 * their logs. The kernel resets a connection that is closed with bytes unread (RFC 2525, 2.17), and
 * so does it when more come: what the peer still has to say is read and thrown away until it ends
 * its side too. A peer that says much or waits long is cut off.
 */
final class Ending extends ChannelInboundHandlerAdapter {
  /** As much as is read and thrown away. */
  static final int MAX_BYTES = 65_536;

  /** As long as the peer has. */
  static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Who sends the first FIN. Whoever does has the connection in TIME-WAIT (RFC 9293, 3.6). */
  enum Order {
    /** This side, at once. */
    US_FIRST,
    /** The peer, which was asked to: it might take a FIN before its answer is out for an abort. */
    PEER_FIRST
  }

  private final Order order;
  private final Transport transport;
  private int bytes;
  private @Nullable Future<?> timer;

  private Ending(Transport transport, Order order) {
    this.transport = transport;
    this.order = order;
  }

  /** On any thread. No other handler of the channel sees anything that comes in any more. */
  static void begin(Channel channel, Transport transport, Order order) {
    if (channel.isActive()) {
      // On the event loop: at once if on it already.
      channel.pipeline().addFirst(new Ending(transport, order));
    } else {
      channel.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (!ctx.channel().isActive()) {
      ctx.close();
      return;
    }
    timer = ctx.executor().schedule(() -> ctx.close(), MAX_NANOS, TimeUnit.NANOSECONDS);
    ctx.channel().config().setAutoRead(true);
    if (order == Order.US_FIRST) {
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      if (tls != null) {
        tls.closeOutbound();
      }
      // Done when all that was written before is.
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(
              written -> {
                if (written.isSuccess()) {
                  transport.shutdownOutput((SocketChannel) ctx.channel());
                } else {
                  ctx.close();
                }
              });
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    bytes += ((ByteBuf) message).readableBytes();
    ReferenceCountUtil.release(message);
    if (bytes > MAX_BYTES) {
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // The others have nothing to do.
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    // The others have nothing to do.
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
