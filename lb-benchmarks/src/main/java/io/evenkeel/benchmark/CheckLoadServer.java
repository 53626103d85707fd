package io.evenkeel.benchmark;

import io.evenkeel.model.Endpoint;
import io.evenkeel.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * What {@link CheckLoad} and {@link RackFailure} check: answers the first bytes of a connection as
 * an HTTP server that is well, and closes it. Prints its port, and ends with its input.
 */
final class CheckLoadServer {
  private static final int BACKLOG = 4096;
  private static final ByteBuf ANSWER =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer(
              "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
              StandardCharsets.US_ASCII));

  private CheckLoadServer() {}

  /**
   * Arguments: none, to accept on all addresses at any port; or the port, 0 being any, and the
   * indexes of the endpoints to be ({@link CheckLoadRun#endpoint}), with commas between them.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    // Not the best: what is measured takes that, and is alone to say what it lacks.
    Transport transport = Transport.EPOLL.isAvailable() ? Transport.EPOLL : Transport.NIO;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(transport.newGroup(1, "server"))
            .channelFactory(transport::newServerSocketChannel)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Answer());
                  }
                });
    int port = args.length == 0 ? bind(bootstrap, "0.0.0.0", 0) : Integer.parseInt(args[0]);
    if (args.length > 0) {
      for (String index : args[1].split(",", -1)) {
        Endpoint endpoint = CheckLoadRun.endpoint(Integer.parseInt(index), port);
        port = bind(bootstrap, endpoint.host(), port);
      }
    }
    System.out.println(port);
    System.in.transferTo(OutputStream.nullOutputStream());
  }

  private static int bind(ServerBootstrap bootstrap, String host, int port)
      throws InterruptedException {
    Channel listener = bootstrap.bind(new InetSocketAddress(host, port)).sync().channel();
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private static final class Answer extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
      ctx.writeAndFlush(ANSWER.duplicate()).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
