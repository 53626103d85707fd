package io.evenkeel.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.proxy.Sockets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel says through each transport. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransportIT {
  private final List<EventLoopGroup> groups = new ArrayList<>();

  @AfterEach
  void end() {
    groups.forEach(g -> g.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5_000));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void isPeersFault_refused_true(Transport transport) throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket socket = listen()) {
      nobody = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    Throwable cause = open(transport).connect(nobody).await().cause();
    assertNotNull(cause);
    assertTrue(Transport.isPeersFault(cause), cause.toString());
    assertTrue(Transport.isRefused(cause), cause.toString());
  }

  /** The only port that it may have is taken by a connection to the same server. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void isPeersFault_noLocalPortLeft_false(Transport transport) throws Exception {
    try (ServerSocket server = listen()) {
      SocketChannel first = open(transport);
      first.config().setReuseAddress(true);
      first.bind(Sockets.loopback(0)).sync();
      SocketChannel second = open(transport);
      second.config().setReuseAddress(true);
      second.bind(first.localAddress()).sync();
      first.connect(server.getLocalSocketAddress()).sync();
      Throwable cause = second.connect(server.getLocalSocketAddress()).await().cause();
      assertNotNull(cause);
      assertFalse(Transport.isPeersFault(cause), cause.toString());
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shutdownOutput_connectionWasReset_throwsNothing(Transport transport) throws Exception {
    try (ServerSocket server = listen()) {
      SocketChannel channel = open(transport);
      channel.config().setAutoRead(false);
      channel.connect(server.getLocalSocketAddress()).sync();
      Socket peer = server.accept();
      Throwable thrown =
          channel
              .eventLoop()
              .submit(
                  () -> {
                    // Here, so that the channel has no chance to notice it first.
                    peer.setSoLinger(true, 0);
                    peer.close();
                    transport.shutdownOutput(channel);
                    return null;
                  })
              .await()
              .cause();
      assertNull(thrown);
    }
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 10, Sockets.loopback(0).getAddress());
  }

  private SocketChannel open(Transport transport) throws InterruptedException {
    EventLoopGroup group = transport.newGroup(1, "test");
    groups.add(group);
    SocketChannel channel = transport.newSocketChannel();
    channel.pipeline().addLast(new Silent());
    group.register(channel).sync();
    return channel;
  }

  /** Else Netty would warn of resets that nobody handles. */
  private static final class Silent extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
