package io.evenkeel.benchmark;

import io.evenkeel.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The clients of {@link RackFailure}: begin connections at a fixed rate, however many are open;
 * each sends a request, reads the answer and closes. Prints a line with the time when it began for
 * each one that got no answer, and how many there were once its input ended and all are closed.
 */
final class RackFailureClients {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final ByteBuf REQUEST =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: rack\r\n\r\n", StandardCharsets.US_ASCII));

  private final AtomicInteger open = new AtomicInteger();
  private final InetSocketAddress service;
  private final int rate;
  private final Bootstrap bootstrap;
  private volatile boolean ending;

  private RackFailureClients(String[] args) {
    service = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
    rate = Integer.parseInt(args[2]);
    Transport transport = Transport.EPOLL.isAvailable() ? Transport.EPOLL : Transport.NIO;
    bootstrap =
        new Bootstrap()
            .group(transport.newGroup(1, "clients"))
            .channelFactory(transport::newSocketChannel);
  }

  /** Arguments: address, port, connections in a second. */
  public static void main(String[] args) throws IOException, InterruptedException {
    RackFailureClients clients = new RackFailureClients(args);
    Thread connecting = new Thread(clients::connect, "connecting");
    connecting.start();
    System.in.transferTo(OutputStream.nullOutputStream());
    clients.ending = true;
    connecting.join();
  }

  private void connect() {
    long start = System.nanoTime();
    int count = 0;
    while (!ending) {
      long due = start + count * TimeUnit.SECONDS.toNanos(1) / rate;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      connect(count++);
    }
    long end = System.nanoTime() + 2 * PATIENCE_NANOS;
    while (open.get() > 0 && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    System.out.println("connections " + count);
  }

  private void connect(int number) {
    open.incrementAndGet();
    Client client = new Client();
    // Many addresses, so that none runs out of ports, and that schedulers that hash see many.
    InetSocketAddress from =
        new InetSocketAddress("127.254." + number / 250 % 250 + "." + (1 + number % 250), 0);
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(client);
              }
            })
        .connect(service, from)
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                client.end(String.valueOf(connected.cause()));
              }
            });
  }

  private final class Client extends ChannelInboundHandlerAdapter {
    private final long beganNanos = System.nanoTime();
    private boolean answered;
    private boolean ended;
    private String failure = "no answer";

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(REQUEST.duplicate()).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      ctx.executor().schedule(() -> lost(ctx.channel()), PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    }

    private void lost(Channel channel) {
      if (channel.isOpen()) {
        failure = "no answer in time";
        channel.close();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
      answered = true;
      ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failure = String.valueOf(cause);
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      end(failure);
    }

    private void end(String why) {
      if (ended) {
        return;
      }
      ended = true;
      if (!answered) {
        System.out.println("failed " + beganNanos + " " + why);
      }
      open.decrementAndGet();
    }
  }
}
