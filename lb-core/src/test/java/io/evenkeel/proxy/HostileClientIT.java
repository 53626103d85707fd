package io.evenkeel.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that hold on to connections without using them. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileClientIT {
  private static final Duration IDLE = Duration.ofSeconds(1);

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void silentAndDripping_onlyTheSilentAreTimedOut(Wiring wiring) throws Exception {
    Duration idle = IDLE.multipliedBy(2);
    TestServer server = lab.keep(TestServer.named('A'));
    ProxyLab.Proxied proxied =
        lab.start(wiring, TcpProxy.builder().idleTimeout(idle).build(), server.endpoint());
    int silent = 100;
    List<Socket> silentOnes = new ArrayList<>();
    for (int i = 0; i < silent; i++) {
      silentOnes.add(lab.connect(proxied.address()));
    }
    Socket dripping = lab.connect(proxied.address());
    assertEquals('A', dripping.getInputStream().read());
    long start = System.nanoTime();
    // Its job is to be slow: many bytes in each time-out, for more than two of them.
    for (int i = 0; System.nanoTime() - start <= 2 * idle.toNanos(); i++) {
      LockSupport.parkNanos(idle.toNanos() / 20);
      Sockets.request(dripping, new byte[] {(byte) i});
    }
    for (Socket client : silentOnes) {
      assertEquals('A', client.getInputStream().read());
      assertEquals(0, Sockets.readToAnyEnd(client).bytes().length);
    }
    ProxyLab.await(
        "aborted", () -> proxied.sum("evenkeel.released", "outcome", "aborted") == silent);
    assertEquals(0, proxied.sum("evenkeel.released", "outcome", "timed_out"));
    ProxyLab.await("one client", () -> proxied.clients() == 1);
    Sockets.request(dripping, new byte[] {1});
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void silent_notBeforeItsTime(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.named('A'));
    ProxyLab.Proxied proxied =
        lab.start(wiring, TcpProxy.builder().idleTimeout(IDLE).build(), server.endpoint());
    // Before the last byte passes, however long the client takes to read it.
    long start = System.nanoTime();
    Socket client = lab.connect(proxied.address());
    assertEquals('A', client.getInputStream().read());
    Sockets.readToAnyEnd(client);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    // The first of the eight ticks may be under way when the last byte passes.
    assertTrue(took.toMillis() >= IDLE.toMillis() * 7 / 8, "closed after " + took);
    assertTrue(took.toMillis() <= IDLE.toMillis() * 20, "closed after " + took);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void halfClosedWithoutAByte_isEndedAndNobodysFault(Wiring wiring) throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    lab.keep(end::countDown);
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  Sockets.readToEnd(socket);
                  Sockets.await(end);
                }));
    ProxyLab.Proxied proxied =
        lab.start(wiring, TcpProxy.builder().idleTimeout(IDLE).build(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    client.shutdownOutput();
    assertEquals(0, Sockets.readToAnyEnd(client).bytes().length);
    ProxyLab.await("aborted", () -> proxied.sum("evenkeel.released", "outcome", "aborted") == 1);
  }

  /** The client that it answered waits for nothing, and the one that it did not for an answer. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void asked_answeredOrNot_onlyTheSilentServerIsAtFault(Wiring wiring) throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    lab.keep(end::countDown);
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  if (Sockets.readExactly(socket, 1)[0] == 'a') {
                    socket.getOutputStream().write('A');
                  }
                  Sockets.await(end);
                }));
    // The server, too, must answer before it is over.
    Duration idle = IDLE.multipliedBy(3);
    ProxyLab.Proxied proxied =
        lab.start(wiring, TcpProxy.builder().idleTimeout(idle).build(), server.endpoint());
    Socket answered = lab.connect(proxied.address());
    Socket waiting = lab.connect(proxied.address());
    answered.getOutputStream().write('a');
    waiting.getOutputStream().write('w');

    assertEquals('A', answered.getInputStream().read());
    assertEquals(0, Sockets.readToAnyEnd(answered).bytes().length);
    ProxyLab.await("aborted", () -> proxied.sum("evenkeel.released", "outcome", "aborted") == 1);
    assertEquals(0, Sockets.readToAnyEnd(waiting).bytes().length);
    ProxyLab.await(
        "timed_out", () -> proxied.sum("evenkeel.released", "outcome", "timed_out") == 1);
  }

  /** A client that does not read, and a server that would send: neither counts as activity. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void stalled_isEndedAndNotTheServersFault(Wiring wiring) throws IOException {
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  for (int i = 0; i < 1024; i++) {
                    socket.getOutputStream().write(new byte[64 * 1024]);
                  }
                }));
    ProxyLab.Proxied proxied =
        lab.start(wiring, TcpProxy.builder().idleTimeout(IDLE).build(), server.endpoint());
    lab.connect(proxied.address(), 32 * 1024);
    ProxyLab.await("the server's end", () -> server.accepted() == 1 && server.open() == 0);
    assertEquals(1, server.failures().size());
    ProxyLab.await("aborted", () -> proxied.sum("evenkeel.released", "outcome", "aborted") == 1);
  }

  /** Nobody is left to take what it sends, and yet it may not have read its answer. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void uploadsToAServerThatIsGone_isCutAfterTheConnectTimeout(Wiring wiring) throws IOException {
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  Sockets.readExactly(socket, 1);
                  socket.getOutputStream().write("answer".getBytes(US_ASCII));
                }));
    ProxyLab.Proxied proxied =
        lab.start(wiring, TcpProxy.builder().connectTimeout(IDLE).build(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    client.getOutputStream().write(1);
    assertEquals("answer", new String(Sockets.readToEnd(client), US_ASCII));
    assertThrows(
        IOException.class,
        () -> {
          while (true) {
            client.getOutputStream().write(new byte[1000]);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
          }
        });
    assertEquals(6, proxied.sum("evenkeel.bytes", "direction", "out"));
    ProxyLab.await("aborted", () -> proxied.sum("evenkeel.released", "outcome", "aborted") == 1);
  }
}
