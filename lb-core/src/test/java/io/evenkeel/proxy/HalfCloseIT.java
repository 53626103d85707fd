package io.evenkeel.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.evenkeel.Director;
import io.evenkeel.model.VirtualService;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Orderly ends: either side may send its last byte first, and the other may go on. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HalfCloseIT {
  private static final int MIB = 1024 * 1024;

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientEndsFirst_serverStillAnswers(Wiring wiring) throws IOException {
    TestServer server =
        lab.keep(
            new TestServer(socket -> socket.getOutputStream().write(Sockets.readToEnd(socket))));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    client.getOutputStream().write("question".getBytes(US_ASCII));
    client.shutdownOutput();
    assertEquals("question", new String(Sockets.readToEnd(client), US_ASCII));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientEndsWithoutAByte_serverSeesTheEnd(Wiring wiring) throws IOException {
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> socket.getOutputStream().write('0' + Sockets.readToEnd(socket).length)));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    for (int i = 0; i < 50; i++) {
      Socket client = lab.connect(proxied.address());
      client.shutdownOutput();
      assertEquals("0", new String(Sockets.readToEnd(client), US_ASCII));
    }
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientEndsBeforeItsServerIsConnected_serverGetsItsBytes(Wiring wiring) throws IOException {
    TestServer server =
        lab.keep(
            new TestServer(socket -> socket.getOutputStream().write(Sockets.readToEnd(socket))));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    byte[] question = new byte[3000];
    new Random(1).nextBytes(question);
    for (int i = 0; i < 50; i++) {
      Socket client = lab.connect(proxied.address());
      client.getOutputStream().write(question);
      client.shutdownOutput();
      assertArrayEquals(question, Sockets.readToEnd(client), "client " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serverEndsFirst_clientStillSends(Wiring wiring) throws Exception {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  socket.getOutputStream().write("answer".getBytes(US_ASCII));
                  socket.shutdownOutput();
                  received.add(new String(Sockets.readToEnd(socket), US_ASCII));
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    assertEquals("answer", new String(Sockets.readToEnd(client), US_ASCII));
    client.getOutputStream().write("afterthought".getBytes(US_ASCII));
    client.shutdownOutput();
    assertEquals("afterthought", received.poll(60, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serverSpeaksFirst_clientHearsItWithoutSaying(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.named('S'));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    assertEquals('S', client.getInputStream().read());
    Sockets.request(client, new byte[] {1, 2, 3});
  }

  /** As a mail server's "too busy": a banner, and the end. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serverSpeaksAndCloses_clientHearsAll(Wiring wiring) throws IOException {
    TestServer server =
        lab.keep(
            new TestServer(socket -> socket.getOutputStream().write("421".getBytes(US_ASCII))));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    for (int i = 0; i < 50; i++) {
      try (Socket client = lab.connect(proxied.address())) {
        assertEquals("421", new String(Sockets.readToEnd(client), US_ASCII));
      }
    }
  }

  /** A server that says no before it has read the upload. The client reads once it has sent all. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serverAnswersEarlyAndReadsOn_clientGetsTheWholeAnswer(Wiring wiring) throws IOException {
    byte[] answer = new byte[256 * 1024];
    new Random(2).nextBytes(answer);
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  Sockets.readExactly(socket, 1000);
                  socket.getOutputStream().write(answer);
                  socket.shutdownOutput();
                  Sockets.readToEnd(socket);
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    client.getOutputStream().write(new byte[8 * MIB]);
    client.shutdownOutput();
    assertArrayEquals(answer, Sockets.readToEnd(client));
  }

  /** The worker's tick must not take for lost what has just ended. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#transports")
  void serverEndsLastJustBeforeATick_clientSeesAnOrderlyEnd(Wiring wiring) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    lab.keep(over::countDown);
    BlockingQueue<Socket> ended = new LinkedBlockingQueue<>();
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  Sockets.readToEnd(socket);
                  ended.add(socket);
                  Sockets.await(over);
                }));
    EventLoopGroup group = lab.group(new Wiring(wiring.transport(), 1));
    ProxyLab.Proxied proxied =
        lab.start(
            Director.builder()
                .eventLoopGroup(group)
                .dataPlane(TcpProxy.create())
                .service(
                    VirtualService.tcp(Sockets.freeEndpoint())
                        .scheduler("rr")
                        .realServer(server.endpoint())
                        .build()));
    int ticks = 4;
    for (int tick = 1; tick <= ticks; tick++) {
      Socket client = lab.connect(proxied.address());
      client.shutdownOutput();
      closeJustBeforeTick(tick, group.next(), ended.take());
      assertFalse(Sockets.readToAnyEnd(client).reset(), "a reset at tick " + tick);
    }
    ProxyLab.await(
        "every connection a success",
        () -> proxied.sum("evenkeel.released", "outcome", "success") == ticks);
  }

  /**
   * Holds the loop up until a tick is due, and has it do that tick and a task of its own without a
   * look at its channels in between.
   */
  private static void closeJustBeforeTick(int tick, EventLoop loop, Socket socket) {
    loop.execute(
        () -> {
          loop.schedule(
              () -> {
                if (tick > 1) {
                  closeJustBeforeTick(tick - 1, loop, socket);
                } else {
                  socket.close();
                }
                return null;
              },
              0,
              TimeUnit.NANOSECONDS);
          LockSupport.parkNanos(TcpWorker.LONGEST_TICK_NANOS + TimeUnit.MILLISECONDS.toNanos(10));
        });
  }
}
