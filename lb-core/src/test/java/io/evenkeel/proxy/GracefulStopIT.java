package io.evenkeel.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evenkeel.Director;
import io.evenkeel.model.ServiceKey;
import io.evenkeel.model.VirtualService;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stopping hurts nobody who came in time, and leaves nothing behind. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GracefulStopIT {
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** Far less than the grace, and much more than it takes on a busy machine. */
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  @RegisterExtension private static final ProxyLab lab = new ProxyLab();

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientsInTheBacklog_whenStopBegins_areServed(Wiring wiring) throws Exception {
    TestServer server = lab.keep(TestServer.echo());
    EventLoopGroup group = lab.group(wiring);
    ProxyLab.Proxied proxied = startOn(group, server.endpoint());
    CountDownLatch blocked = new CountDownLatch(wiring.loops());
    CountDownLatch goOn = new CountDownLatch(1);
    lab.keep(goOn::countDown);
    for (EventExecutor loop : group) {
      loop.execute(
          () -> {
            blocked.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    blocked.await();
    List<Socket> clients = new ArrayList<>();
    InetSocketAddress address = proxied.address();
    for (int i = 0; i < 20; i++) {
      Socket client = lab.connect(address);
      client.getOutputStream().write(i);
      clients.add(client);
    }
    CompletableFuture<Integer> cut =
        CompletableFuture.supplyAsync(() -> proxied.director().close(GRACE));
    ProxyLab.await(
        "the stop",
        () ->
            StreamSupport.stream(group.spliterator(), false)
                .allMatch(loop -> ((SingleThreadEventExecutor) loop).pendingTasks() > 0));
    goOn.countDown();
    for (int i = 0; i < clients.size(); i++) {
      assertEquals(i, clients.get(i).getInputStream().read(), "client " + i);
      clients.get(i).close();
    }
    assertEquals(0, cut.get(AT_ONCE.toSeconds(), TimeUnit.SECONDS));
    assertThrows(ConnectException.class, () -> lab.connect(address));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void openRequests_endWithinTheGrace_noneIsCut(Wiring wiring) throws Exception {
    CountDownLatch asked = new CountDownLatch(5);
    CountDownLatch answer = new CountDownLatch(1);
    TestServer server =
        lab.keep(
            new TestServer(
                socket -> {
                  int question = socket.getInputStream().read();
                  asked.countDown();
                  Sockets.await(answer);
                  socket.getOutputStream().write(question);
                }));
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    InetSocketAddress address = proxied.address();
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Socket client = lab.connect(address);
      client.getOutputStream().write(i);
      clients.add(client);
    }
    asked.await();
    CompletableFuture<Integer> cut =
        CompletableFuture.supplyAsync(() -> proxied.director().close(GRACE));
    ProxyLab.await("no new clients", () -> isRefused(address));
    answer.countDown();
    for (int i = 0; i < clients.size(); i++) {
      assertEquals(i, clients.get(i).getInputStream().read(), "client " + i);
      clients.get(i).close();
    }
    assertEquals(0, cut.get(AT_ONCE.toSeconds(), TimeUnit.SECONDS));
  }

  /** There is room for one: the others wait for each other's end. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void clientsWaitingForRoom_whenStopBegins_areServedWithinTheGrace(Wiring wiring)
      throws Exception {
    TestServer server = lab.keep(TestServer.echo());
    ProxyLab.Proxied proxied =
        lab.start(
            wiring,
            TcpProxy.builder().maxConnections(1, TcpProxy.WhenFull.WAIT).build(),
            server.endpoint());
    Socket first = lab.connect(proxied.address());
    Sockets.request(first, new byte[] {1});
    List<Socket> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(lab.connect(proxied.address()));
    }
    CompletableFuture<Integer> cut =
        CompletableFuture.supplyAsync(() -> proxied.director().close(GRACE));
    // Its job is to last longer than a listener takes to look quiet.
    assertFalse(ProxyLab.isTrueWithin(Duration.ofMillis(600), cut::isDone));
    first.close();
    List<Thread> asking = new ArrayList<>();
    AtomicInteger served = new AtomicInteger();
    for (Socket client : waiting) {
      asking.add(
          Sockets.thread(
              "waiting client",
              () -> {
                try (client) {
                  Sockets.request(client, new byte[] {2});
                  served.incrementAndGet();
                } catch (IOException e) {
                  // Then it was not served.
                }
              }));
    }
    for (Thread thread : asking) {
      thread.join();
    }
    assertEquals(5, served.get());
    assertEquals(0, cut.get(AT_ONCE.toSeconds(), TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void connectionWithoutEnd_isCutAtTheDeadline(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    Socket client = lab.connect(proxied.address());
    Sockets.request(client, new byte[] {1});
    Duration grace = Duration.ofMillis(300);
    long start = System.nanoTime();
    assertEquals(1, proxied.director().close(grace));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.compareTo(grace) >= 0, "closed after " + took);
    assertTrue(took.compareTo(AT_ONCE) < 0, "closed after " + took);
    assertEquals(0, Sockets.readToAnyEnd(client).bytes().length);
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void closed_portIsFreeAtOnce(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    for (Duration grace : List.of(Duration.ZERO, Duration.ofMillis(100))) {
      ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
      closeAndBind(proxied, grace);
    }
    closeAndBindWithoutClients(lab.start(wiring, TcpProxy.create(), server.endpoint()));
  }

  /** Nobody ends the event loops, which would close everything on them. */
  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void closedOnLoopsHandedIn_portIsFreeAtOnce(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    EventLoopGroup group = lab.group(wiring);
    for (Duration grace : List.of(Duration.ZERO, Duration.ofMillis(100))) {
      closeAndBind(startOn(group, server.endpoint()), grace);
    }
    closeAndBindWithoutClients(startOn(group, server.endpoint()));
  }

  private void closeAndBind(ProxyLab.Proxied proxied, Duration grace) throws IOException {
    InetSocketAddress address = proxied.address();
    Socket client = lab.connect(address);
    Sockets.request(client, new byte[] {1});
    assertEquals(1, proxied.director().close(grace));
    bind(address);
    assertEquals(0, Sockets.readToAnyEnd(client).bytes().length);
  }

  private static void closeAndBindWithoutClients(ProxyLab.Proxied proxied) throws IOException {
    InetSocketAddress address = proxied.address();
    assertEquals(0, proxied.director().close(Duration.ZERO));
    bind(address);
  }

  private static void bind(InetSocketAddress address) throws IOException {
    try (ServerSocket next = new ServerSocket()) {
      next.bind(address);
    }
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serviceRemoved_openConnectionsRunOn(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    InetSocketAddress address = proxied.address();
    ServiceKey key = proxied.service().key();
    Socket client = lab.connect(address);
    Sockets.request(client, new byte[] {1});
    proxied.director().edit().remove(key).apply();
    ProxyLab.await("no new clients", () -> isRefused(address));
    Sockets.request(client, new byte[100_000]);
    client.close();
    ProxyLab.await("the server's end", () -> server.open() == 0);
    assertEquals(List.of(), server.failures());
  }

  @ParameterizedTest
  @MethodSource("io.evenkeel.proxy.Wiring#all")
  void serviceRemovedAndPutAgain_isServedAgain(Wiring wiring) throws IOException {
    TestServer server = lab.keep(TestServer.echo());
    ProxyLab.Proxied proxied = lab.start(wiring, TcpProxy.create(), server.endpoint());
    InetSocketAddress address = proxied.address();
    VirtualService service = proxied.service();
    Socket before = lab.connect(address);
    Sockets.request(before, new byte[] {1});
    proxied.director().edit().remove(service.key()).apply();
    proxied.director().edit().put(service).apply();
    Socket after = lab.connect(address);
    Sockets.request(after, new byte[] {2});
    Sockets.request(before, new byte[] {3});
    // The meters of the one that goes must not take those of the one that stays with them.
    before.close();
    ProxyLab.await("the first one's end", () -> server.open() == 1);
    Sockets.request(after, new byte[] {4});
    ProxyLab.await("one client in the meters", () -> proxied.clients() == 1);
  }

  private ProxyLab.Proxied startOn(EventLoopGroup group, String server) throws IOException {
    return lab.start(
        Director.builder()
            .eventLoopGroup(group)
            .dataPlane(TcpProxy.create())
            .service(VirtualService.tcp(Sockets.freeEndpoint()).realServer(server).build()));
  }

  private static boolean isRefused(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, 1000);
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
