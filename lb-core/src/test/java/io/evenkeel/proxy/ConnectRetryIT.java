package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.model.VirtualService;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that cannot be reached is the proxy's trouble and not the client's. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectRetryIT {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(60);

  /** Far less than any time-out, and much more than it takes on a busy machine. */
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void oneServerRefuses_clientsNeverNotice(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.named('A'));
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            TcpProxy.create(),
            Sockets.freeEndpoint(),
            server.endpoint(),
            Sockets.freeEndpoint());
    for (int i = 0; i < 6; i++) {
      Socket client = lab.connect(proxied.address());
      assertEquals('A', client.getInputStream().read(), "client " + i);
      Sockets.request(client, new byte[] {1, 2, 3});
    }
    assertEquals(0, proxied.sum("evenkeel.refused"));
    double failed = proxied.sum("evenkeel.released", "outcome", "connect_failed");
    assertTrue(failed >= 1 && failed <= 2, "connect_failed: " + failed);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void allServersRefuse_clientIsClosedAtOnceAndCounted(Wiring wiring) throws IOException {
    ProxyLab.Proxied proxied =
        lab.start(wiring, proxy(4), Sockets.freeEndpoint(), Sockets.freeEndpoint());
    assertClosedAtOnce(proxied);
    ProxyLab.await(
        "connect_failed", () -> proxied.sum("evenkeel.released", "outcome", "connect_failed") == 2);
    assertEquals(1, proxied.sum("evenkeel.refused"));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void attemptsAreUsedUp_clientIsClosed(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.named('A'));
    TcpProxy once =
        TcpProxy.builder().connectTimeout(Duration.ofMillis(200)).connectAttempts(1).build();
    // rr begins with the newest, which is the last.
    ProxyLab.Proxied proxied = lab.start(wiring, once, server.endpoint(), lab.deaf());

    assertEquals(-1, lab.connect(proxied.address()).getInputStream().read());
    assertEquals(1, proxied.sum("evenkeel.released", "outcome", "connect_failed"));
    assertEquals('A', lab.connect(proxied.address()).getInputStream().read());
  }

  /** A refusal costs no time, and nobody is sent there again: it uses no attempt up. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void manyServersRefuse_clientIsServedAllTheSame(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.named('A'));
    VirtualService.Builder service =
        VirtualService.tcp(Sockets.freeEndpoint()).scheduler("rr:exact");
    service.realServer(server.endpoint());
    for (int i = 0; i < 20; i++) {
      service.realServer(Sockets.freeEndpoint());
    }
    ProxyLab.Proxied proxied = lab.start(wiring, proxy(1), service.build());

    assertEquals('A', lab.connect(proxied.address()).getInputStream().read());
    assertEquals(20, proxied.sum("evenkeel.released", "outcome", "connect_failed"));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void allServersRefuse_sorryServerAnswers(Wiring wiring) throws IOException {
    TestServer sorry = lab.keep(TestServer.named('S'));
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            proxy(4),
            VirtualService.tcp(Sockets.freeEndpoint())
                .realServer(Sockets.freeEndpoint())
                .realServer(Sockets.freeEndpoint())
                .sorryServer(sorry.endpoint())
                .build());
    for (int i = 0; i < 3; i++) {
      Socket client = lab.connect(proxied.address());
      assertEquals('S', client.getInputStream().read(), "client " + i);
    }
    assertEquals(0, proxied.sum("evenkeel.refused"));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void sorryServerRefusesToo_clientIsClosedAtOnceAndCounted(Wiring wiring) throws IOException {
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            proxy(4),
            VirtualService.tcp(Sockets.freeEndpoint())
                .realServer(Sockets.freeEndpoint())
                .sorryServer(Sockets.freeEndpoint())
                .build());
    assertClosedAtOnce(proxied);
    ProxyLab.await("refused", () -> proxied.sum("evenkeel.refused") == 1);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void noServerAtAll_clientIsClosedAtOnceAndCounted(Wiring wiring) throws IOException {
    ProxyLab.Proxied proxied = lab.start(wiring, proxy(4));
    for (int i = 0; i < 20; i++) {
      assertClosedAtOnce(proxied);
    }
    ProxyLab.await("refused", () -> proxied.sum("evenkeel.refused") == 20);
  }

  /** A server whose backlog is full answers no connection request at all. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void connectTimesOut_nextServerIsTried(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.named('A'));
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            TcpProxy.builder().connectTimeout(Duration.ofMillis(200)).build(),
            server.endpoint(),
            lab.deaf());
    Socket client = lab.connect(proxied.address());
    assertEquals('A', client.getInputStream().read());
    Sockets.request(client, new byte[] {1, 2, 3});
    assertEquals(1, proxied.sum("evenkeel.released", "outcome", "connect_failed"));
  }

  /** What the client does meanwhile changes nothing. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientSendsEndsOrResetsWhileItsServerIsConnected_isServedOrGone(Wiring wiring)
      throws IOException {
    TestServer server =
        lab.keep(
            new TestServer(socket -> socket.getOutputStream().write(Sockets.readToEnd(socket))));
    // The first attempts last until nobody listens there any more.
    TcpProxy patient = TcpProxy.builder().connectTimeout(Duration.ofHours(1)).build();
    ServerSocket deaf = lab.deafListener();
    String first = Sockets.endpoint(deaf.getLocalPort());
    ProxyLab.Proxied proxied = lab.start(wiring, patient, server.endpoint(), first);
    ProxyLab.Proxied other = lab.start(wiring, patient, server.endpoint(), first);
    Socket ended = lab.connect(proxied.address());
    Socket gone = lab.connect(other.address());
    ProxyLab.await(
        "the first attempts",
        () ->
            proxied.sum("evenkeel.connections.inactive") == 1
                && other.sum("evenkeel.connections.inactive") == 1);
    ended.getOutputStream().write(new byte[] {1, 2, 3});
    ended.shutdownOutput();
    gone.getOutputStream().write(new byte[] {1, 2, 3});
    Sockets.reset(gone);
    deaf.close();
    assertEquals(3, Sockets.readToEnd(ended).length);
    ProxyLab.await("the end", () -> other.clients() == 0);
  }

  private static TcpProxy proxy(int attempts) {
    return TcpProxy.builder().connectTimeout(CONNECT_TIMEOUT).connectAttempts(attempts).build();
  }

  private void assertClosedAtOnce(ProxyLab.Proxied proxied) throws IOException {
    long start = System.nanoTime();
    Sockets.Ending ending = Sockets.readToAnyEnd(lab.connect(proxied.address()));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertEquals(0, ending.bytes().length);
    assertTrue(took.compareTo(AT_ONCE) < 0, "closed after " + took);
  }
}
